"""What an operator sees of the jobs, and what becomes of those that were given up."""

import json
from collections.abc import Iterator

import pytest

from barker import ids
from barker.errors import StoreDown
from barker.settings import Settings
from barker.stores import lanes as lanes_module
from barker.stores.jobs import GROUP, LANE_KEYS, LANES, LARGE, LATER, PARKED, SMALL, UNREADABLE, Claim, Job, Jobs
from barker.stores.lanes import Lane, Lanes

FUTURE = '{"name": "fan_out", "arguments": {"bark": 1}, "shape": "of another version"}'


@pytest.fixture
def jobs(stores_urls: dict[str, str]) -> Iterator[Jobs]:
    """Lanes in a database of their own."""
    jobs = Jobs(_url(stores_urls), 5)
    _empty(jobs)
    yield jobs
    jobs.close()


@pytest.fixture
def lanes(stores_urls: dict[str, str], jobs: Jobs) -> Iterator[Lanes]:
    """The same, as an operator sees them."""
    jobs.prepare()
    lanes = Lanes(_url(stores_urls), 5)
    yield lanes
    lanes.close()


def _empty(jobs: Jobs) -> None:
    jobs._redis.unlink(*LANE_KEYS.values(), LATER, PARKED)


def _url(stores_urls: dict[str, str]) -> str:
    return Settings.read(stores_urls).queues_url.replace("/0", "/2")


def job(number: int) -> Job:
    return Job("fan_out", {"bark": number})


def park(jobs: Jobs, *numbers: int, lane: str = SMALL) -> None:
    for number in numbers:
        jobs.put(job(number), lane=lane)
    for claim in jobs.claim(lane, "w", len(numbers)):
        jobs.park(claim, "it cannot be done")


def claimed(jobs: Jobs, lane: str = SMALL) -> list[Claim]:
    return jobs.claim(lane, "w", 100)


def test_the_overview_tells_what_waits_what_runs_and_how_old_the_oldest_is(jobs: Jobs, lanes: Lanes) -> None:
    jobs._redis.xadd("{jobs}:lane:small", {"job": "{}"}, id=f"{lanes.now_ms() - 90_000}-0")
    for number in range(3):
        jobs.put(job(number))
    jobs.claim(SMALL, "w", 1)
    jobs.put_later(job(1), 300)
    jobs.put_later(job(2), -1)
    park(jobs, 7, lane=LARGE)
    found = lanes.overview()
    assert (found.lanes[SMALL].waiting, found.lanes[SMALL].running) == (3, 1)
    assert 90 <= found.lanes[SMALL].oldest_seconds < 120
    assert found.lanes[LARGE] == Lane(0, 0, 0)
    assert (found.due, found.not_due, found.parked) == (1, 1, 1)


def test_lanes_that_nobody_has_made_yet_are_empty(jobs: Jobs, lanes: Lanes) -> None:
    _empty(jobs)
    assert lanes.overview().lanes == dict.fromkeys(LANES, Lane(0, 0, 0))
    assert list(lanes.all_parked()) == []


def test_a_parked_job_is_put_back_once_as_new_into_its_lane(jobs: Jobs, lanes: Lanes) -> None:
    jobs.put(job(1), lane=LARGE)
    jobs.again(claimed(jobs, LARGE)[0], 0)
    jobs.move_due()
    jobs.park(claimed(jobs, LARGE)[0], "it cannot be done")
    (parked,) = lanes.all_parked()
    assert (parked.job.attempt, parked.lane, parked.reason) == (2, LARGE, "it cannot be done")
    assert abs(parked.parked_ms - ids.now_ms()) < 60_000
    assert lanes.retry([parked]) == 1
    assert lanes.retry([parked]) == 0  # as after an answer that got lost
    (claim,) = claimed(jobs, LARGE)
    assert claim.job == job(1)
    assert list(lanes.all_parked()) == []


@pytest.mark.administers
def test_a_full_server_refuses_to_put_a_job_back_and_does_not_lose_it(jobs: Jobs, lanes: Lanes) -> None:
    park(jobs, 1)
    (parked,) = lanes.all_parked()
    jobs._redis.config_set("maxmemory", "1")
    try:
        with pytest.raises(StoreDown):
            lanes.retry([parked])
    finally:
        jobs._redis.config_set("maxmemory", "0")
    assert list(lanes.all_parked()) == [parked]
    assert claimed(jobs) == []


def test_all_that_is_parked_is_put_back_in_pages_and_what_comes_meanwhile_stays(
    jobs: Jobs, lanes: Lanes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes_module, "PAGE", 2)
    park(jobs, *range(5))
    found = lanes.all_parked()
    first = next(found)
    park(jobs, 9)
    assert lanes.retry([first, *found]) == 5
    assert [one.job.arguments["bark"] for one in lanes.all_parked()] == [9]
    assert [claim.job.arguments["bark"] for claim in claimed(jobs)] == list(range(5))


def test_a_dropped_job_is_gone_and_no_other(jobs: Jobs, lanes: Lanes) -> None:
    park(jobs, 1, 2)
    one, two = lanes.all_parked()
    assert lanes.by_ids([one.id, "1-1"]) == {one.id: one}
    assert lanes.drop([one]) == 1
    assert list(lanes.all_parked()) == [two]


@pytest.mark.parametrize("text", [FUTURE, "no JSON", '["a"]', '{"name": 1, "arguments": {}}', "[" * 9999])
def test_a_job_of_another_version_keeps_its_text_through_retries_and_parking(
    jobs: Jobs, lanes: Lanes, text: str
) -> None:
    jobs._redis.xadd("{jobs}:lane:small", {"job": text})
    jobs.again(claimed(jobs)[0], 0)
    jobs.move_due()
    jobs.wait(claimed(jobs)[0], 0)
    jobs.move_due()
    (claim,) = claimed(jobs)
    assert claim.job == Job(UNREADABLE, {}, attempt=2, waits=1, text=text)
    jobs.park(claim, "unreadable")
    (parked,) = lanes.all_parked()
    assert parked.text == text
    assert lanes.retry([parked]) == 1
    (claim,) = claimed(jobs)
    assert claim.job == Job(UNREADABLE, {}, text=text)


def test_a_newer_worker_reads_what_an_older_one_could_not_and_had_put_off(jobs: Jobs, lanes: Lanes) -> None:
    put_off = {"text": '{"name": "fan_out", "arguments": {"bark": 1}}', "attempt": 3, "waits": 2}
    jobs._redis.xadd("{jobs}:lane:small", {"job": json.dumps(put_off)})
    assert claimed(jobs)[0].job == Job("fan_out", {"bark": 1}, attempt=3, waits=2)


def test_a_job_of_a_lane_that_is_no_more_goes_to_the_small_one(jobs: Jobs, lanes: Lanes) -> None:
    jobs._redis.xadd(PARKED, {"job": '{"name": "fan_out", "arguments": {"bark": 1}}', "lane": "huge", "error": ""})
    assert lanes.retry(lanes.all_parked()) == 1
    assert claimed(jobs)[0].job == job(1)


@pytest.mark.administers
def test_of_two_workers_of_one_name_the_one_that_leaves_does_not_take_the_others_jobs_along(
    jobs: Jobs, lanes: Lanes
) -> None:
    jobs.put(job(1))
    jobs.put(job(2), lane=LARGE)
    jobs.claim(SMALL, "host-1", 1)
    jobs.leave("host-1")
    assert [claim.job for claim, _ in jobs.reclaim(SMALL, "another", 0, 1)] == [job(1)]
    jobs.leave("host-1")
    names = [one["name"] for one in jobs._redis.xinfo_consumers("{jobs}:lane:small", GROUP)]
    assert names == ["another"]
