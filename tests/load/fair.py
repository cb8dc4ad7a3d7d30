"""A bark to a million, and small ones of another author posted on a fixed beat beside it: who waits for whom?

A small bark's time is from before the post to its arrival in the last of its ten queues, by Redis' own clock,
rounded up to the millisecond. The barks do not wait for each other: the next is due whatever became of the last.
"""

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from barker.models import User
from tests.load.bench import Bench
from tests.load.deliveries import all_arrived, look, post, wait_until_done
from tests.load.processes import workers
from tests.load.report import Figure
from tests.load.world import World

LARGE, LARGE_QUICK = 1_000_000, 100_000
SMALL = 10
BEAT_SECONDS = 0.1
CALM_SECONDS, CALM_SECONDS_QUICK = 15.0, 4.0
REPEATS, REPEATS_QUICK = 10, 3
GOAL_LARGE_SECONDS, GOAL_SMALL_MS = 4.0, 100.0


@dataclass
class Beat:
    """Small barks and when each was posted, in Unix milliseconds."""

    posted: dict[int, float] = field(default_factory=dict)
    errors: list[Exception] = field(default_factory=list)


def measure(bench: Bench, world: World) -> None:
    """Measure the small barks alone, then the large bark with the small ones beside it, some times."""
    number = LARGE_QUICK if bench.quick else LARGE
    bench.say(f"fair: an author with {number:,} followers")
    celebrity, followers = world.author(number), world.readers(number)
    author, readers = world.author(SMALL), world.readers(SMALL)
    large: list[float] = []
    beside: list[float] = []
    with workers(bench, world):
        bench.say("fair: small barks alone")
        alone = _calm(bench, author, readers)
        repeats = REPEATS_QUICK if bench.quick else max(REPEATS, bench.options.repeat)
        for _ in bench.rounds("fair: the large bark, small ones beside it", repeats):
            seconds, small = _storm(bench, (celebrity, followers), (author, readers))
            large.append(seconds)
            beside += small
    _report(bench, number, large, alone, beside)


def _calm(bench: Bench, author: User, readers: list[int]) -> list[float]:
    with _beat(bench, author) as beat:
        time.sleep(CALM_SECONDS_QUICK if bench.quick else CALM_SECONDS)
    return list(_times(bench, beat, readers).values())


def _storm(bench: Bench, large: tuple[User, list[int]], small: tuple[User, list[int]]) -> tuple[float, list[float]]:
    """Return the seconds of the large bark, and the times of the small ones posted meanwhile."""
    with _beat(bench, small[0]) as beat:
        time.sleep(3 * BEAT_SECONDS)
        began_ms = time.time() * 1000
        bark = post(bench, large[0])
        wait_until_done(bench, [bark])
        ended_ms = time.time() * 1000
        time.sleep(BEAT_SECONDS)
    all_arrived(bench, large[1][SMALL:], [bark], len(large[1]) - SMALL)
    all_arrived(bench, large[1][:SMALL], [bark], SMALL, depth=800)
    times = _times(bench, beat, small[1])
    meanwhile = [ms for bark_id, ms in times.items() if began_ms <= beat.posted[bark_id] < ended_ms]
    return (ended_ms - began_ms) / 1000, meanwhile


@contextmanager
def _beat(bench: Bench, author: User) -> Iterator[Beat]:
    """Post a bark on every beat, in a thread, until told to stop; then wait for the last."""
    beat, stop = Beat(), threading.Event()

    def play() -> None:
        due = time.monotonic()
        while not stop.wait(max(0.0, due - time.monotonic())):
            began_ms = time.time() * 1000
            try:
                beat.posted[post(bench, author)] = began_ms
            except Exception as error:
                beat.errors.append(error)
            due += BEAT_SECONDS

    player = threading.Thread(target=play)
    player.start()
    try:
        yield beat
    finally:
        stop.set()
        player.join()
    assert not beat.errors, f"a small bark could not be posted: {beat.errors[0]!r}"
    wait_until_done(bench, list(beat.posted))


def _times(bench: Bench, beat: Beat, readers: list[int]) -> dict[int, float]:
    """Return how long each small bark took to its last queue, in milliseconds."""
    times = {}
    for bark, began_ms in beat.posted.items():
        seen = look(bench, readers, [bark], 800)
        assert (seen.found, seen.doubled) == (len(readers), 0), f"{seen} of {len(readers)}"
        times[bark] = seen.last_ms + 1 - began_ms
    return times


def _report(bench: Bench, number: int, large: list[float], alone: list[float], beside: list[float]) -> None:
    add = bench.report.add
    met = None if bench.quick else statistics.median(large) < GOAL_LARGE_SECONDS
    add(Figure("fair", f"one bark to {number:,}: post to done", "s", large, goal="< 4 s for 1,000,000", met=met))
    for what, times in (("small barks alone", alone), ("small barks beside it", beside)):
        for part in (50, 99):
            value = percentile(times, part)
            goal = "< 100 ms" if what.endswith("it") and part == 99 else ""
            met = value < GOAL_SMALL_MS if goal and not bench.quick else None
            ratio = value / percentile(alone, part) if times is beside else None
            figure = Figure("fair", f"{what}, p{part}", "ms", times, value, ratio, "alone", goal, met)
            add(figure)


def percentile(values: list[float], part: float) -> float:
    """Return the value that so many in a hundred do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part / 100))]
