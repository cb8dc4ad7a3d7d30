"""Start again what dies, until one dies again and again."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import NoReturn

from barker.local.child import Child
from barker.local.starting import failure

LOOK_SECONDS = 0.1
DEATHS = 5  # so many within the window, and it is given up
WINDOW_SECONDS = 60.0
WAITS = (0.0, 0.5, 1.0, 2.0)  # seconds before the first, second… start again
ADVICE = "What to do: its log says why. Start it all again when that is mended."


class Watched:
    """A process, and when it died of late."""

    def __init__(self, child: Child, say: Callable[[str], None]) -> None:
        self._child = child
        self._say = say
        self._deaths: deque[float] = deque(maxlen=DEATHS)
        self._due: float | None = None

    def look(self, now: float) -> None:
        """Note a death and set the time of the next start, or start it when that time has come."""
        if self._due is not None:
            self._start_if_due(now)
        elif not self._child.runs():
            self._note_death(now)

    def _note_death(self, now: float) -> None:
        child = self._child
        child.kill()  # NOTE what it started may live on, and hold its port
        self._deaths.append(now)
        if len(self._deaths) == DEATHS and now - self._deaths[0] < WINDOW_SECONDS:
            raise failure(child, f"died {DEATHS} times within a minute, at last with {child.fate()}", ADVICE)
        recent = sum(now - death < WINDOW_SECONDS for death in self._deaths)
        wait = WAITS[recent - 1]
        self._due = now + wait
        when = f"in {wait:g} s" if wait else "now"
        self._say(f"{child.title} ended with {child.fate()}: it is started again {when}.")

    def _start_if_due(self, now: float) -> None:
        if self._due is not None and now >= self._due:
            self._child.start()
            self._due = None


def watch(children: Iterable[Child], say: Callable[[str], None]) -> NoReturn:
    """Keep them running until an interrupt, or until one is given up."""
    watched = [Watched(child, say) for child in children]
    while True:
        for one in watched:
            one.look(time.monotonic())
        time.sleep(LOOK_SECONDS)
