"""A store that is full or cannot write, jobs that nobody can run, clocks that jump, two workers of one name."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from redis import Redis
from redis.exceptions import BusyLoadingError, RedisError

from barker import ids
from barker.actions import barking, fanning, operating
from barker.errors import StoreDown
from barker.local import LocalStores
from barker.local.ports import free_port
from barker.models import BarkDraft
from barker.stores import Stores
from barker.stores.guard import door
from barker.stores.jobs import SMALL, UNREADABLE, Job, Jobs
from barker.worker import loop
from tests.barker_process import PATIENCE, Person, wait_for
from tests.faults.conftest import Servers
from tests.faults.proxy import Mode
from tests.faults.test_jobs import STARTS, Doing, Runs, at_work, do, proxy, put, stores, url
from tests.faults.world import Screen, World

__all__ = ["at_work", "proxy", "stores", "url"]


@contextmanager
def full(url: str) -> Iterator[None]:
    """Let a server refuse whatever takes memory."""
    with Redis.from_url(url) as redis:
        redis.config_set("maxmemory", "1")
        try:
            yield
        finally:
            redis.config_set("maxmemory", "0")


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def failures(world: World, reason: str) -> float:
    page = world.service.call("GET", "/metrics").text
    found = re.search(rf'barker_store_failures_total{{reason="{reason}",store="queues"}} (\S+)', page)
    return float(found[1]) if found else 0.0


@pytest.mark.slow
def test_a_full_server_of_queues_costs_no_bark_and_is_called_full(world: World, servers: Servers, ada: Person) -> None:
    bob = world.person("bob")
    bob.follow(ada)
    wait_for(world.is_settled, "the follow to be settled")
    with Screen(bob) as screen:
        ada.bark("before")
        wait_for(lambda: screen.barks() == ["before"], "the bark")
        with full(servers.addresses(servers.ports)["BARKER_QUEUES_URL"]):
            ada.bark("while it is full")
            world.make_due()
            assert bob.feed() == ["before"]  # read from his queue, as during any fan-out
            wait_for(lambda: failures(world, "full") > 0, "the metric")
            for name in ("serve", "worker"):
                wait_for(lambda name=name: '"reason": "full"' in world.service.log(name), f"the log of {name}")
        wait_for(world.is_settled, "the bark to be fanned out")
        wait_for(lambda: screen.barks() == ["before", "while it is full"], "the bark")
    assert bob.feed() == ["while it is full", "before"]


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "reason"), [(Mode.SWALLOW, "silent"), (Mode.REFUSE, "away")])
def test_a_store_that_hangs_or_is_gone_is_called_so(world: World, ada: Person, mode: Mode, reason: str) -> None:
    before = failures(world, reason)
    world.proxies["queues"].switch(mode)
    ada.bark("meanwhile")
    assert failures(world, reason) > before
    assert f'"reason": "{reason}"' in world.service.log("serve")


@pytest.mark.slow
def test_a_job_does_not_answer_for_a_server_that_is_full_however_long(stores: Stores, at_work: Runs, url: str) -> None:
    began: list[int] = []

    def needs_room(stores: Stores, number: int) -> None:
        began.append(number)
        stores.jobs.put(Job("nothing", {}))

    put(stores, 1)
    with at_work({"do": needs_room, "nothing": lambda _: None}):
        with full(url):
            wait_for(lambda: len(began) > STARTS + 2, "the job to be tried again and again")
        wait_for(lambda: stores.lanes.overview().lanes[SMALL].running == 0, "the job to be done", PATIENCE)
        wait_for(lambda: stores.lanes.overview().not_due == 0, "it", PATIENCE)
    assert stores.jobs.parked(1) == []


@pytest.fixture
def sick(tmp_path: Path) -> Iterator[tuple[Jobs, Path]]:
    """A server of its own, to make it ill, and its folder."""
    with LocalStores(tmp_path, free_ports=True, only=["queues"]) as urls:
        jobs = Jobs(urls["BARKER_QUEUES_URL"], 2)
        jobs.prepare()
        yield jobs, tmp_path
        jobs.close()


def _is_no_primary(jobs: Jobs, _: Path) -> None:
    jobs._redis.replicaof("127.0.0.1", free_port())


def _cannot_write_to_its_disk(jobs: Jobs, folder: Path) -> None:
    jobs._redis.config_set("save", "3600 1")
    place = next(path.parent for path in folder.rglob("appendonlydir"))
    (place / "dump.rdb").mkdir()  # what it wants to put there cannot take this name
    (place / "dump.rdb" / "in the way").touch()
    jobs._redis.bgsave()
    wait_for(lambda: jobs._redis.info("persistence")["rdb_last_bgsave_status"] == "err", "the save to fail")


def _is_full(jobs: Jobs, _: Path) -> None:
    jobs._redis.config_set("maxmemory", "1")


@pytest.mark.parametrize(
    ("make_ill", "reason"),
    [
        (_is_no_primary, "readonly"),
        pytest.param(_cannot_write_to_its_disk, "disk", marks=pytest.mark.slow),
        (_is_full, "full"),
    ],
)
def test_a_server_that_takes_no_writes_is_down_for_a_known_reason(
    sick: tuple[Jobs, Path], make_ill: Callable[[Jobs, Path], None], reason: str
) -> None:
    jobs, folder = sick
    labels = {"store": "queues", "reason": reason}
    jobs.put(do(1))
    (claim,) = jobs.claim(SMALL, "w", 1)
    before = counted("barker_store_failures_total", **labels)
    make_ill(jobs, folder)
    with pytest.raises(StoreDown):
        jobs.put(do(2))
    with pytest.raises(StoreDown):
        jobs.again(claim, 0)
    with pytest.raises(StoreDown):
        jobs.park(claim, "it fails")
    assert counted("barker_store_failures_total", **labels) == before + 3
    assert jobs._redis.xlen("{jobs}:lane:small") == 1


def test_lanes_that_cannot_be_made_are_not_taken_for_made(sick: tuple[Jobs, Path]) -> None:
    jobs, folder = sick
    jobs._redis.flushall()
    _is_full(jobs, folder)
    with pytest.raises(StoreDown):
        jobs.prepare()


def test_a_server_that_is_loading_is_down_for_that_reason() -> None:
    before = counted("barker_store_failures_total", store="queues", reason="loading")
    with pytest.raises(StoreDown), door("queues", RedisError):
        raise BusyLoadingError("Redis is loading the dataset in memory")
    assert counted("barker_store_failures_total", store="queues", reason="loading") == before + 1


def test_what_an_older_worker_cannot_run_is_parked_and_run_by_a_newer_one(
    stores: Stores, at_work: Runs, url: str
) -> None:
    doing, newer = Doing(), Doing()
    unreadable = json.dumps({"name": "do", "arguments": {"number": 3}, "shape": "new"})
    stores.jobs.put(Job("of another version", {"number": 1}))
    stores.jobs.put(Job("do", {"number": 2, "shape": 1}))
    with Redis.from_url(url) as redis:
        redis.xadd("{jobs}:lane:small", {"job": unreadable})
    stores.jobs.put(do(0))
    with at_work({"do": doing}):
        wait_for(lambda: len(stores.jobs.parked(5)) == 3, "the jobs to be parked", PATIENCE)
        assert doing.finished == [0]
    assert {one.job.name for one in stores.lanes.all_parked()} == {"of another version", "do", UNREADABLE}
    assert unreadable in {one.text for one in stores.lanes.all_parked()}
    assert stores.lanes.retry(list(stores.lanes.all_parked())) == 3

    def takes_shape(stores: Stores, number: int, shape: int = 0) -> None:
        newer(stores, number)

    with at_work({"do": takes_shape, "of another version": newer}):
        wait_for(lambda: sorted(newer.finished) == [1, 2], "what the newer one knows", PATIENCE)


def test_of_jobs_run_together_only_those_of_another_version_are_parked(
    stores: Stores, at_work: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "BATCHED", {"fan_out"})
    served: list[int] = []
    ends = {"job": "fan_out", "lane": SMALL}
    done, parked = (counted("barker_jobs_total", **ends, end=end) for end in ("done", "parked"))
    jobs = [Job("fan_out", {"bark": number}) for number in range(3)]
    stores.jobs.put(*jobs, Job("fan_out", {"bark": 9, "shape": 1}))
    with at_work({"fan_out": lambda _, bark: served.extend(bark)}):
        wait_for(lambda: stores.jobs.parked(1), "the one to be parked", PATIENCE)
    assert sorted(served) == [0, 1, 2]
    assert stores.jobs.parked(5)[0][0].arguments == {"bark": 9, "shape": 1}
    assert counted("barker_jobs_total", **ends, end="done") == done + 3
    assert counted("barker_jobs_total", **ends, end="parked") == parked + 1


def test_two_workers_of_one_name_do_each_job_once_and_either_may_go(
    stores: Stores, at_work: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "LEASE_SECONDS", 60)  # neither is taken for dead, however slow it is
    doing = Doing(seconds=0.02)
    put(stores, 60)
    with at_work({"do": doing}, "one"):
        with at_work({"do": doing}, "one"):
            wait_for(lambda: len(doing.finished) > 5, "both to be at work")
        wait_for(lambda: len(doing.finished) == 60, "all jobs to be done")
    assert sorted(doing.began) == list(range(60))
    assert stores.jobs.reclaim(SMALL, "another", 0, 1) == []


def test_a_clock_that_is_set_back_is_told(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    def jumps() -> tuple[float, float]:
        return counted("barker_clock_jumps_total", clock="own"), counted("barker_clock_jumps_total", clock="queues")

    real, (own, queues) = ids.now_ms, jumps()
    for offset, expected in ((0, (0, 0)), (-4_000, (0, 0)), (-64_000, (1, 1)), (-64_000, (1, 2)), (0, (1, 2))):
        monkeypatch.setattr(ids, "now_ms", lambda offset=offset: real() + offset)
        assert operating.look_at_clocks(stores) == 0
        assert jumps() == (own + expected[0], queues + expected[1])


@pytest.mark.slow
def test_barks_of_a_process_whose_clock_is_behind_are_read_once_and_none_is_missed(world: World, ada: Person) -> None:
    bob = world.person("bob")
    bob.follow(ada)
    wait_for(world.is_settled, "the follow to be settled")
    assert bob.feed() == []
    texts = [f"bark {number}" for number in range(6)]
    for number, text in enumerate(texts):
        behind = 3_600_000 if number % 2 else 0
        _bark_at(world, ada, text, ids.now_ms() - behind)
        time.sleep(0.002)
    expected = [texts[number] for number in (4, 2, 0, 5, 3, 1)]
    assert bob.feed() == expected
    first = bob.get("/v1/feed", limit=2)
    second = bob.get("/v1/feed", limit=4, cursor=first["next"])
    assert [bark["text"] for bark in (*first["items"], *second["items"])] == expected


def _bark_at(world: World, author: Person, text: str, ms: int) -> None:
    """Bark with the id that a process would give whose clock says so."""

    user = world.stores.users.by_id(int(author.user["id"]))
    assert user
    bark = barking.post_bark(world.stores, user, BarkDraft(text), ids.at(ms) | (ids.new() & 0x3FFFFF)).bark
    fanning.fan_out(world.stores, [bark.id])


@pytest.mark.slow
def test_retries_wait_longer_for_a_clock_that_is_set_back_and_are_not_lost(
    stores: Stores, at_work: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    doing, real = Doing(), ids.now_ms
    stores.jobs.put_later(do(1), 0.2)
    monkeypatch.setattr(ids, "now_ms", lambda: real() - 3_000)
    began = time.monotonic()
    with at_work({"do": doing}):
        wait_for(lambda: doing.finished == [1], "the job to be done", PATIENCE)
    assert time.monotonic() - began > 2
