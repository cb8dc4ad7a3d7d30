"""What every measurement is given: the servers, the world in them, how much time there is, where figures go."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from redis import Redis
from rich.console import Console

from barker.stores import Stores
from tests.load.report import Report

SAY_SECONDS = 5.0
PATIENCE_SECONDS = 120.0  # beyond the time of a run, for a sample at hand to end
T = TypeVar("T")


class OutOfTime(Exception):
    """The run has taken as long as it may."""


@dataclass(frozen=True)
class Options:
    """What was asked for."""

    quick: bool
    repeat: int
    workers: int
    minutes: float


@dataclass
class Bench:
    """One run."""

    options: Options
    stores: Stores
    urls: Mapping[str, str]
    pids: Sequence[int]  # of the stores
    redis: Redis  # the queues' server, for what the service itself does not do: count, measure, clean up
    logs: Path
    report: Report
    console: Console
    began: float = field(default_factory=time.monotonic)

    @property
    def quick(self) -> bool:
        """Whether a small world and few repeats are enough."""
        return self.options.quick

    def say(self, line: str) -> None:
        """Show how far the run is. Raises OutOfTime where it has to end."""
        seconds = time.monotonic() - self.began
        self.console.print(f"{seconds:6.1f} s  {line}", markup=False, highlight=False)
        self.check_time()

    def check_time(self) -> None:
        """Raise OutOfTime where the run has taken longer than it may, and a measurement has not ended itself."""
        if self._is_over(PATIENCE_SECONDS):
            raise OutOfTime(f"{self.options.minutes:g} minutes are over; see --minutes")

    def _is_over(self, patience: float = 0) -> bool:
        return time.monotonic() - self.began > self.options.minutes * 60 + patience

    def rounds(self, what: str, times: int = 0) -> Iterator[int]:
        """Count the repeats of a measurement, and say so; fewer than asked for when the time is over."""
        times = times or self.options.repeat
        for number in range(times):
            if number and self._is_over():
                self.report.note(
                    f"{what}: {number} of {times} repeats, then the {self.options.minutes:g} minutes ended."
                )
                return
            self.say(f"{what}: {number + 1} of {times}")
            yield number

    def parts(self, items: Sequence[T], size: int, what: str) -> Iterator[Sequence[T]]:
        """Cut a long list, and say now and then how far it is."""
        said = time.monotonic()
        for start in range(0, len(items), size):
            if time.monotonic() - said > SAY_SECONDS:
                said = time.monotonic()
                self.say(f"{what}: {start:,} of {len(items):,}")
            yield items[start : start + size]

    def begin(self, measurement: str) -> None:
        """Raise OutOfTime where a measurement has no time left."""
        if self._is_over():
            raise OutOfTime(f"{self.options.minutes:g} minutes are over, {measurement} was left out; see --minutes")

    def environ(self, **settings: str) -> dict[str, str]:
        """Return the environment of a process of the service: these stores, no limits, few words."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("BARKER_")}
        return {**clean, **self.urls, "BARKER_LIMITS": "off", "BARKER_LOG_LEVEL": "warning", **settings}
