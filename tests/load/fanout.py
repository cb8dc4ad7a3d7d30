"""Deliveries a second through the real worker, the graph read included, beside redis-benchmark and the bare function.

The clock runs from before the first bark is posted until the worker has noted the last as done.
"""

import statistics
import time

from barker import ids
from barker.stores.delivery import Delivery
from tests.load import peers
from tests.load.bench import Bench
from tests.load.deliveries import all_arrived, fan_out
from tests.load.processes import workers
from tests.load.report import Figure
from tests.load.world import World

FOLLOWERS, FOLLOWERS_QUICK = 100_000, 10_000
BARKS, BARKS_QUICK = 8, 20
GOAL = ">= 1.0 x redis-benchmark"
CLOCK = (
    "Deliveries/s: from before the first post until the worker has noted the last bark as done. Post to last queue: to "
    "the arrival there, by Redis' clock. After every sample all queues are looked into: none missing, none doubled."
)


def measure(bench: Bench, world: World) -> None:
    """Take turns: the worker, redis-benchmark, the bare function."""
    number, barks = (FOLLOWERS_QUICK, BARKS_QUICK) if bench.quick else (FOLLOWERS, BARKS)
    bench.say(f"fanout: an author with {number:,} followers, all with queues")
    author, followers = world.author(number), world.readers(number)
    ours: list[float] = []
    alone: list[float] = []
    peer: list[float] = []
    bare: list[float] = []
    peers.redis_benchmark(bench)  # makes its keys
    with workers(bench, world):
        fan_out(bench, author, followers, 1)
        for _ in bench.rounds("fanout"):
            ours.append(fan_out(bench, author, followers, barks).rate)
            if rate := peers.redis_benchmark(bench):
                peer.append(rate)
            bare.append(_bare(bench, author.id, followers))
            alone.append(fan_out(bench, author, followers, 1).lag_ms)
    peers.clean_up(bench)
    limit = statistics.median(peer) if peer else None
    _add(bench, f"{barks} barks to {number:,} followers, through the worker", ours, limit, bench.quick)
    if peer:
        bench.report.add(Figure("fanout", "redis-benchmark -P 100, XADD of the same field", "/s", peer))
    _add(bench, "the bare function, no worker, no graph", bare, limit, judged=None)
    bench.report.add(Figure("fanout", f"one bark to {number:,}: post to last queue", "ms", alone))
    bench.report.note(CLOCK)


def _add(bench: Bench, what: str, rates: list[float], limit: float | None, judged: bool | None) -> None:
    ratio = statistics.median(rates) / limit if limit else None
    goal = "" if judged is None else GOAL
    met = ratio >= 1.0 if ratio is not None and judged is False else None
    bench.report.add(Figure("fanout", what, "/s", rates, ratio=ratio, of="redis-benchmark", goal=goal, met=met))


def _bare(bench: Bench, author: int, followers: list[int]) -> float:
    bark = ids.new()
    began = time.monotonic()
    bench.stores.queues.deliver(Delivery("bark", bark, author, followers))
    seconds = time.monotonic() - began
    all_arrived(bench, followers, [bark], len(followers))
    return len(followers) / seconds
