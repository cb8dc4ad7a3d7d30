"""Many tabs at once, one case a process: `python -m tests.live.tabs NAME`."""

import os
import sys
from collections.abc import Collection, Iterator

import gevent

from tests.live.cases import (  # it patches first
    AUTHOR,
    PATIENCE,
    hub,
    opened,
    person,
    ring,
    sign_out,
    signed_in,
    stores,
    told,
)

# ruff: isort: split
from barker import ids
from barker.actions import accounts, feed
from barker.errors import StoreDown
from barker.live import hub as hubs
from barker.live.showing import Showing
from barker.live.stream import TOLD, Event
from barker.models import Bark, Shown
from barker.stores import bells
from barker.stores.bells import Bells, Ring
from barker.stores.delivery import BUCKETS, Delivery


def a_token_that_is_revoked_ends_its_streams_and_no_others() -> None:
    user = ids.new()
    tokens = [signed_in(user) for _ in range(2)]
    (_, ended), (_, also_ended), (_, goes_on) = (opened(user, token) for token in (tokens[0], *tokens))
    for events in (ended, also_ended, goes_on):
        next(events)
    hub.revoke({accounts.hash_of(tokens[0])})
    ring(user)
    for events in (ended, also_ended):
        event = next(events)
        assert event
        assert (event.name, event.data) == ("bye", {"reason": "signed_out"})
    assert told(goes_on, 1) == ["delete"]
    # And where this process may not have heard of it, each looks for itself.
    sign_out(user, tokens[1])
    hub.revoke(None)
    assert told(goes_on, 1) == ["bye"]


def a_bark_that_many_tabs_hear_of_is_read_once_and_made_into_json_once() -> None:
    asked: list[object] = []
    read = stores.barks.by_ids

    def noted(bark_ids: Collection[int]) -> dict[int, Bark]:
        asked.extend(bark_ids)
        gevent.sleep(0.05)
        return read(bark_ids)

    author, readers = person("ada"), [person("bob").id for _ in range(50)]
    tabs = [opened(reader)[1] for reader in readers]
    for events in tabs:
        next(events)
    bark = Bark(ids.new(), author.id, "woof", 1)
    assert stores.barks.insert(bark, ids.now_ms())
    vars(stores.barks)["by_ids"] = noted
    hearing = [gevent.spawn(next, events) for events in tabs]
    stores.queues.deliver(Delivery("bark", bark.id, author.id, readers))
    gevent.joinall(hearing, timeout=PATIENCE, raise_error=True)
    shown = {id(greenlet.value.shown) for greenlet in hearing}
    assert (asked, len(shown)) == ([bark.id], 1)


def a_bark_that_cannot_be_read_fails_for_all_who_wait_and_is_read_by_the_next() -> None:
    bark = Bark(ids.new(), person("ada").id, "woof", 1)
    assert stores.barks.insert(bark, ids.now_ms())
    showing, read = Showing(stores), feed.look_up

    def fail(*_: object) -> list[Shown]:
        gevent.sleep(0.05)
        raise StoreDown("documents")

    vars(feed)["look_up"] = fail
    asking = [gevent.spawn(showing.barks, [bark.id]) for _ in range(3)]
    gevent.joinall(asking, timeout=PATIENCE)
    assert all(isinstance(greenlet.exception, StoreDown) for greenlet in asking)
    vars(feed)["look_up"] = read
    assert set(showing.barks([bark.id, ids.new()])) == {bark.id}


def two_tabs_of_one_user_hear_the_same_also_when_one_leaves() -> None:
    user = ids.new()
    first, of_first = opened(user)
    _, of_second = opened(user)
    assert told(of_first, 1) == told(of_second, 1) == ["ready"]
    ring(user)
    assert told(of_first, 1) == told(of_second, 1) == ["delete"]
    first.close()
    ring(user)
    assert told(of_second, 1) == ["delete"]


def a_tab_that_does_not_keep_up_is_told_to_go_and_misses_nothing() -> None:
    hubs.BUFFER = 10
    user, sent = ids.new(), 0
    slow, events = opened(user)
    assert told(events, 1) == ["ready"]
    with gevent.Timeout(PATIENCE):
        while not slow._listener.leaving:  # nobody reads this tab meanwhile
            ring(user)
            sent += 1
            gevent.sleep(0.001)
    *before, bye = [event for event in events if event]
    assert bye == Event("bye", data={"reason": "slow"})
    slow.close()
    _, events = opened(user, cursor=before[-1].id)
    assert told(events, 1 + sent - len(before)) == ["ready", *["delete"] * (sent - len(before))]


def a_screen_that_was_told_much_keeps_no_more_than_it_must() -> None:
    ada, user = person("ada"), ids.new()
    stream, events = opened(user)
    assert told(events, 1) == ["ready"]
    made = [Bark(bark_id, ada.id, "woof", bark_id) for bark_id in (ids.new() for _ in range(2 * TOLD))]
    stores.barks.insert_many(made)
    for bark in made:
        stores.queues.deliver(Delivery("bark", bark.id, ada.id, [user]))
    assert told(events, len(made)) == ["bark"] * len(made)
    assert len(stream._told) == TOLD
    assert sys.getsizeof(stream._told) < 16 * TOLD  # bytes; the ids themselves are not in it


def those_who_were_told_have_a_turn_before_all_rings_are_read() -> None:
    def read(of: Bells, seconds: float) -> Ring | None:
        ring = next_of(of, seconds)
        if ring and ring.entry:
            rings.append(ring)
        return ring

    def hear(events: Iterator[Event | None]) -> None:
        told(events, 1)
        ahead.append(len(rings) - len(ahead))

    first, rings, ahead, next_of = ids.new() // BUCKETS * BUCKETS, list[Ring](), list[int](), Bells.next
    bells.RINGS = 10  # before they have a turn
    users = [first + BUCKETS * number for number in range(6 * bells.RINGS)]  # of one bucket: one call rings all of them
    tabs = [opened(user) for user in users]
    for _, events in tabs:
        assert told(events, 1) == ["ready"]
    hearing = [gevent.spawn(hear, events) for _, events in tabs]
    with gevent.Timeout(PATIENCE):
        while any(stream._behind for stream, _ in tabs):
            gevent.sleep(0.01)
    Bells.next = read  # type: ignore[assignment, method-assign]
    stores.queues.deliver(Delivery("delete", ids.new(), AUTHOR, users))
    gevent.joinall(hearing, timeout=PATIENCE, raise_error=True)
    assert len(ahead) == len(users)
    assert max(ahead) < 4 * bells.RINGS, max(ahead)


if __name__ == "__main__":
    hub.start()
    globals()[sys.argv[1]]()
    os._exit(0)  # streams that are still open would be waited for
