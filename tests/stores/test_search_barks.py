"""Finding barks by words and hashtags, and which hashtags many people use."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from redis import Redis

from barker import ids
from barker.models import Bark, Trend
from barker.settings import Settings
from barker.stores import Stores, connect, migrations
from barker.stores.trends import SLOT_SECONDS, SLOTS, Trends
from barker.words import bark_keys, query_keys
from tests.stores.searches import explained, noted

MANY = 3_000


@pytest.fixture(scope="module")
def stores(stores_urls: dict[str, str]) -> Iterator[Stores]:
    """The stores, with documents of their own: a search finds whatever is there."""
    apart = {"BARKER_DOCUMENTS_URL": stores_urls["BARKER_DOCUMENTS_URL"].replace("/barker", "/bark_search")}
    stores = connect(Settings.read({**stores_urls, **apart, "BARKER_DOCUMENTS_SECONDS": "20"}))
    stores.documents.prepare()
    yield stores
    stores.close()


@pytest.fixture(scope="module")
def many(stores: Stores) -> list[Bark]:
    """Very many barks of a few words each."""
    rng = random.Random(7)
    words = ["dog", "Dög", "cat", "#dog", "#cat", "the", "the", "the", "rain", "#rain_2"]
    barks = []
    for _ in range(MANY):
        bark_id = ids.new()
        barks.append(Bark(bark_id, 1, " ".join(rng.sample(words, 4)), bark_id))
    for start in range(0, MANY, 500):
        stores.barks.insert_many(barks[start : start + 500])
    return barks


def whole(stores: Stores, query: str, limit: int = 40) -> list[list[int]]:
    found, before = [], ids.MAX_ID
    while True:
        page, end = stores.bark_search.page(query_keys(query), before, limit)
        found.append(page)
        if end is None:
            return found
        before = end


@pytest.mark.parametrize("query", ["dog", "DÖG the", "rain cat dog", "#dog", "#dog #cat", "#dog cat", "nothing the"])
@pytest.mark.parametrize("budget", [7, 2_000])
def test_pages_hold_every_bark_with_all_words_once_newest_first(
    stores: Stores, many: list[Bark], monkeypatch: pytest.MonkeyPatch, query: str, budget: int
) -> None:
    monkeypatch.setattr("barker.stores.bark_search.BUDGET", budget)
    wanted = set(query_keys(query))
    expected = [bark.id for bark in reversed(many) if wanted <= set(bark_keys(bark.text))]
    pages = whole(stores, query)
    assert [one for page in pages for one in page] == expected
    assert budget > 7 or " " not in query or query == "nothing the" or any(len(page) < 40 for page in pages[:-1])


@pytest.mark.parametrize("query", ["the", "dog", "the dog", "nothing the", "#rain_2 the dog"])
def test_no_page_scans_or_sorts_and_each_is_bounded(
    stores: Stores, many: list[Bark], monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    with monkeypatch.context() as patch:
        pipelines = noted(patch)
        stores.bark_search.page(query_keys(query), ids.MAX_ID, 40)
    assert len(pipelines) == 1 + (" " in query)
    for pipeline in pipelines:
        stages, keys, docs = explained(stores.documents, "barks", pipeline)
        assert "IXSCAN" in stages
        assert not stages & {"COLLSCAN", "SORT"}
        assert max(keys, docs) <= (50 if " " not in query else 4_100)


@pytest.mark.parametrize("query", ["d.g", "^dog", "dog*", '"dog"', "dog~1", "$where dog", "dog AND", "{$ne:1}", "a\\"])
def test_what_means_something_elsewhere_is_plain_text(stores: Stores, many: list[Bark], query: str) -> None:
    plain = query_keys(query)
    page, _ = stores.bark_search.page(plain, ids.MAX_ID, 40)
    assert bool(page) == (plain == ["dog"])


def test_a_deleted_bark_is_not_found_any_more(stores: Stores) -> None:
    bark = Bark(ids.new(), 7, "a zebra #zebra", 1)
    stores.barks.insert(bark, ids.now_ms())
    assert whole(stores, "zebra") == whole(stores, "#zebra") == [[bark.id]]
    assert stores.barks.remove(bark.id, 7, ids.now_ms()) == bark
    assert whole(stores, "zebra") == whole(stores, "#zebra") == [[]]


@pytest.mark.slow
def test_old_barks_are_found_once_the_stores_are_prepared(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "BATCH", 2)
    barks = [Bark(ids.at(ids.now_ms() - 10**9) + n, 7, f"yak {n}", 1) for n in range(5)]
    stores.barks.insert_many(barks)
    gone = replace(barks[0], id=barks[0].id + 50)
    stores.barks.insert(gone, ids.now_ms())
    stores.barks.remove(gone.id, 7, ids.now_ms())
    collection = stores.documents.collection("barks")
    collection.update_many({"_id": {"$in": [bark.id for bark in barks]}}, {"$unset": {"words": 1}})
    assert whole(stores, "yak") == [[]]
    for _ in range(2):
        list(migrations.run(stores.documents))
        assert whole(stores, "yak") == [[bark.id for bark in reversed(barks)]]
    assert "words" not in (collection.find_one({"_id": gone.id}) or {"words": 1})


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Set the clock to so many slots after the beginning of one that no other test is in."""
    moment = random.randrange(10**5, 10**6) * SLOT_SECONDS * 1000

    def set_(slots: float) -> None:
        monkeypatch.setattr(ids, "now_ms", lambda: moment + int(slots * SLOT_SECONDS * 1000))

    set_(0)
    return set_


@pytest.fixture
def trends(
    stores_urls: dict[str, str], clock: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Trends]:
    monkeypatch.setattr("barker.stores.trends.KNOWN_SECONDS", 0)
    trends = Trends(stores_urls["BARKER_PLACES_URL"], 5)
    yield trends
    trends.close()


def test_a_tag_counts_by_people_not_by_barks(trends: Trends, clock: Callable[[float], None]) -> None:
    for _ in range(200):
        trends.count(["spam"], 1)
    for user in range(5):
        trends.count(["dogs", "cats"], user)
    for user in range(3):
        clock(user)  # over the slots of the day, too
        trends.count(["dogs", "spam"], 1)
    assert trends.top(10) == [Trend("dogs", 5, 8), Trend("cats", 5, 5)]
    trends.count(["spam"], 2)
    assert trends.top(1) == [Trend("dogs", 5, 8)]
    assert trends.top(3)[2] == Trend("spam", 2, 204)


def test_a_tag_is_forgotten_after_a_day(trends: Trends, clock: Callable[[float], None]) -> None:
    for user in range(3):
        trends.count(["dogs"], user)
    clock(SLOTS - 1)
    assert trends.top(10) == [Trend("dogs", 3, 3)]
    clock(SLOTS)
    assert trends.top(10) == []


def test_invented_tags_push_out_neither_what_many_use_nor_what_is_new(
    trends: Trends, redis: Redis, clock: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("barker.stores.trends.KEPT", 20)
    for user in range(3):
        trends.count(["zebras"], user)
    for number in range(100):  # by a crowd, since one person may bring in so many
        clock(0.005 * number)
        trends.count([f"z{number}", f"a{number}"], number)
    for user in range(100, 104):
        trends.count(["aardvarks"], user)
    assert trends.top(10) == [Trend("aardvarks", 4, 4), Trend("zebras", 3, 3)]
    slot = ids.now_ms() // 1000 // SLOT_SECONDS
    kept = {f"trends:{slot}:{tag!s}" for tag in redis.zrange(f"trends:{slot}", 0, -1)}
    assert set(redis.scan_iter(f"trends:{slot}:*")) == kept
    assert len(kept) == redis.zcard(f"trends:barks:{slot}") == 20


def test_one_person_brings_in_few_new_tags(
    trends: Trends, redis: Redis, clock: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("barker.stores.trends.NEW", 5)
    trends.count(["dogs"], 2)
    for number in range(0, 30, 3):
        trends.count([f"a{number + one}" for one in range(3)], 1)
    for _ in range(2):
        trends.count(["dogs"], 1)  # which others brought in
    assert trends.top(10) == [Trend("dogs", 2, 3)]
    slot = ids.now_ms() // 1000 // SLOT_SECONDS
    assert set(redis.zrange(f"trends:{slot}", 0, -1)) == {"dogs", *(f"a{number}" for number in range(5))}
    clock(1)
    trends.count(["cats"], 1)
    trends.count(["cats"], 2)
    assert Trend("cats", 2, 2) in trends.top(10)
