"""The first page of the feed, from one API process, beside a bare route of the same gunicorn on the same core."""

import statistics
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial

import requests

from tests.load import peers
from tests.load.bench import Bench
from tests.load.pages import PAGE, Reader, readers
from tests.load.peers import Load
from tests.load.processes import Server, api, hello, off_first_core, on_first_core
from tests.load.report import Figure
from tests.load.world import World

FOLLOWEES = (10, 500, 5_000)
READERS, READERS_QUICK = 200, 30
CONNECTIONS = 32
SECONDS, SECONDS_QUICK = 4, 2
PATH = f"/v1/feed?limit={PAGE}"
HELLO = "hello"
GOAL_RATIO, GOAL_FLAT = 0.5, 0.9


def measure(bench: Bench, world: World) -> None:
    """Take turns: hello, then the feed of readers who follow few, many, very many."""
    people: dict[int, list[Reader]] = {}
    for followees in FOLLOWEES:
        bench.say(f"feed: readers who follow {followees:,}")
        people[followees] = readers(bench, world, READERS_QUICK if bench.quick else READERS, followees)
    with ExitStack() as stack:
        stack.enter_context(off_first_core(bench.pids))
        with on_first_core():
            served = stack.enter_context(api(bench))
            bare = stack.enter_context(hello(bench))
        for group in people.values():
            _check(served, group)
        loads = _loads(bench, served, bare, people)
        found: dict[str, list[Load]] = {name: [] for name in loads}
        for run in loads.values():
            run(1)  # caches and connections
        for _ in bench.rounds("feed"):
            for name, run in loads.items():
                found[name].append(run(SECONDS_QUICK if bench.quick else SECONDS))
    bench.report.note(
        f"feed: the API process (or hello) alone on the first core; the stores and the load client ({CONNECTIONS} "
        "connections, keep-alive) on the others. With so many connections p50 is not much more than 32 / rate."
    )
    _report(bench, found)


def _loads(
    bench: Bench, served: Server, bare: Server, people: Mapping[int, list[Reader]]
) -> dict[str, Callable[[int], Load]]:
    get = partial(peers.get, bench)
    loads: dict[str, Callable[[int], Load]] = {HELLO: partial(get, bare, "/hello", [""], CONNECTIONS)}
    for followees, group in people.items():
        tokens = [reader.token for reader in group]
        loads[f"{followees:,} followees, {len(group)} readers"] = partial(get, served, PATH, tokens, CONNECTIONS)
        loads[f"{followees:,} followees, one reader"] = partial(get, served, PATH, tokens[:1], CONNECTIONS)
    return loads


def _check(served: Server, group: list[Reader]) -> None:
    """A page that is not the right one is not worth measuring."""
    for reader in group:
        answer = requests.get(served.url + PATH, headers={"Authorization": f"Bearer {reader.token}"}, timeout=30)
        assert answer.status_code == 200, answer.text
        found = [bark["id"] for bark in answer.json()["items"]]
        assert found == reader.page, "a page of the feed is not what the queue holds"


def _report(bench: Bench, found: Mapping[str, list[Load]]) -> None:
    limit = _median(found[HELLO])
    add = bench.report.add
    for name, loads in found.items():
        is_hello = name == HELLO
        ratio = None if is_hello else _median(loads) / limit
        met = None if ratio is None or bench.quick else ratio >= GOAL_RATIO
        goal = "" if is_hello else f">= {GOAL_RATIO} x hello"
        what = f"{name} ({statistics.median(load.size for load in loads) / 1000:.1f} KB)"
        rates = [load.rate for load in loads]
        add(Figure("feed", what, "/s", rates, ratio=ratio, of=HELLO, goal=goal, met=met))
    for name, loads in found.items():
        if not name.endswith("one reader"):
            for part in ("p50_ms", "p99_ms"):
                times = [getattr(load, part) for load in loads]
                ratio = statistics.median(times) / statistics.median(getattr(load, part) for load in found[HELLO])
                what = f"{name}: {part[:3]}"
                add(Figure("feed", what, "ms", times, ratio=None if name == HELLO else ratio, of=HELLO))
    _flat(bench, [loads for name, loads in found.items() if name.endswith("readers")])


def _flat(bench: Bench, levels: list[list[Load]]) -> None:
    ratio = _median(levels[-1]) / _median(levels[0])
    rates = [load.rate for load in levels[-1]]
    what = f"flat: {FOLLOWEES[-1]:,} followees beside {FOLLOWEES[0]}"
    met = None if bench.quick else ratio >= GOAL_FLAT
    bench.report.add(
        Figure("feed", what, "/s", rates, ratio=ratio, of=f"at {FOLLOWEES[0]}", goal=f">= {GOAL_FLAT} x", met=met)
    )


def _median(loads: list[Load]) -> float:
    return statistics.median(load.rate for load in loads)
