"""Wait for processes to be ready, and say why one is not."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from barker.local.child import POLL_SECONDS, Child
from barker.local.display import Display
from barker.local.errors import StartFailed

START_SECONDS = 60.0
STORE_ADVICE = (
    "What to do: if what it keeps may go, start empty with --fresh; or name another folder with --data; "
    "or set its BARKER_..._URL to a server of your own."
)
# What a log may say, and what helps then.
KNOWN = {
    "error while loading shared libraries": "What to do: install the library named above "
    "(libcurl.so.4 is in the package libcurl4:  apt install libcurl4).",
    "address already in use": "What to do: somebody took its port just now. Try again.",
    "no space left on device": "What to do: make room, or name a folder on another disk with --data.",
}


@dataclass(frozen=True)
class Awaited:
    """A started process, how to ask it whether it is ready, and what to do when it never is."""

    child: Child
    is_ready: Callable[[], bool]
    where: str
    advice: str = STORE_ADVICE


def wait_until_ready(awaited: Sequence[Awaited], display: Display, seconds: float = START_SECONDS) -> None:
    """Come back when all are ready; raise when one ends or takes too long."""
    began = time.monotonic()
    pending = list(awaited)
    while pending:
        for one in pending[:]:
            passed = time.monotonic() - began
            if _has_become_ready(one, passed, seconds):
                pending.remove(one)
                display.done(one.child.title, f"ready on {one.where} ({passed:.1f} s)")
            else:
                display.doing(one.child.title, f"starting on {one.where} ({passed:.0f} s)")
        time.sleep(POLL_SECONDS)
    for one in awaited:
        # NOTE where two servers were after one port, the other one may have given the answer
        _must_run(one)


def failure(child: Child, what: str, advice: str) -> StartFailed:
    """The error that shows the log's end and what to do."""
    tail = child.log_tail()
    known = (help_ for words, help_ in KNOWN.items() if words in tail.lower())
    return StartFailed(f"{child.title} {what}. The last lines of {child.log}:\n\n{tail}\n\n{next(known, advice)}")


def _has_become_ready(one: Awaited, passed: float, seconds: float) -> bool:
    _must_run(one)
    if one.is_ready():
        return True
    if passed > seconds:
        raise failure(one.child, f"was not ready after {seconds:.0f} s", one.advice)
    return False


def _must_run(one: Awaited) -> None:
    if not one.child.runs():
        raise failure(one.child, f"did not start: it ended with {one.child.fate()}", one.advice)
