"""Finding people: who is found, in which order, page by page, and how much MongoDB reads for it."""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from barker import ids
from barker.actions.searching import sought_of
from barker.models import Counts, User
from barker.settings import Settings
from barker.stores import Stores, connect, migrations
from barker.stores.people_search import ANY_INTEREST, BUDGET, Part, Span
from barker.words import fold, words_of
from tests.stores.searches import explained, noted, profiled

CROWD = 3_000


@pytest.fixture(scope="module")
def stores(stores_urls: dict[str, str]) -> Iterator[Stores]:
    """The stores, with documents of their own: a search finds whoever is there."""
    apart = {"BARKER_DOCUMENTS_URL": stores_urls["BARKER_DOCUMENTS_URL"].replace("/barker", "/people_search")}
    stores = connect(Settings.read({**stores_urls, **apart}))
    stores.documents.prepare()
    yield stores
    stores.close()


@pytest.fixture(autouse=True)
def nobody(stores: Stores) -> None:
    for name in ("users", "migrations"):
        stores.documents.collection(name).delete_many({})


Crowded = tuple[Stores, list[User]]


@pytest.fixture(scope="module")
def crowded(stores_urls: dict[str, str]) -> Iterator[Crowded]:
    """Very many people, who are looked at alone."""
    apart = {"BARKER_DOCUMENTS_URL": stores_urls["BARKER_DOCUMENTS_URL"].replace("/barker", "/crowd")}
    stores = connect(Settings.read({**stores_urls, **apart, "BARKER_DOCUMENTS_SECONDS": "20"}))
    stores.documents.prepare()
    yield stores, crowd(stores, CROWD)
    stores.close()


Add = Callable[..., User]


@pytest.fixture
def add(stores: Stores) -> Add:
    def add(handle: str, name: str = "", about: str = "", followers: int = 0, interests: Sequence[str] = ()) -> User:
        user = User(ids.new(), handle, name, about, tuple(interests), Counts(0, followers, 0))
        assert stores.users.insert(user, "no password")
        return user

    return add


def pages(stores: Stores, query: str | None, interest: str | None = None, limit: int = 40) -> list[list[int]]:
    found, after = [], None
    while True:
        page, after = stores.people_search.page(sought_of(query, interest), after, limit)
        found.append(page)
        if after is None:
            return found


def handles(stores: Stores, query: str | None, interest: str | None = None, limit: int = 40) -> list[str]:
    people = [one for page in pages(stores, query, interest, limit) for one in page]
    known = stores.users.by_ids(people)
    return [known[one].handle for one in people]


@pytest.mark.parametrize("limit", [1, 2, 3, 40])
def test_the_handle_comes_before_its_beginnings_before_names_before_what_is_said(
    stores: Stores, add: Add, limit: int
) -> None:
    add("zoe", about="I sail with Ada.", followers=900)
    add("yan", name="Countess Ádámka", followers=5)
    add("x_ada", followers=4)
    add("ada_fan", followers=1)
    add("adam", followers=3_000)
    add("ada")
    add("bob", name="Nada")
    assert handles(stores, "Ada", limit=limit) == ["ada", "adam", "ada_fan", "x_ada", "yan", "zoe"]
    assert handles(stores, "@ADA", limit=limit) == ["ada", "adam", "ada_fan"]


def test_case_and_accents_do_not_count(stores: Stores, add: Add) -> None:
    add("jose", name="José Ångström", about="Straße, КОФЕ, ｗｉｄｅ, 東京タワー, हिन्दी")
    for query in ("jose\u0301", "ANGSTROM", "ångström", "STRASSE", "кофе", "wide", "東京", "हिन्दी", "hindi jose"):
        assert handles(stores, query) == ([] if "hindi" in query else ["jose"]), query


def test_all_words_must_match_by_their_beginnings_in_any_order(stores: Stores, add: Add) -> None:
    add("a1", name="Grace Hopper", about="navy")
    add("a2", name="Grace Kelly", about="film")
    assert handles(stores, "hop gra") == ["a1"]
    assert handles(stores, "grace film") == ["a2"]
    assert handles(stores, "grace hopper film") == []
    assert handles(stores, "opper") == []


@pytest.mark.parametrize("query", ["gra.*", "^gra", "gr?ce", "grace~", "$ne grace", "(grace", "gra\\", "{grace:1}"])
def test_what_means_something_elsewhere_is_plain_text(stores: Stores, add: Add, query: str) -> None:
    add("a1", name="grace")
    plain = words_of(query)
    assert handles(stores, query) == (["a1"] if all("grace".startswith(word) for word in plain) else [])


def test_an_interest_alone_and_beside_words(stores: Stores, add: Add) -> None:
    add("a1", name="Ann", interests=["Chess", "Café"], followers=2)
    add("a2", name="Ann", interests=["chess club"], followers=9)
    add("a3", name="Bea", interests=["CHESS"], followers=70)
    assert handles(stores, None, "chess") == ["a3", "a1"]
    assert handles(stores, None, "cafe") == ["a1"]
    assert handles(stores, "ann", "chess") == ["a1"]
    assert handles(stores, "a1", "chess") == ["a1"]
    assert handles(stores, "a2", "chess") == []


def test_a_changed_profile_is_found_by_what_it_says_now(stores: Stores, add: Add) -> None:
    ada = add("ada", name="Ada Byron", about="poems")
    assert stores.users.update(ada.id, {"name": "Ada Lovelace"})
    assert handles(stores, "byron") == []
    assert handles(stores, "lovelace poems") == ["ada"]
    stores.users.set_counts({add("adb", name="Lovelace", followers=3).id: {"followers": 0}, ada.id: {"followers": 8}})
    assert handles(stores, "lovelace") == ["ada", "adb"]


def test_a_profile_that_changes_meanwhile_is_read_again(
    stores: Stores, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = add("ada", name="one", about="two")
    find, calls = stores.users._users.find_one, list[int]()

    def first(*arguments: Any, **more: Any) -> Any:
        found = find(*arguments, **more)
        if not calls:
            calls.append(1)
            stores.users.update(ada.id, {"about": "four"})
        return found

    monkeypatch.setattr(stores.users._users, "find_one", first)
    assert stores.users.update(ada.id, {"name": "three"})
    assert handles(stores, "three four") == ["ada"]


def test_who_was_there_before_is_found_once_the_stores_are_prepared(stores: Stores, add: Add) -> None:
    add("ada", name="Lovelace", followers=7)
    users = stores.documents.collection("users")
    users.update_many({}, {"$unset": {"words": 1, "reach": 1}})
    assert handles(stores, "lovelace") == []
    for _ in range(2):
        list(migrations.run(stores.documents))
    assert handles(stores, "lovelace") == ["ada"]
    users.update_many({}, {"$set": {"words": []}})  # by a process of the version before, today
    list(migrations.run(stores.documents))
    assert handles(stores, "lovelace") == ["ada"]


def crowd(stores: Stores, number: int) -> list[User]:
    """Store people with names from few words, so that many queries fit many."""
    rng = random.Random(7)
    words = ["anna", "anne", "ann", "bob", "bo", "cat", "carl", "dan", "da", "eve"]
    people = [
        User(
            ids.new(),
            f"{rng.choice(words)}_{at}",
            " ".join(rng.sample(words, 2)),
            " ".join(rng.sample(words, 3)),
            tuple(rng.sample(["go", "chess", "tea", "sun"], rng.randrange(3))),
            Counts(0, int(rng.paretovariate(0.7)) - 1, 0),
        )
        for at in range(number)
    ]
    for start in range(0, number, 300):
        stores.users.insert_many(people[start : start + 300], "no password")
    return people


def by_hand(people: list[User], query: str, interest: str | None) -> list[list[int]]:
    """Return who has to be found, in tiers; within a tier the reach has to fall."""
    parts, tiers = words_of(query), []
    for said in ("", "about"):
        texts = {u: f"{u.handle} {u.name} {getattr(u, said, '')}" for u in people}
        fits = [u for u in people if all(any(w.startswith(p) for w in words_of(texts[u])) for p in parts)]
        tiers.append([u.id for u in fits if interest is None or interest in map(fold, u.interests)])
    heads = [u.id for u in people if u.handle.startswith(query) and u.id in tiers[0]] if len(parts) == 1 else []
    named = [one for one in tiers[0] if one not in heads]
    return [heads, named, [one for one in tiers[1] if one not in tiers[0]]]


@pytest.mark.parametrize("interest", [None, "go"])
@pytest.mark.parametrize("query", ["an", "anna", "b", "dan eve", "a b", "cat x"])
def test_pages_hold_everybody_once_in_order(stores: Stores, query: str, interest: str | None) -> None:
    people = crowd(stores, 600)
    tiers = by_hand(people, query, interest)
    found = pages(stores, query, interest, 37)
    flat = [one for page in found for one in page]
    assert sorted(flat) == sorted(one for tier in tiers for one in tier)
    reach = {user.id: user.counts.followers.bit_length() for user in people}
    start = 0
    for tier in tiers:
        part = flat[start : start + len(tier)]
        assert set(part) == set(tier)
        assert [reach[one] for one in part] == sorted((reach[one] for one in part), reverse=True)
        start += len(tier)


def test_a_budget_that_ends_makes_a_short_page_and_loses_nobody(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("barker.stores.people_search.BUDGET", 5)
    people = crowd(stores, 600)
    for query, interest in (("dan eve", None), ("a b", "tea"), ("an", "sun")):
        found = pages(stores, query, interest, 10)
        flat = [one for page in found for one in page]
        assert sorted(flat) == sorted(one for tier in by_hand(people, query, interest) for one in tier)
        assert any(len(page) < 10 for page in found[:-1])


@pytest.mark.parametrize(
    ("query", "interest"),
    [("a", None), ("@a", None), ("an", "go"), ("dan eve", None), ("x", None), ("zzz qqq", None), (None, "chess")],
)
def test_no_page_scans_or_sorts_and_each_is_bounded(
    crowded: Crowded, monkeypatch: pytest.MonkeyPatch, query: str | None, interest: str | None
) -> None:
    stores, _ = crowded
    after = None
    for _ in range(3):
        with monkeypatch.context() as patch:
            pipelines = noted(patch)
            _, after = stores.people_search.page(sought_of(query, interest), after, 40)
        assert len(pipelines) <= 2
        for pipeline in pipelines:
            stages, keys, docs = explained(stores.documents, "users", pipeline)
            assert "IXSCAN" in stages
            assert stages <= {"IXSCAN", "FETCH", "LIMIT", "SKIP", "PROJECTION_SIMPLE", "PROJECTION_DEFAULT", "EOF"}
            assert docs <= 7 * 2 * BUDGET
            assert keys <= 7 * 3 * BUDGET
        if after is None:
            break


@pytest.mark.administers
def test_where_a_budget_ends_is_told_by_the_index_alone(crowded: Crowded) -> None:
    stores, _ = crowded
    part = Part(1, {"reach": {"$gte": 0}, "words": Span.from_("nb").among()}, Span.from_("nb"), {"words": "nobody"})
    ended = part.stages(41, 500)[-1]["$unionWith"]["pipeline"]
    assert len(list(stores.documents.collection("users").aggregate(ended))) == 1
    _, keys, docs = explained(stores.documents, "users", ended)
    assert keys > 500
    assert docs <= 1


@pytest.mark.administers
@pytest.mark.parametrize(("query", "interest"), [("a", None), ("@b", None), (None, "chess")])
def test_what_fits_very_many_costs_a_page_and_no_more(
    crowded: Crowded, query: str | None, interest: str | None
) -> None:
    stores, _ = crowded
    after = None
    for _ in range(5):
        with profiled(stores.documents, "users") as work:
            _, after = stores.people_search.page(sought_of(query, interest), after, 40)
        assert after is not None
        assert work.docs <= 400
        assert work.keys <= 500


def test_without_and_sharing_are_bounded_too(crowded: Crowded, monkeypatch: pytest.MonkeyPatch) -> None:
    stores, people = crowded
    pipelines = noted(monkeypatch)
    found, after = stores.people_search.without(["igo", "itea"], None, 20)
    more, _ = stores.people_search.without(["igo", "itea"], after, 20)
    fits = {user.id for user in people if user.interests and not {"go", "tea"} & set(user.interests)}
    assert len({*found, *more} & fits) == 40
    sharing = stores.people_search.sharing(["igo", "itea"], 200)
    assert len(sharing) <= 400
    assert stores.people_search.numbers(["igo", "inobody"]) == [sum("go" in user.interests for user in people), 0]
    for pipeline in pipelines:
        stages, _, docs = explained(stores.documents, "users", pipeline)
        assert not stages & {"COLLSCAN", "SORT"}
        assert docs <= 4_000
    assert ANY_INTEREST == "i"
