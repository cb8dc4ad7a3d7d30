"""Calls that get lost are made again where that does no harm, and refusals are exceptions."""

import math
import threading
import time
from collections.abc import Iterator

import pytest

from barker_client import (
    BarkerError,
    Client,
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Retries,
    ServiceDown,
    TooMany,
    Unexpected,
    Unreachable,
)
from barker_client.calls import ANSWER_BYTES_MAX
from tests.barker_process import PASSWORD, Service
from tests.clients.conftest import SignUp
from tests.clients.scripted import Answer, problem, said, scripted
from tests.faults.proxy import Mode, Proxy


@pytest.fixture
def proxy(service: Service) -> Iterator[Proxy]:
    """Return what stands between a client and the service."""
    proxy = Proxy(service.port)
    yield proxy
    proxy.close()


def _hears_nothing_at_first(client: Client, proxy: Proxy) -> threading.Timer:
    """Let what is asked arrive, and its answer not; later all is well."""
    client.me()
    client.timeout = 1.5
    proxy.switch(Mode.MUTE)
    later = threading.Timer(1.0, proxy.switch, [Mode.PASS])
    later.start()
    return later


def test_a_bark_whose_answer_is_lost_is_barked_once(sign_up: SignUp, proxy: Proxy) -> None:
    ada = sign_up("ada", f"http://127.0.0.1:{proxy.port}")
    later = _hears_nothing_at_first(ada, proxy)
    bark = ada.bark("Only once")
    later.join()
    assert [(one.id, one.text) for one in ada.barks_of(ada.me().handle)] == [(bark.id, "Only once")]


def test_a_delete_whose_answer_is_lost_is_done(sign_up: SignUp, proxy: Proxy) -> None:
    ada = sign_up("ada", f"http://127.0.0.1:{proxy.port}")
    bark = ada.bark("Regretted")
    later = _hears_nothing_at_first(ada, proxy)
    ada.delete_bark(bark.id)
    later.join()
    with pytest.raises(NotFound):
        ada.delete_bark(bark.id)


def test_a_connection_that_was_cut_meanwhile_is_no_matter(sign_up: SignUp, proxy: Proxy) -> None:
    ada = sign_up("ada", f"http://127.0.0.1:{proxy.port}")
    for _ in range(3):
        proxy.reset()
        assert ada.me().handle


def test_a_key_of_ones_own_holds_across_clients(ada: Client) -> None:
    first = ada.bark("Once", key="kept-1")
    assert Client(ada.url, ada.token).bark("Once", key="kept-1") == first
    with pytest.raises(Invalid) as refused:
        ada.bark("Something else", key="kept-1")
    assert "Idempotency-Key" in refused.value.fields


def test_refusals_are_exceptions(service: Service, ada: Client, bob: Client) -> None:
    stranger = Client(service.url)
    with pytest.raises(NotSignedIn):
        stranger.me()
    with pytest.raises(NotSignedIn):
        stranger.sign_in(ada.me().handle, "not her password")
    with pytest.raises(NotFound) as missing:
        ada.user("nobody_of_this_name")
    assert (missing.value.code, missing.value.status) == ("not_found", 404)
    assert missing.value.request_id
    with pytest.raises(NotAllowed):
        bob.delete_bark(ada.bark("Hers").id)
    with pytest.raises(Conflict):
        stranger.sign_up(ada.me().handle, PASSWORD)
    with pytest.raises(Invalid) as invalid:
        ada.bark("")
    assert set(invalid.value.fields) == {"text"}


@pytest.mark.parametrize("given", ["", "..", ".", "a/b", "a?b", "a#b", "ä b"])
def test_what_would_make_another_path_is_never_sent(given: str) -> None:
    with scripted(said({})) as script:
        me = Client(script.url, "token")
        for call in (me.end_session, me.delete_bark, me.unfollow, me.tagged):
            with pytest.raises(Invalid):
                call(given)
    assert script.asked == []


def test_what_cannot_be_sent_is_refused_at_once_and_shows_no_secret() -> None:
    with scripted(said({})) as script:
        me = Client(script.url, "secret\n")
        for call in (me.me, lambda: next(iter(me.stream()))):
            with pytest.raises(Invalid) as refused:
                call()
            assert "secret" not in str(refused.value)
        me.token = "token"
        with pytest.raises(Invalid):
            me.share_place(math.nan, 0)
        with pytest.raises(Invalid):
            me.bark("x", key="\u20ac")
        assert script.asked == []


def test_a_repeat_bears_the_same_key_and_the_next_bark_another() -> None:
    with scripted(problem(503, "store_down", Retry_After="0"), said({"key": "k"})) as script:
        me = Client(script.url, "token")
        me.call("POST", "/v1/x")
        me.call("POST", "/v1/x")
    first, again, other = script.keys
    assert first
    assert first == again != other


def test_only_what_a_repeat_cannot_harm_is_repeated() -> None:
    for method, tries in (("GET", 3), ("PUT", 3), ("DELETE", 3), ("POST", 3), ("PATCH", 1)):
        with scripted(problem(503, "store_down", Retry_After="0")) as script:
            with pytest.raises(ServiceDown):
                Client(script.url, retries=Retries(tries=3)).call(method, "/v1/x")
            assert len(script.asked) == tries, method


def test_a_first_try_that_still_runs_is_waited_for() -> None:
    with scripted(problem(409, "conflict", "Idempotency-Key"), said({"done": True})) as script:
        assert Client(script.url).call("POST", "/v1/x") == {"done": True}
    with scripted(problem(409, "conflict", "handle")) as script:
        with pytest.raises(Conflict):
            Client(script.url).call("POST", "/v1/x")
        assert len(script.asked) == 1


def test_a_limit_is_waited_for_no_longer_than_patience_reaches() -> None:
    with scripted(problem(429, "too_many", Retry_After="1"), said({})) as script:
        began = time.monotonic()
        Client(script.url).call("GET", "/v1/x")
        assert time.monotonic() - began >= 1
    with scripted(problem(429, "too_many", Retry_After="100")) as script:
        with pytest.raises(TooMany) as refused:
            Client(script.url).call("GET", "/v1/x")
        assert (refused.value.retry_after, len(script.asked)) == (100, 1)


ODD: list[tuple[str, Answer, type[BarkerError]]] = [
    ("a page of another service", Answer(200, {"Content-Type": "text/html"}, [b"<p>Hello"]), Unexpected),
    ("not found by another service", Answer(404, {}, [b"<p>Nothing"]), Unexpected),
    ("a redirect", Answer(301, {"Location": "https://elsewhere.example/"}), Unexpected),
    ("an answer that never ends", Answer(200, {}, [b" " * (ANSWER_BYTES_MAX + 1)]), Unexpected),
    ("an answer that trickles", Answer(200, {}, [b" "] * 50, 0.1), Unreachable),
    ("an answer cut short", Answer(200, {"Content-Length": "99"}, [b"{"]), Unreachable),
]


@pytest.mark.parametrize(("answer", "kind"), [case[1:] for case in ODD], ids=[case[0] for case in ODD])
def test_odd_answers_are_named(answer: Answer, kind: type[BarkerError]) -> None:
    with scripted(answer) as script, pytest.raises(kind) as refused:
        Client(script.url, timeout=1, retries=Retries(tries=1)).call("GET", "/v1/x")
    assert str(refused.value)


def test_nobody_listening_is_named(proxy: Proxy) -> None:
    proxy.switch(Mode.REFUSE)
    with pytest.raises(Unreachable, match="nobody listens"):
        Client(f"http://127.0.0.1:{proxy.port}", retries=Retries(tries=1)).me()


@pytest.mark.parametrize("url", ["", "barker.example", "ftp://x", "http://", "http://ada:pw@x", "http://x?y"])
def test_what_is_no_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        Client(url)


def test_a_cookie_says_nothing(ada: Client) -> None:
    me = Client(ada.url)
    me.sign_in(ada.me().handle, PASSWORD)
    assert me.me() == ada.me()
    me.token = None
    with pytest.raises(NotSignedIn):
        me.me()


def test_secrets_do_not_show(ada: Client) -> None:
    assert ada.token
    assert ada.token not in repr(ada)
    signed_in = Client(ada.url).sign_in(ada.me().handle, PASSWORD)
    assert signed_in.token not in repr(signed_in)
