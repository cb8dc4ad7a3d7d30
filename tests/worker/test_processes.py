"""Workers as processes: several under a parent, and how they end."""

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from barker.local.ports import free_port
from barker.stores.jobs import LARGE, SMALL, Job, Jobs
from barker.worker import parent
from barker.worker.parent import SHORT_SECONDS, Seat
from tests.barker_process import wait_for

COMMAND = (sys.executable, "-P", "-m", "barker.cli", "worker")
SLOW = """
import os, sys, time
from barker.worker import __main__, loop, parent
loop.HANDLERS = {"do": lambda stores, number: time.sleep(60), "die": lambda stores: os.kill(os.getpid(), 9)}
loop.HANDLERS["nothing"] = lambda stores: None
loop.LEASE_SECONDS, loop.RENEW_SECONDS, loop.SWEEP_SECONDS, loop.MAX_STARTS = 1.0, 0.3, 0.5, 2
parent.WORKER = (sys.executable, *sys.orig_argv[1:])
sys.exit(__main__.main())
"""


class Workers:
    """A `barker worker` and what it logs."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self._log = log

    def log(self) -> str:
        return self._log.read_text()

    def children(self) -> list[psutil.Process]:
        found = psutil.Process(self.process.pid).children()
        return [one for one in found if "barker.worker" in one.cmdline() and "-I" not in one.cmdline()]

    def started(self) -> int:
        return len(re.findall('"worker_started"', self.log()))


@pytest.fixture
def jobs(stores_urls: dict[str, str]) -> Iterator[Jobs]:
    """What these workers look at."""
    jobs = Jobs(_url(stores_urls), 5)
    jobs._redis.flushdb()
    jobs.prepare()
    yield jobs
    jobs.close()


def _url(stores_urls: dict[str, str]) -> str:
    return stores_urls["BARKER_QUEUES_URL"].removesuffix("/0") + "/3"


@pytest.fixture
def run(stores_urls: dict[str, str], tmp_path: Path) -> Callable[..., object]:
    """Start workers that look at nobody's jobs but their own."""

    @contextmanager
    def start(*options: str, slow: bool = False, **settings: str) -> Iterator[Workers]:
        environ = {**_clean(), **stores_urls, "BARKER_QUEUES_URL": _url(stores_urls), **settings}
        log = tmp_path / f"{secrets.token_hex(4)}.log"
        command = [sys.executable, "-c", SLOW] if slow else [*COMMAND, *options]
        with log.open("wb") as file, subprocess.Popen(command, env=environ, stderr=file) as process:
            workers = Workers(process, log)
            try:
                yield workers
            finally:
                if process.poll() is None:
                    for one in workers.children():
                        one.kill()
                    process.kill()

    return start


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("BARKER_", "PROMETHEUS_"))}


@pytest.mark.slow
def test_a_dead_worker_is_started_again_and_all_go_when_their_parent_is_told_to(run: Callable[..., Any]) -> None:
    port = free_port()
    with run("--processes", "2", BARKER_WORKER_METRICS_PORT=str(port)) as workers:
        wait_for(lambda: workers.started() == 2, "two workers")
        first = workers.children()
        assert len(first) == 2
        first[0].kill()
        wait_for(lambda: workers.started() == 3, "another worker")
        second = workers.children()
        assert len(second) == 2
        assert first[1] in second
        page = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=5).text
        assert 'barker_worker_deaths_total{how="killed"} 1.0' in page
        assert 'barker_lane_jobs{lane="small",state="waiting"} 0.0' in page
        workers.process.send_signal(signal.SIGINT)
        assert workers.process.wait(20) == 0
        assert not any(one.is_running() for one in second)
        names = set(re.findall(r'"worker": "([^"]+)"', workers.log()))
        assert len(names) == 3
        assert '"how": "SIGKILL"' in workers.log()


@pytest.mark.slow
def test_workers_end_when_their_parent_is_killed(run: Callable[..., Any]) -> None:
    with run("--processes", "2") as workers:
        wait_for(lambda: workers.started() == 2, "two workers")
        children = workers.children()
        workers.process.kill()
        workers.process.wait(5)
        wait_for(lambda: not any(one.is_running() for one in children), "the workers to be gone")


@pytest.mark.slow
@pytest.mark.parametrize(("processes", "how"), [("1", "a limit"), ("2", "a second signal")])
def test_workers_that_do_not_come_to_an_end_are_ended(
    run: Callable[..., Any], jobs: Jobs, processes: str, how: str
) -> None:
    limit = "60" if how == "a second signal" else "4"
    settings = {"BARKER_WORKER_PROCESSES": processes, "BARKER_WORKER_STOP_SECONDS": limit}
    for number in range(30):
        jobs.put(Job("do", {"number": number}))
    with run(slow=True, **settings) as workers:
        wait_for(lambda: jobs._redis.xpending("{jobs}:lane:small", "workers")["pending"] >= 10 * int(processes), "jobs")
        children = workers.children()
        workers.process.terminate()
        time.sleep(0.5)
        assert workers.process.poll() is None
        if how == "a second signal":
            workers.process.terminate()
        assert workers.process.wait(15) == 1
        wait_for(lambda: not any(one.is_running() for one in children), "the workers to be gone")
        assert "ended_hard" in workers.log()
    assert len(jobs.reclaim(SMALL, "another", 0, 1)) == 1


@pytest.mark.slow
def test_a_job_that_takes_every_worker_along_is_parked_and_stops_no_other(run: Callable[..., Any], jobs: Jobs) -> None:
    jobs.put(Job("die", {}), lane=LARGE)
    with run(slow=True, BARKER_WORKER_PROCESSES="2") as workers:
        wait_for(lambda: jobs.parked(1), "the job to be parked", 60)
        assert jobs.parked(5) == [(Job("die", {}), "2 workers died with it")]
        assert workers.log().count('"worker_died"') >= 2
        assert '"job_parked"' in workers.log()
        jobs.put(Job("nothing", {}))
        wait_for(lambda: jobs._redis.xlen("{jobs}:lane:small") == 0, "the other job to be done")


def test_one_that_dies_at_once_is_started_again_less_and_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parent, "WORKER", (sys.executable, "-I", "-S", "-c", "raise SystemExit(3)"))
    seat, now, pauses = Seat(0, dict(os.environ)), 1000.0, []
    seat.look(now)
    for _ in range(9):
        wait_for(lambda: not seat.runs(), "its end")
        seat.look(now)
        began = now
        while seat._process is None:
            now += 0.25
            seat.look(now)
        pauses.append(now - began)
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    wait_for(lambda: not seat.runs(), "its end")
    now += SHORT_SECONDS  # this one lived long enough
    seat.look(now)
    assert seat._process
    wait_for(lambda: not seat.runs(), "its end")


def test_a_port_that_is_taken_is_said(run: Callable[..., Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with run("--processes", "2", BARKER_WORKER_METRICS_PORT=port) as workers:
            assert workers.process.wait(20) == 2
            assert f"BARKER_WORKER_METRICS_PORT: nothing can listen on 127.0.0.1, port {port}" in workers.log()
