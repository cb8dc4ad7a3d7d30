"""Open screens: what ten thousand idle ones cost, how soon they hear a bark, and how soon they are back.

One API process serves all streams and takes the posts; a worker fans out; the screens are in a process of their own.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psutil
import requests

from barker.models import User
from tests.load.bench import Bench
from tests.load.fair import percentile
from tests.load.processes import ROOT, Server, api, hello, workers
from tests.load.report import Figure
from tests.load.small import token_of
from tests.load.world import World, new_user

SCREENS, SCREENS_QUICK = 10_000, 300
ONLINE, ONLINE_QUICK = 1_000, 100  # of one author, for whom each bark counts
BARKS, BARKS_QUICK = 60, 5
PAUSE_SECONDS = 0.5  # between two barks: each meets an idle service
IDLE_SECONDS, IDLE_SECONDS_QUICK = 20.0, 3.0
PATIENCE = 120.0
GOAL_MEMORY, GOAL_TIMES = 1.3, 10.0


class Screens:
    """The process with the screens."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, **asked: Any) -> dict[str, Any]:
        """Let it do something, and return what came of it."""
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        assert not answer.get("missing"), f"{answer['missing']} screens did not hear a bark"
        assert not answer.get("doubled"), f"{answer['doubled']} events came twice"
        return answer


@contextmanager
def screens(server: Server, path: str) -> Iterator[Screens]:
    """Run a process for screens on a server."""
    command = [sys.executable, "-m", "tests.load.screens", str(server.port), path]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen(command, cwd=ROOT, text=True, **pipes)  # type: ignore[call-overload]
    try:
        yield Screens(process)
    finally:
        process.kill()
        process.wait()


def measure(bench: Bench, world: World) -> None:
    """Open screens, look what they cost, bark to them, drop them all."""
    number = SCREENS_QUICK if bench.quick else SCREENS
    bench.say(f"live: {number:,} people")
    people = [new_user() for _ in range(number)]
    for part in bench.parts(people, 2_000, "people"):
        bench.stores.users.insert_many(part, "no password")
    tokens = [token_of(bench, person) for person in people]
    bare = _bare(bench, number)
    with workers(bench, world), api(bench) as server, screens(server, "/v1/stream") as here:
        _idle(bench, server, here, tokens, bare)
        everyone = _author(bench, world, people)
        _reach(bench, server, here, everyone, number)
        _storm(bench, server, here, everyone, number)
    with workers(bench, world), api(bench) as server, screens(server, "/v1/stream") as here:
        _soon(bench, world, server, here, list(zip(people, tokens, strict=True)))


def _bare(bench: Bench, number: int) -> float:
    """Return the bytes a stream of a server that does nothing else."""
    with hello(bench) as server, screens(server, "/events") as here:
        process = _serving(server)
        before = process.memory_info().rss
        here.ask(open=["token"] * number)
        grown = (process.memory_info().rss - before) / number
    bench.report.add(Figure("live", f"bare gevent stream, {number:,} idle: memory each", "bytes", [grown]))
    return grown


def _serving(server: Server) -> psutil.Process:
    """Return the one process behind gunicorn's own."""
    for connection in psutil.net_connections("tcp"):
        if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == server.port:
            process = psutil.Process(connection.pid)
            return (process.children() or [process])[0]
    raise AssertionError("nobody listens")


def _idle(bench: Bench, server: Server, here: Screens, tokens: list[str], bare: float) -> None:
    process = _serving(server)
    requests.get(f"{server.url}/v1/feed", headers={"Authorization": f"Bearer {tokens[0]}"}, timeout=30)
    before = process.memory_info().rss
    opened = here.ask(open=tokens)["seconds"]
    each = (process.memory_info().rss - before) / len(tokens)
    bench.say("live: idle")
    used = sum(process.cpu_times()[:2])
    time.sleep(seconds := IDLE_SECONDS_QUICK if bench.quick else IDLE_SECONDS)
    busy = 100 * (sum(process.cpu_times()[:2]) - used) / seconds
    met = None if bench.quick else each / bare <= GOAL_MEMORY
    add, of = bench.report.add, f"{len(tokens):,} idle screens"
    add(Figure("live", f"{of}: memory each", "bytes", [each], ratio=each / bare, of="bare", goal="<= 1.3 x", met=met))
    add(Figure("live", f"{of}: CPU of the process", "%", [busy]))
    add(Figure("live", f"{of}: opened, all of them", "s", [opened]))


def _author(bench: Bench, world: World, people: list[User]) -> str:
    """Return the token of somebody whom all of them follow."""
    author = new_user(followers=len(people))
    bench.stores.users.insert_many([author], "no password")
    world.follow([(person.id, author.id) for person in people])
    return token_of(bench, author)


def _post(server: Server, token: str) -> tuple[str, float]:
    """Bark over HTTP; returns the bark's id, and when it was sent, in Unix milliseconds."""
    began_ms = time.time() * 1000
    headers = {"Authorization": f"Bearer {token}"}
    answer = requests.post(f"{server.url}/v1/barks", json={"text": "What a day!"}, headers=headers, timeout=30)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"]), began_ms


def _reach(bench: Bench, server: Server, here: Screens, token: str, number: int) -> None:
    firsts, lasts = [], []
    for _ in bench.rounds(f"live: one bark to {number:,} screens"):
        bark, began_ms = _post(server, token)
        times = here.ask(heard=bark, seconds=PATIENCE)["times"]
        firsts.append(times[0] - began_ms)
        lasts.append(times[-1] - began_ms)
    bench.report.add(Figure("live", f"one bark to {number:,} screens: POST to the first", "ms", firsts))
    bench.report.add(Figure("live", f"one bark to {number:,} screens: POST to the last", "ms", lasts))


def _storm(bench: Bench, server: Server, here: Screens, token: str, number: int) -> None:
    ready, caught_up = [], []
    for _ in bench.rounds(f"live: {number:,} screens drop and come back"):
        bark, _ = _post(server, token)
        answer = here.ask(reopen=bark, seconds=PATIENCE)
        ready.append(answer["ready"])
        caught_up.append((answer["times"][-1] - answer["since"]) / 1000)
    bench.report.add(Figure("live", f"{number:,} drop and come back with cursors: all ready", "s", ready))
    bench.report.add(Figure("live", f"{number:,} drop and come back: all have what they missed", "s", caught_up))


def _soon(bench: Bench, world: World, server: Server, here: Screens, people: list[tuple[User, str]]) -> None:
    some = people[: ONLINE_QUICK if bench.quick else ONLINE]
    token = _author(bench, world, [person for person, _ in some])
    here.ask(open=[of for _, of in some])
    took: list[float] = []
    for _ in range(BARKS_QUICK if bench.quick else BARKS):
        bench.check_time()
        bark, began_ms = _post(server, token)
        took += [at - began_ms for at in here.ask(heard=bark, seconds=PATIENCE)["times"]]
        time.sleep(PAUSE_SECONDS)
    published, bare = _published(bench, BARKS_QUICK if bench.quick else BARKS * 10), _bare_soon(bench, len(some))
    for part in (50, 99):
        value, limit = percentile(took, part), percentile(published, part)
        met = value / limit <= GOAL_TIMES if part == 99 and not bench.quick else None
        goal = f"<= {GOAL_TIMES:g} x" if part == 99 else ""
        what = f"POST to event, {len(some):,} online followers, p{part}"
        bench.report.add(Figure("live", f"PUBLISH to a subscriber and back, p{part}", "ms", published, limit))
        bench.report.add(Figure("live", what, "ms", took, value, value / limit, "PUBLISH", goal, met))
        what, value = f"the same on a bare gevent server, no store between, p{part}", percentile(bare, part)
        bench.report.add(Figure("live", what, "ms", bare, value))


def _bare_soon(bench: Bench, number: int) -> list[float]:
    """Return how long a server that only writes to so many streams takes to each of them, in milliseconds."""
    took: list[float] = []
    with hello(bench) as server, screens(server, "/events") as here:
        here.ask(open=["token"] * number)
        for bark in range(BARKS_QUICK if bench.quick else BARKS):
            began_ms = time.time() * 1000
            assert requests.post(f"{server.url}/events/{bark}", timeout=30).ok
            took += [at - began_ms for at in here.ask(heard=str(bark), seconds=PATIENCE)["times"]]
            time.sleep(PAUSE_SECONDS)
    return took


def _published(bench: Bench, times: int) -> list[float]:
    """Return how long a message takes through the same Redis, in milliseconds."""
    found = []
    with ExitStack() as stack:
        heard = stack.enter_context(bench.redis.pubsub())  # type: ignore[no-untyped-call]
        heard.subscribe("bench")
        heard.get_message(timeout=5)
        for _ in range(times):
            began = time.perf_counter()
            bench.redis.publish("bench", "x")
            heard.get_message(timeout=5)
            found.append(1000 * (time.perf_counter() - began))
    assert statistics.median(found) < 1000, "no message came"
    return found
