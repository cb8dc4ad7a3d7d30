"""What the tests of this room ask about processes."""

import time
from collections.abc import Callable

import psutil


def is_gone(process: psutil.Process) -> bool:
    """Whether it ended; a zombie has, its parent only has not looked."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def children() -> set[psutil.Process]:
    """What this process has started, and what that has started, as far as it lives: other tests' servers too."""
    return {child for child in psutil.Process().children(recursive=True) if not is_gone(child)}


def wait_until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something to be so; fail when it is not after that time."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)
