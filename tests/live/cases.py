"""Streams without HTTP, one case a process: `python -m tests.live.cases NAME`.

Never imported by the tests' own process, which gevent's patches must not reach.
"""

# ruff: noqa: E402 (the patches come before what they patch)
from gevent import monkey

monkey.patch_all()

import os
import secrets
import socket
import sys
import time
from collections.abc import Iterator

import gevent
from wsproto.connection import Connection, ConnectionType
from wsproto.events import TextMessage

from barker import ids
from barker.actions import accounts, following
from barker.actions.accounts import Caller
from barker.errors import StoreDown
from barker.live import stream as streams
from barker.live.hub import Hub
from barker.live.stream import Event, Stream
from barker.live.ws import WebSocket
from barker.models import QUEUE_KEEP, Bark, Session, User
from barker.settings import Settings
from barker.stores import connect
from barker.stores.delivery import Delivery
from barker.stores.queues import QUEUE_SECONDS

AUTHOR = 5
PATIENCE = 20.0

stores = connect(Settings.read())
hub = Hub(stores)


def signed_in(user: int) -> str:
    """Return a token that is alive."""
    token = secrets.token_urlsafe()
    stores.sessions.insert(Session(ids.new(), user, "", ids.now_ms()), accounts.hash_of(token))
    return token


def sign_out(user: int, token: str) -> None:
    """End a token, as another process does."""
    session = stores.sessions.by_token(accounts.hash_of(token))
    assert session
    accounts.sign_out(stores, Caller(user, session.id), session.id)


def opened(user: int, token: str = "", cursor: str | None = None) -> tuple[Stream, Iterator[Event | None]]:
    stream = Stream(stores, hub, user, token or signed_in(user))
    stream.open(cursor)
    return stream, stream.events()


def ring(user: int, number: int = 1) -> None:
    """Let something be told that needs no bark."""
    for _ in range(number):
        stores.queues.deliver(Delivery("delete", ids.new(), AUTHOR, [user]))


def person(name: str) -> User:
    user = User(ids.new(), f"{name}_{secrets.token_hex(6)}", name)
    assert stores.users.insert(user, "no password")
    return user


def told(events: Iterator[Event | None], number: int) -> list[str]:
    """Return the names of the next events, heartbeats left out."""
    found: list[str] = []
    while len(found) < number:
        if event := next(events):
            found.append(event.name)
    return found


def a_busy_stream_ends_with_its_token() -> None:
    def keep_ringing() -> None:
        while True:
            ring(user)
            gevent.sleep(0.02)

    user = ids.new()
    ring(user)
    streams.HEARTBEAT_SECONDS, streams.CHECK_BEATS = 1.0, 1
    token = signed_in(user)
    _, events = opened(user, token)
    sign_out(user, token)
    gevent.spawn(keep_ringing)
    until = time.monotonic() + PATIENCE
    names = []
    for event in events:
        names.append(event.name if event else "beat")
        last = event
        assert time.monotonic() < until, names
    assert last == Event("bye", data={"reason": "signed_out"})
    assert "beat" in names
    assert names.count("delete") > 3


def a_stream_says_goodbye_also_while_a_store_is_down() -> None:
    def down(*_: object) -> None:
        raise StoreDown("queues")

    _, events = opened(ids.new())
    assert told(events, 1) == ["ready"]
    type(stores.queues).bounds = down  # type: ignore[assignment]
    assert told(events, 1) == ["delayed"]
    hub.drain("restart")
    assert [event for event in events if event] == [Event("bye", data={"reason": "restart"})]


def the_hub_survives_whatever_happens_to_its_connection() -> None:
    def churn(user: int) -> None:
        while True:
            try:
                stream, _ = opened(user)
                gevent.sleep(0.003)
                stream.close()
            except StoreDown:
                gevent.sleep(0.01)

    churning = [gevent.spawn(churn, ids.new()) for _ in range(10)]
    for _ in range(60):
        stores.queues._redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")  # type: ignore[no-untyped-call]
        gevent.sleep(0.03)
    gevent.killall(churning)
    gevent.sleep(1.5)
    user = ids.new()
    _, events = opened(user)
    assert told(events, 1) == ["ready"]
    ring(user, 3)
    assert told(events, 3) == ["delete"] * 3
    assert not hub._unconfirmed


def a_thousand_barks_during_the_hand_over_come_once_and_in_order() -> None:
    _hand_over(1_000, 7)


def thousands_of_hand_overs_lose_and_double_nothing() -> None:
    _hand_over(3_000, 1)


def _hand_over(number: int, after: int) -> None:
    def bark() -> None:
        for _ in range(number):
            sent.append(ids.new())
            stores.queues.deliver(Delivery("delete", sent[-1], AUTHOR, [user]))
            gevent.sleep(0)
            while len(sent) - len(heard) > QUEUE_KEEP // 2:  # more than the queue holds would be a gap
                gevent.sleep(0.001)

    user = ids.new()
    stores.queues.open(user)
    sent: list[int] = []
    heard: list[int] = []
    _, events = opened(user)
    ready = next(events)
    assert ready
    cursor, token = ready.id, signed_in(user)
    gevent.spawn(bark)
    while len(heard) < number:
        stream, events = opened(user, token, cursor)
        for event in events:  # a screen that goes away and comes back after every few events
            if event and event.name == "delete" and event.data:
                heard.append(int(event.data["id"]))
                cursor = event.id
                if len(heard) % after == 0 or len(heard) == number:
                    break
        stream.close()
    assert heard == sent


def a_cursor_from_below_the_queue_is_told_of_the_gap() -> None:
    user = ids.new()
    stores.queues.open(user)
    _, events = opened(user)
    ready = next(events)
    assert ready
    ring(user, QUEUE_KEEP + 200)
    _, events = opened(user, cursor=ready.id)
    assert told(events, 1) == ["ready"]
    gap = next(events)
    assert gap
    bounds = stores.queues.bounds(user)
    assert bounds
    assert (gap.name, gap.id) == ("gap", bounds[1])
    ring(user)
    assert told(events, 1) == ["delete"]


def what_is_trimmed_away_while_a_client_takes_a_page_is_told_as_a_gap() -> None:
    user = ids.new()
    _, events = opened(user)
    ready = next(events)
    assert ready
    ring(user, 600)
    _, events = opened(user, cursor=ready.id)
    assert told(events, 51) == ["ready", *["delete"] * 50]
    ring(user, QUEUE_KEEP + 200)  # more than the queue holds, while the client stalls
    names = told(events, 51)
    assert names == ["delete"] * 50 + ["gap"]
    ring(user)
    assert told(events, 1) == ["delete"]


def a_follow_of_somebody_with_many_barks_is_told_by_one_event() -> None:
    ada, bob = person("ada"), person("bob")
    stores.barks.insert_many([Bark(bark, ada.id, "woof", bark) for bark in (ids.new() for _ in range(50))])
    _, events = opened(bob.id)
    assert told(events, 1) == ["ready"]
    stores.follows.add(bob.id, ada.id, ids.now_ms())  # with no job for the worker of the run, which would tell it, too
    following.settle(stores, bob.id, ada.id)
    ring(bob.id)
    assert told(events, 2) == ["feed-changed", "delete"]


def an_unfollow_wins_over_a_bark_that_is_on_its_way() -> None:
    ada, bob = person("ada"), person("bob")
    stores.follows.add(bob.id, ada.id, ids.now_ms())
    made = [Bark(bark_id, ada.id, "woof", bark_id) for bark_id in (ids.new(), ids.new())]
    stores.barks.insert_many(made)  # with no job, which a worker of other tests would do before there is a queue
    _, events = opened(bob.id)
    ready = next(events)
    assert ready
    stores.queues.deliver(Delivery("bark", made[0].id, ada.id, [bob.id]))
    assert told(events, 1) == ["bark"]  # and it is still catching up, or not any more: it must not matter
    following.unfollow(stores, bob.id, ada.handle)
    stores.queues.deliver(Delivery("bark", made[1].id, ada.id, [bob.id]))  # its followers were read before
    ring(bob.id)
    assert told(events, 1) == ["delete"]
    _, events = opened(bob.id, cursor=ready.id)  # nor is who comes back told of either
    assert told(events, 2) == ["ready", "delete"]


def what_two_greenlets_send_to_a_slow_reader_does_not_mix() -> None:
    ours, theirs = socket.socketpair()
    ws, client = WebSocket(ours, b""), Connection(ConnectionType.CLIENT)
    sent = [letter * 200_000 for letter in "abcdefgh"]
    gevent.joinall([gevent.spawn(ws.send, text) for text in sent], timeout=0.2)  # all of them wait for the reader
    heard, parts = list[str](), list[str]()
    while len(heard) < len(sent):
        client.receive_data(theirs.recv(10_000))
        for event in client.events():
            assert isinstance(event, TextMessage), event
            parts.append(event.data)
            if event.message_finished:
                heard.append("".join(parts))
                parts.clear()
        gevent.sleep(0)
    assert sorted(heard) == sent


def connecting_makes_a_queue_and_a_heartbeat_renews_its_life() -> None:
    user = ids.new()
    redis, key = stores.queues._redis, stores.queues.channel(user)
    streams.HEARTBEAT_SECONDS, streams.CHECK_BEATS = 0.1, 1
    _, events = opened(user)
    assert told(events, 1) == ["ready"]
    for _ in range(2):  # the second time it is there, and only renewed
        assert redis.ttl(key) > QUEUE_SECONDS - 60
        redis.expire(key, 100)
        while redis.ttl(key) <= 100:
            assert next(events) is None


if __name__ == "__main__":
    hub.start()
    globals()[sys.argv[1]]()
    os._exit(0)  # streams that are still open would be waited for
