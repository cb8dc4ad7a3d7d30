"""Jobs that fail, workers that die, and workers that are told to go: the loop on a real Redis, in this process."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

import pytest
from prometheus_client import REGISTRY
from redis import Redis

from barker.errors import StoreDown
from barker.settings import Settings
from barker.stores import Stores, connect
from barker.stores import jobs as jobs_module
from barker.stores.jobs import SMALL, Job
from barker.worker import loop
from barker.worker.loop import Worker
from tests.barker_process import PATIENCE, wait_for
from tests.faults.conftest import Servers
from tests.faults.proxy import Mode, Proxy

BACKOFF_SECONDS = 0.03
ATTEMPTS, STARTS = 3, 4

Runs = Callable[..., AbstractContextManager[Worker]]


@pytest.fixture
def url(servers: Servers) -> str:
    """An empty database of the Redis of queues, which no other worker looks at."""
    url = servers.addresses(servers.ports)["BARKER_QUEUES_URL"].removesuffix("/0") + "/1"
    with Redis.from_url(url) as redis:
        redis.flushdb()
    return url


@pytest.fixture
def proxy(servers: Servers) -> Iterator[Proxy]:
    """What the worker reaches its jobs through."""
    proxy = Proxy(servers.ports["queues"])
    yield proxy
    proxy.close()


@pytest.fixture
def stores(servers: Servers, url: str, proxy: Proxy) -> Iterator[Stores]:
    """The stores of the worker."""
    through = url.replace(f":{servers.ports['queues']}/", f":{proxy.port}/")
    settings = {**servers.addresses(servers.ports), "BARKER_QUEUES_URL": through, "BARKER_REDIS_SECONDS": "0.5"}
    stores = connect(Settings.read(settings))
    stores.jobs.prepare()
    yield stores
    stores.close()


@pytest.fixture
def at_work(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> Runs:
    """Run a worker with these handlers, in a hurry, for as long as the block lasts."""
    monkeypatch.setattr(jobs_module, "BLOCK_SECONDS", 0.1)
    for name, value in {
        "BACKOFF_SECONDS": BACKOFF_SECONDS,
        "MAX_ATTEMPTS": ATTEMPTS,
        "MAX_STARTS": STARTS,
        "CHORES_SECONDS": 0.02,
        "LEASE_SECONDS": 0.5,
        "RENEW_SECONDS": 0.1,
        "SWEEP_SECONDS": 0.1,
        "SWEEPS": (),
    }.items():
        monkeypatch.setattr(loop, name, value)

    @contextmanager
    def run(handlers: Mapping[str, Callable[..., None]], name: str = "worker") -> Iterator[Worker]:
        monkeypatch.setattr(loop, "HANDLERS", handlers)
        worker = Worker(stores, name)
        thread = threading.Thread(target=worker.run)
        thread.start()
        try:
            yield worker
        finally:
            worker.stop()
            thread.join(20)
            assert not thread.is_alive(), "the worker does not end"

    return run


def do(number: int) -> Job:
    return Job("do", {"number": number})


def put(stores: Stores, number: int) -> None:
    for one in range(number):
        stores.jobs.put(do(one))


class Doing:
    """A handler that notes what it began and what it finished."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.began: list[int] = []
        self.finished: list[int] = []
        self._seconds = seconds

    def __call__(self, _: Stores, number: int) -> None:
        self.began.append(number)
        time.sleep(self._seconds)
        self.finished.append(number)


def test_a_failing_job_is_tried_again_later_and_later_and_parked_with_its_reason(stores: Stores, at_work: Runs) -> None:
    tried: list[float] = []

    def fail(_: Stores, number: int) -> None:
        tried.append(time.monotonic())
        raise ValueError(f"{number} is broken")

    stores.jobs.put(do(7))
    with at_work({"do": fail}):
        wait_for(lambda: stores.jobs.parked(1), "the job to be parked", PATIENCE)
    assert stores.jobs.parked(10) == [(Job("do", {"number": 7}, ATTEMPTS), "ValueError: 7 is broken")]
    assert len(tried) == ATTEMPTS
    assert tried[1] - tried[0] >= BACKOFF_SECONDS
    assert tried[2] - tried[1] >= 2 * BACKOFF_SECONDS


def test_a_job_waits_however_long_its_store_is_away_and_may_fail_as_often_as_any(stores: Stores, at_work: Runs) -> None:
    ends: list[Exception | None] = [StoreDown("graph")] * (ATTEMPTS + 1) + [ValueError("once")] * (ATTEMPTS - 1)
    ends.append(None)
    began: list[int] = []

    def wait(_: Stores, number: int) -> None:
        began.append(number)
        if end := ends[len(began) - 1]:
            raise end

    stores.jobs.put(do(1))
    with at_work({"do": wait}):
        wait_for(lambda: len(began) == len(ends), "the job to be done", PATIENCE)
    assert stores.jobs.parked(1) == []


def test_jobs_run_together_wait_together_and_only_the_one_that_fails_is_parked(
    stores: Stores, at_work: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    began: list[list[int]] = []

    def do_all(_: Stores, number: list[int]) -> None:
        began.append(number)
        if len(began) == 1:
            raise StoreDown("graph")
        if 2 in number:
            raise ValueError("2 is broken")

    monkeypatch.setattr(loop, "BATCHED", {"do"})
    put(stores, 4)
    with at_work({"do": do_all}):
        wait_for(lambda: stores.jobs.parked(1), "the job to be parked", PATIENCE)
    assert [job.arguments for job, _ in stores.jobs.parked(10)] == [{"number": 2}]
    assert began[0] == [0, 1, 2, 3]
    assert sorted(number for batch in began[1:] for number in batch if 2 not in batch) == [0, 1, 3]


def test_a_job_that_nobody_knows_is_left_to_newer_workers_and_parked_in_the_end(stores: Stores, at_work: Runs) -> None:
    stores.jobs.put(Job("of another version", {"number": 1}))
    with at_work({}):
        wait_for(lambda: stores.jobs.parked(1), "the job to be parked", PATIENCE)
    assert stores.jobs.parked(1)[0][0].attempt == loop.MAX_ATTEMPTS


def test_an_entry_that_nobody_can_read_does_not_keep_the_others(stores: Stores, at_work: Runs, url: str) -> None:
    doing = Doing()
    with Redis.from_url(url) as redis:
        redis.xadd("{jobs}:lane:small", {"job": '{"name": "do", "arguments": {}, "of": "another version"}'})
    put(stores, 2)
    with at_work({"do": doing}):
        wait_for(lambda: sorted(doing.finished) == [0, 1], "the other jobs to be done", PATIENCE)


def test_what_a_dead_worker_held_is_run_by_another(stores: Stores, at_work: Runs) -> None:
    doing = Doing()
    put(stores, 3)
    assert len(stores.jobs.claim(SMALL, "dead", 10)) == 3
    with at_work({"do": doing}):
        wait_for(lambda: len(doing.finished) == 3, "the jobs to be done", PATIENCE)
    assert sorted(doing.finished) == [0, 1, 2]
    assert stores.jobs.reclaim(SMALL, "anybody", 0, 10) == []


def test_chores_that_fail_keep_no_other_from_its_turn_and_are_counted(
    stores: Stores, at_work: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept, doing = threading.Event(), Doing()

    def fail(_: object) -> int:
        raise KeyError("a document of another version")

    def sweep(_: Stores) -> int:
        swept.set()
        return 0

    put(stores, 1)
    stores.jobs.claim(SMALL, "dead", 1)
    monkeypatch.setattr(loop, "SWEEPS", (fail, sweep))
    monkeypatch.setattr(type(stores.jobs), "move_due", fail)
    with at_work({"do": doing}):
        assert swept.wait(PATIENCE)
        wait_for(lambda: doing.finished == [0], "the dead worker's job to be done", PATIENCE)
        for chore in ("_sweep_by", "_move_due"):
            assert REGISTRY.get_sample_value("barker_chore_failures_total", {"chore": chore})


def test_only_the_job_that_takes_its_workers_along_is_parked_not_those_claimed_with_it(
    stores: Stores, at_work: Runs
) -> None:
    doing = Doing()
    put(stores, 3)
    claims = stores.jobs.claim(SMALL, "dead", 10)
    for _ in range(STARTS - 1):
        ((claim, _),) = stores.jobs.reclaim(SMALL, "dead", 0, 1)
        assert claim == claims[0]
        stores.jobs.renew(claims, "dead")
    with at_work({"do": doing}):
        wait_for(lambda: sorted(doing.finished) == [1, 2], "the others to be done", PATIENCE)
    assert [job.arguments for job, _ in stores.jobs.parked(10)] == [{"number": 0}]


def test_a_job_that_takes_its_workers_along_is_parked(stores: Stores, at_work: Runs) -> None:
    doing = Doing()
    put(stores, 1)
    stores.jobs.claim(SMALL, "dead", 1)
    for _ in range(STARTS - 1):
        assert len(stores.jobs.reclaim(SMALL, "dead", 0, 1)) == 1
    with at_work({"do": doing}):
        wait_for(lambda: stores.jobs.parked(1), "the job to be parked", PATIENCE)
    assert "died" in stores.jobs.parked(1)[0][1]
    assert doing.began == []


def test_a_long_job_stays_with_its_worker(stores: Stores, at_work: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    doing = Doing(seconds=1.2)
    put(stores, 1)
    with at_work({"do": doing}, "one"), at_work({"do": doing}, "two"):
        monkeypatch.setattr(loop, "LEASE_SECONDS", 0.8)
        wait_for(lambda: doing.finished, "the job to be done", PATIENCE)
    assert doing.began == [0]


def test_a_worker_told_to_go_finishes_what_it_began_and_gives_the_rest_back(stores: Stores, at_work: Runs) -> None:
    doing, later = Doing(seconds=0.3), Doing()
    put(stores, 5)
    with at_work({"do": doing}, "one"):
        wait_for(lambda: doing.began, "the first job to begin", PATIENCE)
    assert doing.finished == doing.began == [0]
    with at_work({"do": later}, "two"):
        wait_for(lambda: len(later.finished) == 4, "the rest to be done", PATIENCE)
    assert sorted(later.began) == [1, 2, 3, 4]


def test_a_worker_told_to_go_finishes_what_it_took_over_too(stores: Stores, at_work: Runs) -> None:
    doing = Doing(seconds=0.5)
    put(stores, 1)
    stores.jobs.claim(SMALL, "dead", 1)
    with at_work({"do": doing}):
        wait_for(lambda: doing.began, "the job to begin", PATIENCE)
    assert doing.finished == [0]


def test_a_worker_that_goes_leaves_to_others_what_it_never_heard_of(stores: Stores, at_work: Runs) -> None:
    doing = Doing()
    put(stores, 1)
    stores.jobs.claim(SMALL, "worker", 1)  # the answer was lost on the way
    with at_work({}, "worker"):
        pass
    with at_work({"do": doing}, "another"):
        wait_for(lambda: doing.finished, "the job to be done", PATIENCE)


def test_what_a_worker_holds_when_its_queues_go_away_is_run_when_they_are_back(
    stores: Stores, at_work: Runs, proxy: Proxy
) -> None:
    doing = Doing()

    def cut(_: Stores, number: int) -> None:
        if not doing.began:
            proxy.switch(Mode.REFUSE)
        doing(_, number)

    put(stores, 5)
    with at_work({"do": cut}):
        wait_for(lambda: doing.began, "the first job to begin", PATIENCE)
        proxy.switch(Mode.PASS)
        wait_for(lambda: set(doing.finished) == {0, 1, 2, 3, 4}, "all jobs to be done", PATIENCE)
