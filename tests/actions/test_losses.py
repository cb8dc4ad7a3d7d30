"""What a server of the queues lost is told anew; after the next loss only what was missing is looked for again."""

import pytest

from barker import ids
from barker.actions import fanning
from barker.models import Bark
from barker.stores import Stores
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
