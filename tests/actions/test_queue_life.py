"""The life of a queue: made for who reads, kept while she does, made again for who returns, told of once."""

from collections.abc import Callable
from itertools import chain

import pytest

from barker import ids
from barker.actions import fanning, feed, following
from barker.models import Bark, User
from barker.stores import Stores
from barker.stores.follows import Follows
from barker.stores.jobs import Job
from barker.stores.queues import QUEUE_SECONDS
from tests.actions.readers import NewUser, bark, follow, long_ago, once, whole

Method = Callable[..., object]
pytestmark = pytest.mark.usefixtures("asked")


def seconds_left(stores: Stores, user: User) -> int:
    return int(stores.queues._redis.ttl(stores.queues.channel(user.id)))


def kinds(stores: Stores, user: User, since: str = "0-0") -> list[str]:
    return [entry.kind for entry in stores.queues.after(user.id, since, 1_000)]


def newest(stores: Stores, user: User) -> str:
    bounds = stores.queues.bounds(user.id)
    assert bounds
    return bounds[1]


@pytest.mark.administers
def test_who_never_reads_has_no_queue_and_who_reads_has_one_for_two_weeks(stores: Stores, new_user: NewUser) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    follow(stores, bob, ada)
    made = bark(stores, ada)
    assert stores.queues.bounds(bob.id) is None
    assert whole(stores, bob) == [made]
    assert QUEUE_SECONDS - 60 < seconds_left(stores, bob) <= QUEUE_SECONDS


@pytest.mark.parametrize(
    "look",
    [lambda stores, user_id: feed.read_feed(stores, user_id, ids.MAX_ID, 40), feed.open_queue],
    ids=["reading", "connecting"],
)
@pytest.mark.administers
def test_a_look_renews_the_life_of_a_queue_and_a_delivery_does_not(
    stores: Stores, new_user: NewUser, look: Callable[[Stores, int], object]
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    follow(stores, bob, ada)
    feed.open_queue(stores, bob.id)
    stores.queues._redis.expire(stores.queues.channel(bob.id), 100)
    bark(stores, ada)
    follow(stores, bob, new_user("eve"))
    assert seconds_left(stores, bob) <= 100
    look(stores, bob.id)
    assert seconds_left(stores, bob) > QUEUE_SECONDS - 60


def test_who_returns_after_two_weeks_finds_all_of_it_and_a_queue_that_goes_on(
    stores: Stores, new_user: NewUser
) -> None:
    ada, bob, eve = new_user("ada"), new_user("bob"), new_user("eve")
    follow(stores, bob, ada)
    made = [bark(stores, ada) for _ in range(3)]
    assert whole(stores, bob) == made[::-1]
    stores.queues._redis.unlink(stores.queues.channel(bob.id))
    follow(stores, bob, eve)
    made += [bark(stores, author) for _ in range(3) for author in (ada, eve)]
    assert stores.queues.bounds(bob.id) is None  # she is away, and costs nothing
    assert whole(stores, bob) == made[::-1]
    assert kinds(stores, bob) == ["start", *["backfill"] * 9, "floor"]
    made.append(bark(stores, eve))
    assert kinds(stores, bob)[-1] == "bark"
    assert whole(stores, bob) == made[::-1]


@pytest.mark.parametrize("number", [49, 50, 51])
def test_a_queue_remembers_how_far_down_it_is_complete(
    stores: Stores, new_user: NewUser, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(feed, "BUILT", 50)
    ada, bob = new_user("ada"), new_user("bob")
    follow(stores, bob, ada)
    made = long_ago(stores, ada, number)
    assert whole(stores, bob, 20) == made[::-1]
    coverage = stores.queues.coverage(bob.id)
    assert coverage
    assert coverage.floor == (made[-50] - 1 if number >= 50 else 0)
    assert not coverage.unbuilt


def test_what_a_queue_covers_is_read_without_the_truth(
    stores: Stores, new_user: NewUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "BUILT", 50)
    ada, bob = new_user("ada"), new_user("bob")
    follow(stores, bob, ada)
    made = long_ago(stores, ada, 60)
    feed.open_queue(stores, bob.id)
    pulled: list[int] = []
    pull = feed.pull

    def note(stores: Stores, user_id: int, below: int, limit: int) -> list[Bark]:
        pulled.append(below)
        return pull(stores, user_id, below, limit)

    monkeypatch.setattr(feed, "pull", note)
    page, below = feed.read_feed(stores, bob.id, ids.MAX_ID, 49)
    assert ([shown.bark.id for shown in page], pulled) == (made[:10:-1], [])
    assert below
    page, below = feed.read_feed(stores, bob.id, below, 20)
    assert ([shown.bark.id for shown in page], below) == (made[10::-1], None)
    assert pulled == [made[10]]  # from the floor on


def test_a_follow_of_somebody_with_many_barks_is_told_once_and_each_lies_where_its_time_puts_it(
    stores: Stores, new_user: NewUser
) -> None:
    ada, bob, eve = new_user("ada"), new_user("bob"), new_user("eve")
    follow(stores, bob, ada)
    feed.open_queue(stores, bob.id)
    made = [bark(stores, author, fan_out=author is ada) for _ in range(50) for author in (ada, eve)]
    since = newest(stores, bob)
    follow(stores, bob, eve)
    assert kinds(stores, bob, since) == [*["backfill"] * 50, "floor", "feed-changed"]
    assert whole(stores, bob) == made[::-1]
    since = newest(stores, bob)
    following.unfollow(stores, bob.id, eve.handle)
    following.settle(stores, bob.id, eve.id)
    assert kinds(stores, bob, since) == ["feed-changed"]
    following.settle(stores, bob.id, eve.id)  # a repeat has nothing to take out, and nothing to tell
    assert kinds(stores, bob, since) == ["feed-changed"]
    assert whole(stores, bob) == made[::2][::-1]


def test_an_unfollow_wins_over_a_fan_out_that_read_the_followers_before(
    stores: Stores, new_user: NewUser, monkeypatch: pytest.MonkeyPatch, asked: list[Job]
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    follow(stores, bob, ada)
    feed.open_queue(stores, bob.id)
    made = bark(stores, ada, fan_out=False)

    def read_and_be_overtaken(few_followers: Method, *arguments: object) -> object:
        found = few_followers(*arguments)
        following.unfollow(stores, bob.id, ada.handle)
        following.settle(stores, bob.id, ada.id)
        return found

    once(monkeypatch, Follows, "few_followers", read_and_be_overtaken)
    fanning.fan_out(stores, [made])
    assert kinds(stores, bob)[-1] == "bark"  # it came in
    assert whole(stores, bob) == []
    assert asked.pop() == Job("prune", {"follower": bob.id, "followee": ada.id})
    following.prune(stores, bob.id, ada.id)
    stores.queues.rejoin(bob.id, ada.id)  # as if an hour had passed
    assert whole(stores, bob) == []


def test_each_author_is_read_in_order_however_the_fan_outs_arrive(stores: Stores, new_user: NewUser) -> None:
    ada, bob, eve = new_user("ada"), new_user("bob"), new_user("eve")
    for author in (ada, eve):
        follow(stores, bob, author)
    feed.open_queue(stores, bob.id)
    made = [bark(stores, author, fan_out=False) for _ in range(6) for author in (ada, eve)]
    for bark_id in chain(made[::-3], made[-2::-3], made[-3::-3]):
        fanning.fan_out(stores, [bark_id])
    arrived = [entry.bark_id for entry in stores.queues.after(bob.id, "0-0", 100) if entry.kind == "bark"]
    assert sorted(arrived) == made != arrived
    assert whole(stores, bob, 5) == made[::-1]
