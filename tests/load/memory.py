"""What a queue costs in Redis: idle, and full."""

import statistics

from barker import ids
from barker.models import QUEUE_KEEP
from barker.stores.delivery import BUCKETS, Delivery
from tests.load.bench import Bench
from tests.load.report import Figure
from tests.load.world import World, drop_queues, open_queues

IDLE, IDLE_QUICK = 50_000, 10_000
FULL, FULL_QUICK = 1_000, 200
BEYOND = 1.25  # times what is kept is delivered, so that the queues are as trimming leaves them
SAMPLED = 1_000
GOAL_IDLE_BYTES = 800


def measure(bench: Bench, world: World) -> None:
    """Make queues, look at the server's memory before and after, and ask it for single ones."""
    bench.say("memory: idle queues")
    idle = [ids.new() for _ in range(IDLE_QUICK if bench.quick else IDLE)]
    _report(bench, "an idle queue", idle, _grown(bench, idle, 0), f"<= {GOAL_IDLE_BYTES} bytes", GOAL_IDLE_BYTES)
    drop_queues(bench, idle)
    bench.say("memory: full queues")
    # All in one bucket: a fan-out to 256 buckets leaves 256 marks for an hour, which are not what is asked for.
    first = ids.new() // BUCKETS * BUCKETS
    full = [first + n * BUCKETS for n in range(FULL_QUICK if bench.quick else FULL)]
    grown = _grown(bench, full, round(QUEUE_KEEP * BEYOND))
    entries = statistics.median(_lengths(bench, full))
    _report(bench, f"a full queue, of {entries:,.0f} entries", full, grown, "", 0)
    drop_queues(bench, full)


def _grown(bench: Bench, users: list[int], barks: int) -> float:
    """Return the bytes a queue by which the server's memory has grown."""
    before = _used(bench)
    open_queues(bench, users)
    author = ids.new()
    for number in range(barks):
        delivered = bench.stores.queues.deliver(Delivery("bark", ids.new(), author, users))
        assert delivered == len(users)
        if number % 100 == 0:
            bench.check_time()
    return (_used(bench) - before) / len(users)


def _used(bench: Bench) -> int:
    memory = bench.redis.info("memory")
    return int(memory["used_memory"] - memory["mem_clients_normal"] - memory["mem_aof_buffer"])


def _lengths(bench: Bench, users: list[int]) -> list[int]:
    with bench.redis.pipeline(transaction=False) as pipe:
        for user in users:
            pipe.xlen(bench.stores.queues.channel(user))
        return list(pipe.execute())


def _report(bench: Bench, what: str, users: list[int], grown: float, goal: str, most: int) -> None:
    with bench.redis.pipeline(transaction=False) as pipe:
        for user in users[:SAMPLED]:
            pipe.memory_usage(bench.stores.queues.channel(user), samples=0)
        usage = [float(size) for size in pipe.execute()]
    of = f"{what}: growth of used_memory, {len(users):,} queues"
    met = grown <= most if goal and not bench.quick else None
    bench.report.add(Figure("memory", of, "bytes", [grown], goal=goal, met=met))
    # The command counts whole blocks for a stream's nodes; what counts is what the allocator gave.
    bench.report.add(Figure("memory", f"{what}: MEMORY USAGE", "bytes", usage))
