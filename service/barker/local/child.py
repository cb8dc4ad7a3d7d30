"""One process of ours: in a session of its own, with a log of its own, and never outliving us."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from barker.local.tail import last_lines
from barker.tether import tethered

STOP_SECONDS = 8.0
POLL_SECONDS = 0.02
LOG_BYTES = 10_000_000  # a log larger than this at a start is set aside as .1


@dataclass(frozen=True)
class Command:
    """What to run, what people know it by, and where its output goes."""

    title: str
    argv: Sequence[str]
    log: Path
    env: Mapping[str, str] | None = None
    keep_open: Collection[int] = ()
    readable: Callable[[str], str] = str
    own_logs: Sequence[Path] = ()  # which the program keeps beside its output


class Child:
    """A command that can be started, watched, stopped and started again."""

    def __init__(self, command: Command) -> None:
        self.title = command.title
        self.log = command.log
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._killed = False
        self._log_starts: dict[Path, int] = {}

    @property
    def pid(self) -> int:
        """The id of the process as it runs now, or ran last."""
        return self._started.pid

    def start(self) -> None:
        """Run the command, tethered to this process; what is left of an earlier run ends first."""
        if threading.current_thread() is not threading.main_thread():
            # NOTE the kernel ties a child to the thread that made it, and would end it with that thread
            raise RuntimeError("processes are started from the main thread only")
        self.kill()
        _set_aside(self.log)
        self._log_starts = {log: _size(log) for log in (self.log, *self._command.own_logs)}
        with self.log.open("ab") as log, _signals_held():
            self._process = subprocess.Popen(
                tethered(self._command.argv),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._command.env,
                start_new_session=True,
                pass_fds=self._command.keep_open,
            )
            self._killed = False

    def runs(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def wait(self, seconds: float) -> int | None:
        """Wait for its end and give its exit code; None when it takes longer."""
        with suppress(subprocess.TimeoutExpired):
            return self._started.wait(seconds)
        return None

    def fate(self) -> str:
        """How the process ended: 'exit code 1', 'SIGKILL'."""
        code = self._started.poll()
        if code is None:
            return "still running"
        return f"exit code {code}" if code >= 0 else signal.Signals(-code).name

    def log_tail(self) -> str:
        """The last lines written since the latest start."""
        return last_lines(self._log_starts, self._command.readable)

    def ask_to_end(self) -> None:
        """Send SIGTERM, also to one that is stopped in its tracks."""
        if self.runs():
            self._started.terminate()
            self._started.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End the process, and whatever it started, at once."""
        if self._process is None or self._killed:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._killed = True  # NOTE not a second time: its id may be another's by then

    @property
    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError(f"{self.title} was never started")
        return self._process


def stop(*groups: Collection[Child], seconds: float = STOP_SECONDS) -> None:
    """Stop group after group, politely; what is left after that, or at an interrupt, is killed."""
    try:
        for group in groups:
            for child in group:
                child.ask_to_end()
            _wait_for_end(group, seconds)
    finally:
        for child in chain(*groups):
            child.kill()


def _wait_for_end(group: Collection[Child], seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and any(child.runs() for child in group):
        time.sleep(POLL_SECONDS)


def _set_aside(log: Path) -> None:
    if _size(log) > LOG_BYTES:
        log.replace(log.with_name(f"{log.name}.1"))


def _size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


@contextmanager
def _signals_held() -> Iterator[None]:
    """Hold Ctrl-C back until the new process is known to us, so that none is lost."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
