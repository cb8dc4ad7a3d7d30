"""How a fan-out grows with the number of followers: deliveries a second, and the time to the last queue."""

import statistics
from dataclasses import dataclass
from pathlib import Path

from tests.load import fanout, peers, plot
from tests.load.bench import Bench
from tests.load.deliveries import FanOut, fan_out
from tests.load.processes import ROOT, workers
from tests.load.report import Figure
from tests.load.world import World

SIZES = {1_000: 60, 10_000: 20, 100_000: 8, 1_000_000: 2}  # followers: barks posted at once
SIZES_QUICK = {1_000: 30, 10_000: 10}


@dataclass(frozen=True)
class Size:
    """What was measured at one number of followers."""

    followers: int
    rates: list[float]
    lags_ms: list[float]


def measure(bench: Bench, world: World) -> None:
    """Measure every size in every round, and draw the plot."""
    barks = SIZES_QUICK if bench.quick else SIZES
    for number in barks:
        bench.say(f"growth: an author with {number:,} followers")
        world.author(number)
    many: dict[int, list[FanOut]] = {number: [] for number in barks}
    single: dict[int, list[FanOut]] = {number: [] for number in barks}
    limit: list[float] = []
    peers.redis_benchmark(bench)
    with workers(bench, world):
        for _ in bench.rounds("growth"):
            for number in barks:
                author, followers = world.author(number), world.readers(number)
                single[number].append(fan_out(bench, author, followers, 1))
                many[number].append(fan_out(bench, author, followers, barks[number]))
                bench.say(f"growth: {number:,} followers, {many[number][-1].rate:,.0f} deliveries/s")
            if rate := peers.redis_benchmark(bench):
                limit.append(rate)
    peers.clean_up(bench)
    sizes = [Size(n, [one.rate for one in many[n]], [one.lag_ms for one in single[n]]) for n in barks]
    _report(bench, sizes, statistics.median(limit) if limit else None)


def _report(bench: Bench, sizes: list[Size], limit: float | None) -> None:
    for size in sizes:
        ratio = statistics.median(size.rates) / limit if limit else None
        what = f"{size.followers:>9,} followers"
        bench.report.add(Figure("growth", f"{what}: deliveries", "/s", size.rates, ratio=ratio, of="redis-benchmark"))
        bench.report.add(Figure("growth", f"{what}: post to last queue", "ms", size.lags_ms))
    bench.report.note(fanout.CLOCK)
    path = _plot_path(bench)
    plot.draw(path, [(s.followers, s.rates, s.lags_ms) for s in sizes], limit)
    bench.say(f"growth: the plot is {path.relative_to(ROOT)}")


def _plot_path(bench: Bench) -> Path:
    return ROOT / ("build/growth.png" if bench.quick else "docs/growth.png")
