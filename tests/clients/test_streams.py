"""A stream that is cut, killed or silent goes on, and tells each event once."""

import signal
from collections.abc import Iterator

import pytest

from barker_client import Client, NotSignedIn
from tests.barker_process import Service, wait_for
from tests.clients.conftest import SignUp
from tests.clients.scripted import events, problem, scripted
from tests.clients.watching import Watcher
from tests.faults.proxy import Mode, Proxy


@pytest.fixture
def proxy(service: Service) -> Iterator[Proxy]:
    """Return what stands between a client and the service."""
    proxy = Proxy(service.port)
    yield proxy
    proxy.close()


def _near(sign_up: SignUp, proxy: Proxy, author: Client) -> Client:
    """Return a follower who goes through the proxy."""
    follower = sign_up("bob", f"http://127.0.0.1:{proxy.port}")
    follower.follow(author.me().handle)
    return follower


def test_a_stream_that_is_cut_again_and_again_tells_each_bark_once(sign_up: SignUp, ada: Client, proxy: Proxy) -> None:
    bob = _near(sign_up, proxy, ada)
    sent = [str(number) for number in range(15)]
    with Watcher(bob) as watcher:
        for number, text in enumerate(sent):
            ada.bark(text)
            if number % 3 == 2:
                proxy.reset()
        watcher.wait_for_barks(len(sent))
        assert watcher.texts == sent
        assert watcher.pauses
        assert [name for name in watcher.names if name not in ("bark", "feed-changed")] == ["ready"]


def test_what_happens_while_nobody_answers_is_told_afterwards(sign_up: SignUp, ada: Client, proxy: Proxy) -> None:
    bob = _near(sign_up, proxy, ada)
    straight = Client(ada.url, bob.token)
    with Watcher(bob) as watcher:
        proxy.switch(Mode.REFUSE)
        wait_for(lambda: len(watcher.pauses) >= 2, "the second try")
        for text in ("one", "two"):
            ada.bark(text)
        wait_for(lambda: len(straight.feed().take(2)) == 2, "the barks to arrive while nobody listens")
        proxy.switch(Mode.PASS)
        watcher.wait_for_barks(2)
        assert watcher.texts == ["one", "two"]


def test_a_connection_on_which_nothing_comes_is_given_up(sign_up: SignUp, ada: Client, proxy: Proxy) -> None:
    bob = _near(sign_up, proxy, ada)
    with Watcher(bob, silence=1.0) as watcher:
        proxy.switch(Mode.SWALLOW)
        ada.bark("into the silence")
        wait_for(lambda: watcher.pauses, "the silence to be noticed")
        proxy.switch(Mode.PASS)
        watcher.wait_for_barks(1)
        assert watcher.texts == ["into the silence"]


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "restarted"])
def test_a_stream_outlives_the_process_that_served_it(
    service: Service, ada: Client, bob: Client, how: signal.Signals
) -> None:
    bob.follow(ada.me().handle)
    with Watcher(bob) as watcher:
        ada.bark("before")
        watcher.wait_for_barks(1)
        service.stop("serve", how)
        try:
            wait_for(lambda: watcher.pauses, "the loss to be noticed")
        finally:
            service.start("serve")
            wait_for(lambda: _answers(service), "the service to be back", 60)
        ada.bark("after")
        watcher.wait_for_barks(2)
        assert watcher.texts == ["before", "after"]


def _answers(service: Service) -> bool:
    try:
        return service.call("GET", "/readyz").status_code == 200
    except OSError:
        return False


def test_a_stream_goes_on_behind_the_event_whose_id_was_kept(ada: Client) -> None:
    stream = iter(ada.stream())
    assert next(stream).name == "ready"
    ada.bark("one")
    kept = next(stream).id
    ada.bark("two")
    with Watcher(ada, kept) as watcher:
        watcher.wait_for_barks(1)
        assert watcher.texts == ["two"]
        assert watcher.stream.cursor == watcher.events[-1].id


def test_what_the_service_no_longer_holds_is_a_gap(ada: Client) -> None:
    ada.bark("one")
    with Watcher(ada, "1-0") as watcher:
        wait_for(lambda: "gap" in watcher.names, "the gap")
        assert watcher.names[:2] == ["ready", "gap"]
        assert watcher.texts == []


def test_a_like_is_told_with_who_and_what(ada: Client, bob: Client) -> None:
    bark = ada.bark("Hello")
    with Watcher(ada) as watcher:
        bob.like(bark.id)
        wait_for(lambda: "notification" in watcher.names, "the like")
        told = watcher.events[-1].notification
    assert told
    assert told.bark
    assert (told.kind, told.user.id, told.bark.id) == ("like", bob.me().id, bark.id)


def test_a_sign_out_ends_the_stream(ada: Client) -> None:
    with Watcher(ada) as watcher:
        ada.sign_out_everywhere()
        wait_for(lambda: watcher.ended, "the stream to end")
    assert isinstance(watcher.ended, NotSignedIn)


def test_a_stream_that_may_not_be_opened_says_so(service: Service) -> None:
    with pytest.raises(NotSignedIn):
        next(iter(Client(service.url, "no token").stream()))


GONE = 'id: {}\nevent: delete\ndata: {{"id": "7"}}\n\n'
READY = 'id: 5-0\nevent: ready\ndata: {"cursor": "5-0"}\n\n'


def test_what_is_told_again_under_another_id_is_told_once() -> None:
    again = events(READY, GONE.format("8-0"), 'id: 9-0\nevent: delete\ndata: {"id": "8"}\n\n')
    with scripted(events(READY, GONE.format("6-0")), again) as script:
        told = iter(Client(script.url, "token").stream())
        assert [(event.name, event.id) for event in (next(told) for _ in range(3))] == [
            ("ready", "5-0"),
            ("delete", "6-0"),
            ("delete", "9-0"),
        ]
    assert [headers.get("Last-Event-ID") for _, _, headers in script.asked[:2]] == [None, "6-0"]


def test_a_full_service_is_asked_again_when_it_says() -> None:
    with scripted(problem(503, "full", Retry_After="1"), events(READY)) as script:
        pauses: list[float] = []
        stream = Client(script.url, "token").stream(waits=lambda _, seconds: pauses.append(seconds))
        assert next(iter(stream)).name == "ready"
    assert 1 <= pauses[0] <= 2
