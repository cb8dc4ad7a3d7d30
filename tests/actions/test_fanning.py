"""Small fan-outs together, large ones in shares, connected readers first: everyone once, whatever dies."""

import random
from collections.abc import Callable, Iterable, Iterator

import pytest

from barker import ids
from barker.actions import barking, fanning, feed
from barker.models import BarkDraft, User
from barker.stores import Stores, delivery
from barker.stores.delivery import BUCKETS, FIRST, MARK_SECONDS, WHOLE, Delivery
from barker.stores.functions import Call
from barker.stores.jobs import LARGE, SMALL, Job, Jobs
from barker.worker.handlers import BATCHED, HANDLERS
from tests.actions.readers import bark

NewUser = Callable[..., User]
Lanes = dict[str, list[Job]]


@pytest.fixture
def lanes(monkeypatch: pytest.MonkeyPatch) -> Lanes:
    """The jobs that are asked for, by lane; fan-outs to more than three are large, with shares of two or so."""
    monkeypatch.setattr(fanning, "LARGE_FAN_OUT", 3)
    monkeypatch.setattr(fanning, "SHARE_FOLLOWERS", 2)
    lanes: Lanes = {SMALL: [], LARGE: []}
    monkeypatch.setattr(Jobs, "put", lambda self, *jobs, lane=SMALL: lanes[lane].extend(jobs))
    return lanes


@pytest.fixture
def many(stores: Stores) -> tuple[User, list[int]]:
    """An author with eight followers, in buckets from the first to the last; all have queues."""
    return popular(stores, 8)


def popular(stores: Stores, number: int) -> tuple[User, list[int]]:
    author = User(ids.new(), f"a{ids.new()}")
    assert stores.users.insert(author, "no password")
    followers = [ids.new() // BUCKETS * BUCKETS + n * BUCKETS // number + BUCKETS for n in range(number)]
    stores.follows.add_many([(follower, author.id) for follower in followers], ids.now_ms())
    for reader in (*followers, author.id):
        stores.queues.open(reader)
    return author, followers


def entries(stores: Stores, user: int, kind: str = "bark") -> list[int]:
    return [entry.bark_id for entry in stores.queues.after(user, "0-0", 100) if entry.kind == kind]


def told(stores: Stores, bark_id: int, users: list[int], kind: str = "bark") -> list[int]:
    """Return how often each user was told."""
    return [entries(stores, user, kind).count(bark_id) for user in users]


def run(stores: Stores, jobs: list[Job]) -> None:
    """Run jobs, and take them from the list."""
    while jobs:
        job = jobs.pop(0)
        wrapped = {key: [value] for key, value in job.arguments.items()}
        HANDLERS[job.name](stores, **(wrapped if job.name in BATCHED else job.arguments))


def test_small_ones_of_many_authors_are_delivered_together(stores: Stores, lanes: Lanes, calls: list[str]) -> None:
    authors = [popular(stores, 3) for _ in range(5)]
    barks = [bark(stores, author, fan_out=False) for author, _ in authors]
    calls.clear()
    fanning.fan_out(stores, [*barks, ids.new()])
    assert calls == ["pending", "few_followers", "begin", "deliver_each", "fanned_out"]
    for (author, followers), bark_id in zip(authors, barks, strict=True):
        assert told(stores, bark_id, [*followers, author.id]) == [1, 1, 1, 1]
    assert all(found.fanned_out for found in stores.barks.by_ids(barks).values())
    assert lanes[LARGE] == []


@pytest.fixture
def calls(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The calls to stores that a fan-out makes."""
    made: list[str] = []
    for store, names in {
        stores.barks: ("pending", "begin", "fanned_out"),
        stores.follows: ("few_followers", "all_followers"),
        stores.queues: ("deliver_each",),
    }.items():
        for name in names:
            method = getattr(type(store), name)

            def note(self: object, *given: object, _method: Callable[..., object] = method, **more: object) -> object:
                made.append(_method.__name__)
                return _method(self, *given, **more)

            monkeypatch.setattr(type(store), name, note)
    return made


def test_a_large_one_is_cut_into_shares_which_may_run_in_any_order_and_twice(
    stores: Stores, lanes: Lanes, many: tuple[User, list[int]]
) -> None:
    author, followers = many
    bark_id = bark(stores, author)
    assert lanes[LARGE] == [Job("cut", {"bark": bark_id})]
    run(stores, [lanes[LARGE].pop()])
    shares = list(lanes[LARGE])
    assert [job.arguments["share"] for job in shares] == [0, 1, 2, 3, 4]
    assert sum(told(stores, bark_id, followers)) == 0
    random.shuffle(shares)
    run(stores, [*shares[:-1], *shares[:-1]])
    assert not stores.barks.by_ids([bark_id])[bark_id].fanned_out
    run(stores, [shares[-1]] * 2)
    assert told(stores, bark_id, [*followers, author.id]) == [1] * 9
    assert stores.barks.by_ids([bark_id])[bark_id].fanned_out


def test_each_share_serves_its_own_buckets(stores: Stores, lanes: Lanes, many: tuple[User, list[int]]) -> None:
    author, followers = many
    shares = [stores.follows.all_followers(author.id, share, 4) for share in range(4)]
    assert sorted(follower for share in shares for follower in share) == sorted(followers)
    assert [{one % BUCKETS * 4 // BUCKETS for one in share} for share in shares] == [{0}, {1}, {2}, {3}]


@pytest.fixture
def online(stores: Stores, many: tuple[User, list[int]]) -> Iterator[int]:
    """A follower whose screen is open."""
    reader = many[1][5]
    bells = stores.queues.bells()
    bells.subscribe(stores.queues.channel(reader))
    assert bells.next(5)
    yield reader
    bells.close()


def test_connected_readers_come_first_and_nobody_twice(
    stores: Stores, lanes: Lanes, many: tuple[User, list[int]], online: int
) -> None:
    author, followers = many
    bark_id = bark(stores, author)
    run(stores, [lanes[LARGE].pop()])
    assert [user for user in followers if entries(stores, user)] == [online]
    run(stores, [Job("cut", {"bark": bark_id})])
    run(stores, lanes[LARGE])
    assert told(stores, bark_id, [*followers, author.id]) == [1] * 9


def test_who_came_first_is_not_served_again_when_the_shares_come_late(
    stores: Stores, lanes: Lanes, many: tuple[User, list[int]], online: int
) -> None:
    author, followers = many
    bark_id = bark(stores, author)
    run(stores, [lanes[LARGE].pop()])
    for bucket in range(BUCKETS):
        stores.queues._redis.unlink(f"{{q{bucket}}}:mark:{bark_id}:bark:first")
    long_ago = ids.now_ms() - (MARK_SECONDS[FIRST] + 1) * 1000
    stores.documents.collection("barks").update_one({"_id": bark_id}, {"$set": {"begun": long_ago}})
    run(stores, lanes[LARGE])
    assert told(stores, bark_id, [*followers, author.id]) == [1] * 9


def test_a_cut_repeated_asks_only_for_what_is_left(
    stores: Stores, lanes: Lanes, many: tuple[User, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    author, followers = many
    bark_id = bark(stores, author)
    run(stores, [lanes[LARGE].pop()])
    run(stores, [lanes[LARGE].pop(2), lanes[LARGE].pop(0)])
    lanes[LARGE].clear()
    monkeypatch.setattr(fanning, "SHARE_FOLLOWERS", 1)
    run(stores, [Job("cut", {"bark": bark_id})])
    assert [(job.arguments["share"], job.arguments["shares"]) for job in lanes[LARGE]] == [(1, 5), (3, 5), (4, 5)]
    run(stores, lanes[LARGE])
    assert told(stores, bark_id, followers) == [1] * 8
    run(stores, [Job("cut", {"bark": bark_id}), Job("fan_out", {"bark": bark_id})])
    assert lanes[LARGE] == []


def test_a_worker_that_died_after_the_last_share_leaves_nothing_pending(
    stores: Stores, lanes: Lanes, many: tuple[User, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    bark_id = bark(stores, many[0])
    run(stores, [lanes[LARGE].pop()])
    with monkeypatch.context() as patch:
        patch.setattr(type(stores.barks), "fanned_out", lambda *_: None)
        run(stores, lanes[LARGE])
    assert not stores.barks.by_ids([bark_id])[bark_id].fanned_out
    run(stores, [Job("fan_out", {"bark": bark_id}), Job("cut", {"bark": bark_id})])
    assert stores.barks.by_ids([bark_id])[bark_id].fanned_out


def test_a_large_one_that_has_become_small_meanwhile_serves_nobody_twice(
    stores: Stores, lanes: Lanes, many: tuple[User, list[int]], online: int
) -> None:
    author, followers = many
    bark_id = bark(stores, author)
    run(stores, [lanes[LARGE].pop()])
    lanes[LARGE].clear()
    for follower in followers:
        if follower != online:
            stores.follows.remove(follower, author.id)
    run(stores, [Job("fan_out", {"bark": bark_id})])
    run(stores, lanes[LARGE])
    assert told(stores, bark_id, [online, author.id]) == [1, 1]


def test_one_that_began_small_and_is_large_when_it_is_tried_again_serves_nobody_twice(
    stores: Stores, lanes: Lanes
) -> None:
    author, followers = popular(stores, 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(stores.barks), "fanned_out", lambda *_: None)  # its worker died
        bark_id = bark(stores, author)
    for bucket in range(BUCKETS):
        stores.queues._redis.unlink(f"{{q{bucket}}}:mark:{bark_id}:bark")
    ago = ids.now_ms() - (MARK_SECONDS[WHOLE] + 1) * 1000
    stores.documents.collection("barks").update_one({"_id": bark_id}, {"$set": {"begun": ago}})
    stores.follows.add(new := ids.new(), author.id, ids.now_ms())
    stores.queues.open(new)
    run(stores, [Job("fan_out", {"bark": bark_id})])
    run(stores, lanes[LARGE])
    assert told(stores, bark_id, [*followers, new, author.id]) == [1] * 5


def test_a_share_that_is_done_is_not_read_again(
    stores: Stores, lanes: Lanes, many: tuple[User, list[int]], calls: list[str]
) -> None:
    bark(stores, many[0])
    run(stores, [lanes[LARGE].pop()])
    done = lanes[LARGE].pop(0)
    run(stores, [done])
    calls.clear()
    run(stores, [done])
    assert calls == ["pending"]


def test_a_deletion_during_a_large_fan_out_has_shares_of_its_own(
    stores: Stores, lanes: Lanes, many: tuple[User, list[int]]
) -> None:
    author, followers = many
    bark_id = bark(stores, author)
    run(stores, [lanes[LARGE].pop()])
    of_the_bark = list(lanes[LARGE])
    lanes[LARGE].clear()
    run(stores, [of_the_bark.pop(0)])
    barking.delete_bark(stores, author.id, bark_id)
    run(stores, lanes[SMALL])
    run(stores, of_the_bark)
    run(stores, lanes[LARGE])
    assert told(stores, bark_id, [*followers, author.id], "delete") == [1] * 9
    assert sum(told(stores, bark_id, followers)) < len(followers)
    tombstone = stores.barks.by_id(bark_id)
    assert tombstone
    assert tombstone.fanned_out


def test_what_a_restart_may_have_lost_is_fanned_out_again_in_all_its_shares(
    stores: Stores, lanes: Lanes, many: tuple[User, list[int]]
) -> None:
    author, followers = many
    bark_id = bark(stores, author)
    run(stores, lanes[LARGE])
    for bucket in range(BUCKETS):
        stores.queues._redis.unlink(f"{{q{bucket}}}:mark:{bark_id}:bark")
    stores.queues._redis.unlink(stores.queues.channel(followers[0]))
    stores.queues.open(followers[0])  # the server came back without what this one had got
    stores.barks.fan_out_again(ids.ms_of(bark_id), ids.now_ms(), "another run")
    long_ago = ids.now_ms() - (MARK_SECONDS[FIRST] + 1) * 1000
    stores.documents.collection("barks").update_one({"_id": bark_id}, {"$set": {"begun": long_ago}})
    run(stores, [Job("fan_out", {"bark": bark_id})])
    run(stores, lanes[LARGE])
    assert told(stores, bark_id, [*followers, author.id]) == [1] * 9


def test_a_fan_out_far_behind_still_counts_as_the_first_one(
    stores: Stores, lanes: Lanes, new_user: NewUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking into each queue is slow: what was only waiting must not have to, or a long lane never gets short."""
    ada = new_user("ada")
    feed.open_queue(stores, ada.id)
    old = ids.at(ids.now_ms() - 7_200_000)
    barking.post_bark(stores, ada, BarkDraft("woof"), old)
    cut = delivery.trips
    looks: list[str] = []

    def note(given: Iterable[Delivery]) -> Iterator[list[Call]]:
        for trip in cut(given):
            looks.extend(arguments[4] for _function, _marks, arguments in trip)
            yield trip

    monkeypatch.setattr(delivery, "trips", note)
    fanning.fan_out(stores, [old])
    assert looks == [""]
    assert entries(stores, ada.id) == [old]
