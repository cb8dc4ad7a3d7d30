"""What a server of the queues lost is told anew; after the next loss only what was missing is looked for again."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from barker import ids
from barker.actions import fanning
from barker.models import Bark
from barker.stores import Stores
from barker.stores.barks import Barks
from barker.stores.delivery import BUCKETS
from tests.actions.test_fanning import Lanes, lanes, popular, run, told  # noqa: F401 (a fixture)

HOUR_MS = 3_600_000


@pytest.fixture
def old(stores: Stores) -> tuple[list[int], list[int]]:
    """Two barks, an hour old and told long ago, and who reads them: the first bark is lost from all queues."""
    author, followers = popular(stores, 2)
    barks = [ids.at(ids.now_ms() - HOUR_MS) + author.id % 1000 + n for n in range(2)]
    for bark_id in barks:
        stores.barks.insert(Bark(bark_id, author.id, "woof", bark_id), ids.now_ms())
    fanning.fan_out(stores, barks)
    stores.documents.collection("barks").update_many(
        {"_id": {"$in": barks}}, {"$set": {"fanned_at": ids.now_ms() - HOUR_MS}}
    )
    readers = [*followers, author.id]
    for reader in readers:
        key = f"{{q{reader % BUCKETS}}}"
        (entry,) = [one.id for one in stores.queues.after(reader, "0-0", 9) if one.bark_id == barks[0]]
        stores.queues._redis.xdel(f"{key}:queue:{reader}", entry)
        stores.queues._redis.unlink(f"{key}:mark:{barks[0]}:bark")
    return barks, readers


def lose(stores: Stores, barks: list[int], since_ms: int) -> list[int]:
    """Note that something was lost since then; returns which of the barks are to be told anew."""
    stores.barks.fan_out_again(since_ms, ids.now_ms(), f"run {ids.new()}")
    return [one.bark.id for one in stores.barks.pending(barks)]


def tell(stores: Stores, lanes: Lanes, barks: list[int]) -> None:  # noqa: F811
    """Fan out, with all the jobs that it asks for."""
    fanning.fan_out(stores, barks)
    run(stores, lanes["large"])


@contextmanager
def unnoted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let all workers die as soon as they have delivered."""
    with monkeypatch.context() as patch:
        patch.setattr(Barks, "delivered_anew", lambda *_: None)
        patch.setattr(Barks, "share_done", lambda *_: False)
        patch.setattr(Barks, "fanned_out", lambda *_: None)
        yield


def test_of_what_was_told_anew_only_what_was_missing_is_told_anew_next_time(
    stores: Stores, old: tuple[list[int], list[int]]
) -> None:
    barks, readers = old
    assert lose(stores, barks, ids.now_ms() - 2 * HOUR_MS) == barks
    fanning.fan_out(stores, barks)
    assert told(stores, barks[0], readers) == told(stores, barks[1], readers) == [1, 1, 1]
    assert lose(stores, barks, ids.now_ms() - 60_000) == barks[:1]


def test_what_somebody_may_have_told_anew_and_broke_off_is_told_anew_next_time_too(
    stores: Stores, old: tuple[list[int], list[int]]
) -> None:
    barks, _ = old
    assert lose(stores, barks, ids.now_ms() - 2 * HOUR_MS) == barks
    assert stores.barks.begin(stores.barks.pending(barks), ids.now_ms())
    fanning.fan_out(stores, barks)
    assert lose(stores, barks, ids.now_ms() - 60_000) == barks


def test_of_large_ones_too(
    stores: Stores,
    old: tuple[list[int], list[int]],
    lanes: Lanes,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    barks, readers = old
    monkeypatch.setattr(fanning, "LARGE_FAN_OUT", 1)
    lose(stores, barks, ids.now_ms() - 2 * HOUR_MS)
    fanning.fan_out(stores, barks)
    run(stores, lanes["large"])
    run(stores, lanes["large"])
    assert told(stores, barks[0], readers) == told(stores, barks[1], readers) == [1, 1, 1]
    assert lose(stores, barks, ids.now_ms() - 60_000) == barks[:1]


@pytest.mark.parametrize("most", [(9, 9), (1, 1), (9, 1)], ids=["small", "large", "grown large meanwhile"])
def test_what_was_delivered_just_after_a_loss_by_who_broke_off_may_be_lost_next_time(
    stores: Stores,
    old: tuple[list[int], list[int]],
    lanes: Lanes,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    most: tuple[int, int],
) -> None:
    barks, readers = old
    monkeypatch.setattr(fanning, "LARGE_FAN_OUT", most[0])
    lose(stores, barks, ids.now_ms() - 2 * HOUR_MS)
    with unnoted(monkeypatch):
        tell(stores, lanes, barks)
    monkeypatch.setattr(fanning, "LARGE_FAN_OUT", most[1])
    lose(stores, barks, ids.now_ms() - 60_000)
    tell(stores, lanes, barks)
    assert told(stores, barks[0], readers) == [1, 1, 1]
    assert lose(stores, barks, ids.now_ms() - 60_000) == barks


@pytest.mark.parametrize("deleted", [False, True], ids=["bark", "deletion"])
@pytest.mark.parametrize("large", [False, True], ids=["small", "large"])
def test_what_was_told_for_the_first_time_while_a_loss_was_noted_may_be_lost_next_time(
    stores: Stores,
    lanes: Lanes,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    large: bool,
    deleted: bool,
) -> None:
    monkeypatch.setattr(fanning, "LARGE_FAN_OUT", 1 if large else 9)
    author, followers = popular(stores, 2)
    bark = ids.at(ids.now_ms() - HOUR_MS) + author.id % 1000
    stores.barks.insert(Bark(bark, author.id, "woof", bark), ids.now_ms())
    if deleted:
        tell(stores, lanes, [bark])
        stores.documents.collection("barks").update_one({"_id": bark}, {"$set": {"fanned_at": 1}})
        assert stores.barks.remove(bark, author.id, ids.now_ms())
    with unnoted(monkeypatch):
        tell(stores, lanes, [bark])
    lose(stores, [bark], ids.now_ms() - 60_000)
    tell(stores, lanes, [bark])
    assert told(stores, bark, [*followers, author.id], "delete" if deleted else "bark") == [1, 1, 1]
    assert lose(stores, [bark], ids.now_ms() - 60_000) == [bark]
