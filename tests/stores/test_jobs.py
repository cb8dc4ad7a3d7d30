"""Lanes, claims and retries on a real Redis."""

from collections.abc import Iterator

import pytest

from barker import ids
from barker.settings import Settings
from barker.stores.jobs import GROUP, LANE_KEYS, LARGE, LATER, PARKED, SMALL, Claim, Job, Jobs

JOB = Job("fan_out", {"bark": 1})


@pytest.fixture
def jobs(stores_urls: dict[str, str]) -> Iterator[Jobs]:
    """Lanes in a database of their own: the run's worker must not take these jobs."""
    url = Settings.read(stores_urls).queues_url.replace("/0", "/1")
    jobs = Jobs(url, 5)
    _empty(jobs)
    jobs.prepare()
    yield jobs
    jobs.close()


def _empty(jobs: Jobs) -> None:
    jobs._redis.unlink(*LANE_KEYS.values(), LATER, PARKED)


def claim_one(jobs: Jobs, worker: str = "w1", lane: str = SMALL) -> Claim:
    (claim,) = jobs.claim(lane, worker, 10)
    return claim


def test_a_job_is_claimed_once_and_done_for_good(jobs: Jobs) -> None:
    jobs.put(JOB)
    claim = claim_one(jobs)
    assert claim.job == JOB
    assert jobs.claim(SMALL, "w2", 10) == []
    jobs.done(claim)
    assert jobs.reclaim(SMALL, "w2", 0, 10) == []
    assert jobs._redis.xlen("{jobs}:lane:small") == 0


def test_lanes_are_apart(jobs: Jobs) -> None:
    jobs.put(JOB, lane=LARGE)
    assert jobs.claim(SMALL, "w1", 10) == []
    assert claim_one(jobs, lane=LARGE).lane == LARGE


def test_a_dead_workers_job_is_taken_over_and_a_renewed_one_is_not(jobs: Jobs) -> None:
    jobs.put(JOB)
    claim = claim_one(jobs)
    age(jobs, claim, 600)
    jobs.renew([claim], "w1")
    assert jobs.reclaim(SMALL, "w2", 300, 10) == []
    age(jobs, claim, 600)
    assert jobs.reclaim(SMALL, "w2", 300, 10) == [(claim, 2)]


def age(jobs: Jobs, claim: Claim, seconds: int) -> None:
    """Let a claim look as if nobody had renewed it for so long."""
    jobs._redis.xclaim(f"{{jobs}}:lane:{SMALL}", GROUP, "w1", 0, [claim.entry], idle=seconds * 1000, justid=True)


def test_a_job_for_later_comes_when_it_is_due(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs.put_later(JOB, 300)
    assert jobs.move_due() == 0
    later = ids.now_ms() + 301_000
    monkeypatch.setattr(ids, "now_ms", lambda: later)
    assert jobs.move_due() == 1
    assert claim_one(jobs).job == JOB


def test_a_job_given_back_counts_its_attempts_and_its_waits_apart(jobs: Jobs) -> None:
    jobs.put(JOB, lane=LARGE)
    jobs.again(claim_one(jobs, lane=LARGE), 0)
    jobs.move_due()
    jobs.wait(claim_one(jobs, lane=LARGE), 0)
    jobs.move_due()
    assert claim_one(jobs, lane=LARGE).job == Job(JOB.name, JOB.arguments, attempt=2, waits=1)


def test_a_parked_job_tells_why(jobs: Jobs) -> None:
    jobs.put(JOB)
    jobs.park(claim_one(jobs), "it cannot be done")
    assert jobs.parked(10) == [(JOB, "it cannot be done")]
    assert jobs.reclaim(SMALL, "w2", 0, 10) == []


def test_lanes_come_back_by_themselves(jobs: Jobs) -> None:
    _empty(jobs)
    assert jobs.claim(SMALL, "w1", 10) == []
    jobs.put(JOB)
    assert claim_one(jobs).job == JOB


def test_what_this_version_does_not_know_keeps_no_other_from_its_turn(jobs: Jobs) -> None:
    jobs._redis.zadd("{jobs}:later", {"9 ab {}": 0, "what is this?": 0})
    jobs.put_later(JOB, 0)
    assert jobs.move_due() == 3
    jobs._redis.xadd(f"{{jobs}}:lane:{SMALL}", {"a": "field of another version"})
    assert [claim.job == JOB for claim in jobs.claim(SMALL, "w1", 10)].count(True) == 1
    assert len(jobs.reclaim(SMALL, "w2", 0, 10)) == 4


def test_a_server_that_comes_back_empty_is_one_of_which_nothing_is_known(jobs: Jobs) -> None:
    run, seen = jobs.server_run()
    assert seen is None
    jobs.note_run(run, 5)
    assert jobs.server_run() == (run, 0)
    jobs.note_run("another", 5)
    assert jobs.server_run() == (run, 5)
