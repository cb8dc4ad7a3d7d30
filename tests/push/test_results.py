"""What becomes of a push, by how it ended."""

from collections.abc import Callable

import pytest
from prometheus_client import REGISTRY

from barker import ids
from barker.actions import pushing
from barker.models import Session, Subscription, User
from barker.push import turns
from barker.push.door import Outcome, Pushes, Result
from barker.settings import Settings
from barker.stores import Stores, connect
from barker.stores.jobs import Job, Jobs
from barker.worker.loop import PUSHING
from tests.barker_process import wait_for
from tests.push.browsers import Browser, PushService

WORDS = '{"tag": "like:1"}'
HOUR_MS = 3600 * 1000


@pytest.fixture
def put_off(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Job, float]]:
    """The jobs that are put off, and for how many seconds."""
    found: list[tuple[Job, float]] = []
    monkeypatch.setattr(Jobs, "put_later", lambda self, job, seconds, lane: found.append((job, seconds)))
    return found


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """The jobs that are asked for at once."""
    found: list[Job] = []
    monkeypatch.setattr(Jobs, "put", lambda self, *jobs, lane: found.extend(jobs))
    return found


@pytest.fixture
def to(pushing_stores: Stores, new_user: Callable[..., User], here: str) -> Subscription:
    """A subscription of somebody."""
    user, given = new_user(), Browser(here).subscription
    session = Session(ids.new(), user.id, "a phone", ids.now_ms())
    pushing_stores.sessions.insert(session, str(session.id).encode())
    keys = given["keys"]
    return pushing_stores.subscriptions.put(
        Subscription(ids.new(), user.id, session.id, given["endpoint"], keys["p256dh"], keys["auth"])
    )


def run(stores: Stores, to: Subscription, *, age_ms: int = 0) -> None:
    pushing.push_one(stores, to.user_id, to.id, WORDS, ids.now_ms() - age_ms)


def ends(monkeypatch: pytest.MonkeyPatch, result: Result, again_seconds: float = 0) -> None:
    monkeypatch.setattr(Pushes, "send", lambda self, to, words, tag: Outcome(result, again_seconds))


def counted(result: str) -> float:
    return REGISTRY.get_sample_value("barker_pushes_total", {"result": result}) or 0.0


@pytest.mark.parametrize("result", list(Result))
def test_every_push_is_counted(
    pushing_stores: Stores,
    to: Subscription,
    put_off: list[tuple[Job, float]],
    monkeypatch: pytest.MonkeyPatch,
    result: Result,
) -> None:
    ends(monkeypatch, result)
    before = counted(result)
    run(pushing_stores, to)
    assert counted(result) == before + 1
    assert len(put_off) == (result in (Result.AGAIN, Result.NOT_NOW))
    assert (pushing_stores.subscriptions.by_id(to.user_id, to.id) is None) == (result is Result.GONE)


@pytest.mark.parametrize(
    ("age_ms", "waits"), [(0, (0, 2)), (60_000, (0, 60)), (600_000, (0, 600)), (0, (300, 300)), (60_000, (1, 60))]
)
def test_a_push_is_put_off_longer_each_time_or_as_long_as_is_asked(
    pushing_stores: Stores,
    to: Subscription,
    put_off: list[tuple[Job, float]],
    monkeypatch: pytest.MonkeyPatch,
    age_ms: int,
    waits: tuple[float, float],
) -> None:
    told, least = waits
    ends(monkeypatch, Result.AGAIN, told)
    run(pushing_stores, to, age_ms=age_ms)
    ((job, seconds),) = put_off
    assert least <= seconds <= least * 1.25
    assert (job.name, job.arguments["subscription"], job.arguments["words"]) == ("push_one", to.id, WORDS)
    assert ids.now_ms() - job.arguments["asked"] >= age_ms


def test_who_waits_for_a_turn_does_not_wait_longer_each_time(
    pushing_stores: Stores, to: Subscription, put_off: list[tuple[Job, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ends(monkeypatch, Result.NOT_NOW, 15)
    run(pushing_stores, to, age_ms=600_000)
    assert 15 <= put_off[0][1] <= 20


@pytest.mark.parametrize("result", [Result.AGAIN, Result.NOT_NOW])
def test_old_news_is_given_up(
    pushing_stores: Stores,
    to: Subscription,
    put_off: list[tuple[Job, float]],
    monkeypatch: pytest.MonkeyPatch,
    result: Result,
) -> None:
    ends(monkeypatch, result)
    before = counted("given_up")
    run(pushing_stores, to, age_ms=HOUR_MS)
    assert (put_off, counted("given_up")) == ([], before + 1)
    assert pushing_stores.subscriptions.by_id(to.user_id, to.id)


def test_a_push_service_that_is_away_is_put_off_and_left_alone(
    pushing_stores: Stores, to: Subscription, put_off: list[tuple[Job, float]], push_settings: dict[str, str]
) -> None:
    gone = PushService()
    gone.server_close()
    allowed = {"BARKER_PUSH_HOSTS_ALLOWED": f"localhost:{gone.port}"}
    stores = connect(Settings.read({**push_settings, **allowed}))
    given = Browser(f"http://localhost:{gone.port}").subscription
    away = Subscription(ids.new(), to.user_id, to.session_id, given["endpoint"], to.p256dh, to.auth)
    stores.subscriptions.put(away)
    for result in (Result.AGAIN, Result.NOT_NOW):
        before = counted(result)
        run(stores, away)
        assert counted(result) == before + 1
    assert len(put_off) == 2
    stores.close()


def test_the_longest_words_fit_into_a_push(
    pushing_stores: Stores, pushed: PushService, to: Subscription, asked: list[Job]
) -> None:
    pushing.ask(pushing_stores, to.user_id, "🐕" * 999, '"🐕' * 999, "/" * 999, "x" * 999)
    pushing.push(pushing_stores, **asked.pop().arguments)
    pushing.push_one(pushing_stores, **asked.pop().arguments)
    path = "/p/" + to.endpoint.rpartition("/")[2]
    wait_for(lambda: pushed.to(path), "the push")
    assert len(pushed.to(path)[0].body) <= 4096


def test_nothing_is_asked_for_where_push_is_off(stores: Stores, asked: list[Job]) -> None:
    pushing.ask(stores, 1, "title", "body", "/", "tag")
    assert asked == []


def test_who_has_no_browser_costs_no_job(pushing_stores: Stores, asked: list[Job]) -> None:
    pushing.push(pushing_stores, ids.new(), "title", "body", "/", "tag")
    assert asked == []


def test_a_worker_has_more_threads_than_one_host_or_all_strangers_may_hold() -> None:
    assert turns.STRANGERS <= turns.AT_ONCE < PUSHING
