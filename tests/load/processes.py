"""The processes of a run: workers, the API, the bare server beside it, a client that loads them; and their cores."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import requests

from barker.local.child import Child, Command, stop
from barker.local.ports import free_port
from tests.load.bench import Bench
from tests.load.deliveries import post, wait_until_done
from tests.load.world import World

ROOT = Path(__file__).parents[2]
READY_SECONDS = 60.0
GUNICORN = ["-m", "gunicorn", "-c", "python:barker.server"]


@dataclass(frozen=True)
class Server:
    """Something that answers HTTP."""

    port: int

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def workers(bench: Bench, world: World) -> Iterator[None]:
    """Run the workers that were asked for; they have done a job when this begins."""
    with ExitStack() as stack:
        for number in range(bench.options.workers):
            start_worker(bench, stack, number)
        author = world.author(10)
        for _ in range(3 * bench.options.workers):
            wait_until_done(bench, [post(bench, author)])
        yield


def start_worker(bench: Bench, stack: ExitStack, number: int = 0) -> None:
    """Start a worker process; leaving the stack ends it."""
    _start(bench, stack, f"worker-{number}", ["-m", "barker.worker"], bench.environ())


@contextmanager
def api(bench: Bench, processes: int = 1) -> Iterator[Server]:
    """Run the API, by gunicorn as `barker serve` does."""
    with ExitStack() as stack:
        server = Server(free_port())
        environ = bench.environ(BARKER_PORT=str(server.port), BARKER_PROCESSES=str(processes))
        _start(bench, stack, "api", ["-m", "barker.cli", "serve"], environ)
        _wait(f"{server.url}/readyz")
        yield server


@contextmanager
def hello(bench: Bench) -> Iterator[Server]:
    """Run one process of the same gunicorn with one route that asks nobody."""
    with ExitStack() as stack:
        server = Server(free_port())
        environ = bench.environ(BARKER_PORT=str(server.port)) | {"PYTHONPATH": os.pathsep.join(_path())}
        _start(bench, stack, "hello", [*GUNICORN, "tests.load.hello:app"], environ)
        _wait(f"{server.url}/hello")
        yield server


def load(requests_: Sequence[str], port: int, connections: int, seconds: float = 0) -> dict[str, Any]:
    """Send requests from a process of its own: each once, or round and round for some seconds."""
    asked = {"requests": requests_, "port": port, "connections": connections, "seconds": seconds}
    command = [sys.executable, "-m", "tests.load.client"]
    done = subprocess.run(
        command, input=json.dumps(asked), capture_output=True, text=True, check=False, cwd=ROOT, timeout=seconds + 120
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@contextmanager
def on_first_core() -> Iterator[None]:
    """Let what is started here run on the first core alone."""
    every = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(every)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, every)


@contextmanager
def off_first_core(pids: Sequence[int]) -> Iterator[None]:
    """Keep these processes, ourselves and what we start off the first core, if there is another."""
    every = os.sched_getaffinity(0)
    others = every - {min(every)} or every
    _place([*pids, os.getpid()], others)
    try:
        yield
    finally:
        _place([*pids, os.getpid()], every)


def _place(pids: Sequence[int], cores: set[int]) -> None:
    for pid in pids:
        for thread in psutil.Process(pid).threads():
            os.sched_setaffinity(thread.id, cores)


def _start(bench: Bench, stack: ExitStack, name: str, arguments: list[str], environ: dict[str, str]) -> None:
    child = Child(Command(name, [sys.executable, *arguments], bench.logs / f"{name}.log", environ))
    stack.callback(stop, [child])
    child.start()


def _wait(url: str) -> None:
    until = time.monotonic() + READY_SECONDS
    while True:
        try:
            if requests.get(url, timeout=5).status_code == 200:
                return
        except requests.RequestException:
            pass
        assert time.monotonic() < until, f"{url} does not answer"
        time.sleep(0.1)


def _path() -> list[str]:
    return [str(ROOT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
