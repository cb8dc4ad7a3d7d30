"""A job's trace travels beside it: workers of a version that knows none run it, and a retry keeps it."""

import json
import re
import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from barker import ids, spans
from barker.settings import Settings
from barker.stores import Stores, connect
from barker.stores.jobs import LANE_KEYS, LATER, LIKES, Job

pytestmark = pytest.mark.administers  # empties a database of the server

TRACE = f"00-{'a1' * 16}-{'b2' * 8}-01"
OLD_MEMBER = re.compile(r"^(\d+) [0-9a-f]+ (.*)$")  # as functions of the version before read what is due later


@pytest.fixture
def own(stores_urls: dict[str, str]) -> Iterator[Stores]:
    """Stores with jobs of a test's own, in another database of the server."""
    stores = connect(
        Settings.read({**stores_urls, "BARKER_QUEUES_URL": stores_urls["BARKER_QUEUES_URL"].removesuffix("/0") + "/5"})
    )
    stores.jobs._redis.flushdb()
    stores.jobs.prepare()
    yield stores
    stores.jobs._redis.flushdb()
    stores.close()


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans, "context", lambda: TRACE)


def entries(stores: Stores) -> list[dict[str, str]]:
    rows: Any = stores.jobs._redis.xrange(LANE_KEYS[LIKES])
    return [fields for _, fields in rows]


def job() -> Job:
    return Job("mention", {"bark": int(secrets.token_hex(4), 16)})


def test_a_job_is_the_same_with_a_trace_and_without(own: Stores, traced: None, monkeypatch: pytest.MonkeyPatch) -> None:
    one = job()
    own.jobs.put(one, lane=LIKES)
    monkeypatch.setattr(spans, "context", lambda: "")
    own.jobs.put(one, lane=LIKES)
    with_, without = entries(own)
    assert with_ == {**without, "trace": TRACE}
    assert set(json.loads(with_["job"])) == {"name", "arguments", "attempt", "waits"}
    assert [(claim.job, claim.trace) for claim in own.jobs.claim(LIKES, "w", 10)] == [(one, TRACE), (one, "")]


def test_a_job_for_later_keeps_its_trace_and_an_old_one_has_none(own: Stores, traced: None) -> None:
    one, old = job(), json.dumps({"name": "x", "arguments": {}})
    own.jobs.put_later(one, -1, LIKES)
    own.jobs._redis.zadd(LATER, {f"5 {secrets.token_hex(8)} {old}": ids.now_ms()})
    members: Any = own.jobs._redis.zrange(LATER, 0, -1)
    read = [OLD_MEMBER.match(member) for member in members]
    assert [json.loads(found[2])["name"] for found in read if found] == ["mention", "x"]
    assert own.jobs.move_due() == 2
    claims = own.jobs.claim(LIKES, "w", 10)
    assert [(claim.job.name, claim.trace) for claim in claims] == [("mention", TRACE), ("x", "")]


@pytest.mark.parametrize("way", ["again", "wait"])
def test_a_retry_goes_on_in_the_same_trace(own: Stores, traced: None, way: str) -> None:
    own.jobs.put(job(), lane=LIKES)
    for _ in range(2):
        (claim,) = own.jobs.claim(LIKES, "w", 10)
        assert claim.trace == TRACE
        getattr(own.jobs, way)(claim, -1)
        own.jobs.move_due()
    assert entries(own)[0]["trace"] == TRACE
