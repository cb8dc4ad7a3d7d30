"""Who is killed, and when. Losing what the queues' Redis had written last is a kind of its own."""

import os
import random
import shutil
import time
from collections import Counter, deque
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.crew import Crew, Member

# Of a hundred kills. Who comes back slowly is killed seldom: the others would have nothing to do meanwhile.
WEIGHTS = {
    "worker": 45.0,
    "api": 18.0,
    "queues": 14.0,
    "places": 8.0,
    "documents": 4.0,
    "graph": 1.5,
    "cut": 2.2,  # the queues' Redis, and the last second of its file with it: the machine went down
    "empty": 0.3,  # the queues' Redis, and its whole file
}
LOSSES = ("cut", "empty")
DOWN_SECONDS = {"queues": 0.4, "places": 0.4}  # at most, before the start; of others:
DOWN_SECONDS_ELSE = 1.0
CUT_SECONDS = 1.0  # the file is written to disk once a second
SIZES_KEPT = 500  # a few seconds' worth


@dataclass(frozen=True)
class Kill:
    """One kill: its kind, and when it was (Unix seconds)."""

    kind: str
    at: float


class Killer:
    """Kills one process after another, at random, at a pace."""

    def __init__(self, crew: Crew, queues: Path, seed: int, only: Collection[str], pause: float) -> None:
        """`queues` is the data folder of the queues' Redis; `pause` the mean time between two kills, in seconds."""
        self._crew, self._pause = crew, pause
        self._kinds = [kind for kind in WEIGHTS if kind in only]
        self._random = random.Random(seed)
        self._files = queues / "appendonlydir"
        self._sizes: deque[tuple[float, Path, int]] = deque(maxlen=SIZES_KEPT)
        self._next = time.monotonic() + pause
        self.kills: list[Kill] = []

    @property
    def losses(self) -> int:
        """How often the queues' Redis was started again: each time something of it may be gone."""
        return sum(kill.kind in ("queues", *LOSSES) for kill in self.kills)

    def by_kind(self) -> dict[str, int]:
        """Return how many kills of each kind there were."""
        return dict(Counter(kill.kind for kill in self.kills))

    def look(self) -> None:
        """Kill somebody if it is time."""
        self._note_size()
        if time.monotonic() < self._next:
            return
        there = {kind: found for kind in self._kinds if (found := self._crew.ready(_process_of(kind)))}
        if not there:
            return
        kind = self._random.choices(list(there), [self._weight(*one) for one in there.items()])[0]
        self._kill(kind, self._random.choice(there[kind]))
        # From when it was due: what could not be done while nobody was there is made up for.
        self._next = max(self._next, time.monotonic() - 5) + self._random.expovariate(1 / self._pause)

    def _weight(self, kind: str, ready: list[Member]) -> float:
        """Kill the last one of several less often: where nobody is there, nobody is in the middle of anything."""
        several = sum(member.kind == ready[0].kind for member in self._crew.members)
        return WEIGHTS[kind] * (len(ready) / several) ** 2

    def _kill(self, kind: str, member: Member) -> None:
        member.kill(self._random.uniform(0, DOWN_SECONDS.get(member.kind, DOWN_SECONDS_ELSE)))
        if kind == "cut":
            self._cut()
        elif kind == "empty":
            shutil.rmtree(self._files)
            self._sizes.clear()  # the next file bears the name of this one
        self.kills.append(Kill(kind, time.time()))

    def _note_size(self) -> None:
        if file := max(self._files.glob("*.incr.aof"), default=None):
            self._sizes.append((time.monotonic(), file, file.stat().st_size))

    def _cut(self) -> None:
        """Take from the file what was written in the last second."""
        until = time.monotonic() - CUT_SECONDS
        file = max(self._files.glob("*.incr.aof"))
        sizes = [(at, size) for at, of, size in self._sizes if of == file]
        kept = [size for at, size in sizes if at <= until] or [sizes[0][1] if sizes else file.stat().st_size]
        os.truncate(file, min(kept[-1], file.stat().st_size))  # it must not make the file longer
        self._sizes.clear()
        self._sizes.append((time.monotonic(), file, kept[-1]))


def _process_of(kind: str) -> str:
    return "queues" if kind in LOSSES else kind
