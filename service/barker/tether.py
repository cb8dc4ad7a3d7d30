"""Run a command that ends when its parent does: `python -I -S tether.py PARENT COMMAND...`.

This stands between a parent and each of its children, as a program of its own, because a function run
between fork and exec may hang where the parent has threads. Only the standard library is at hand here.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1


def main(parent: int, command: list[str]) -> None:
    """Ask the kernel for SIGTERM at the parent's death, then become the command."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    if os.getppid() != parent:  # NOTE it died before we asked, so no signal will come
        sys.exit("the parent is gone")
    os.execv(command[0], command)


def tethered(command: Sequence[str]) -> list[str]:
    """Return the command line that runs a command tied to this process. Start it from the main thread."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
