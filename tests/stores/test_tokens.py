"""What a process knows of tokens, and when it forgets."""

import secrets
import threading
import time
from collections.abc import Iterator

import pytest

from barker import ids
from barker.stores import Stores
from barker.stores.counters import Counters
from barker.stores.recent import Recent
from tests.barker_process import wait_for


@pytest.fixture
def counters(stores_urls: dict[str, str]) -> Iterator[Counters]:
    """The counters of a process that listens."""
    found = Counters(stores_urls["BARKER_PLACES_URL"], seconds=2)
    found.tokens.start()
    wait_for(lambda: _learns(found), "the subscription to stand")
    yield found
    found.close()


def _learns(counters: Counters) -> bool:
    counters.tokens.known()[b"probe"] = (1, 1)
    return b"probe" in counters.tokens.known()


def new_token(counters: Counters) -> bytes:
    token = secrets.token_bytes(32)
    counters.keep_token(token, ids.new(), ids.new())
    return token


def test_a_token_is_known_until_it_is_revoked(stores: Stores, counters: Counters) -> None:
    token = new_token(counters)
    found = counters.token(token)
    assert found
    assert counters.tokens.known()[token] == found
    stores.counters.drop_tokens([token])
    assert token not in counters.tokens.known()
    assert counters.token(token) is None


def test_a_token_revoked_while_it_is_read_is_not_kept(
    stores: Stores, counters: Counters, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = new_token(counters)
    get = counters._redis.get

    def get_and_be_overtaken(key: str) -> object:
        found = get(key)
        stores.counters.drop_tokens([token])
        return found

    monkeypatch.setattr(counters._redis, "get", get_and_be_overtaken)
    assert counters.token(token)  # it was alive when it was asked for
    monkeypatch.undo()
    assert token not in counters.tokens.known()
    assert counters.token(token) is None


def test_who_does_not_listen_knows_nothing(stores: Stores, counters: Counters) -> None:
    token = new_token(counters)
    assert stores.counters.token(token)
    assert stores.counters.tokens.known() == {}


@pytest.mark.administers
def test_a_subscription_that_is_cut_is_made_again_and_what_was_known_is_not(stores: Stores, counters: Counters) -> None:
    token = new_token(counters)
    counters.token(token)
    redis = stores.counters._redis
    known = counters.tokens.known()
    for client in redis.client_list(_type="pubsub"):
        redis.client_kill(client["addr"])
    wait_for(lambda: counters.tokens.known() is not known and _learns(counters), "a new subscription")
    assert token not in counters.tokens.known()


def test_a_process_that_does_not_answer_holds_nobody_up_for_long(stores: Stores) -> None:
    deaf = stores.counters._redis.pubsub()  # type: ignore[no-untyped-call]
    deaf.subscribe("revoked")
    began = time.monotonic()
    stores.counters.drop_tokens([secrets.token_bytes(32)])
    assert 0.9 < time.monotonic() - began < 10
    deaf.close()


def test_what_is_recent_ends_in_time_also_for_who_is_late() -> None:
    recent: Recent[int, str] = Recent(1.0, 10)
    known = recent.known()
    known[1] = "read in time"
    assert recent.known()[1] == "read in time"
    time.sleep(1.0)
    known[2] = "asked for in the one moment, put in in the next"
    assert recent.known() == {}


def test_what_is_recent_is_bounded() -> None:
    recent: Recent[int, int] = Recent(60, 100)

    def fill() -> None:
        for number in range(5_000):
            recent.known()[number] = number
            assert len(recent.known()) <= 100 + 4

    threads = [threading.Thread(target=fill) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(recent.known()) <= 104
