"""Matches: who shares interests with somebody, and who has others."""

import secrets
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from barker import ids
from barker.actions import matching
from barker.models import Counts, User
from barker.stores import Stores

BLOCK = """
MERGE (a:User {id: $a}) MERGE (b:User {id: $b}) MERGE (a)-[:BLOCKS]->(b)"""
MUTE = """
MERGE (a:User {id: $a}) MERGE (b:User {id: $b}) MERGE (a)-[m:MUTES]->(b) SET m.until = $until"""
Add = Callable[..., User]


@pytest.fixture(autouse=True)
def nobody(stores: Stores) -> None:
    stores.documents.collection("users").delete_many({})
    stores.people_search._counted.clear()


@pytest.fixture
def add(stores: Stores) -> Add:
    def add(*interests: str, followers: int = 0) -> User:
        user = User(ids.new(), f"m_{secrets.token_hex(6)}", interests=interests, counts=Counts(followers=followers))
        assert stores.users.insert(user, "no password")
        return user

    return add


def pages(find: Callable[..., Any], stores: Stores, me: User, limit: int = 40) -> list[tuple[int, Sequence[str]]]:
    found: list[tuple[int, Sequence[str]]] = []
    after: object = None
    while True:
        page, after = find(stores, me, after, limit)
        found += [(one.seen.user.id, one.shared) for one in page]
        if after is None:
            return found


@pytest.mark.parametrize("limit", [1, 2, 40])
def test_who_shares_what_few_have_comes_before_who_shares_what_many_have(stores: Stores, add: Add, limit: int) -> None:
    me = add("Fugue", "Café", "Go")
    crowd = [add("go", "cafe") for _ in range(30)]
    rare = add("FUGUE")
    both = add("fugue", "go", "tea")
    add("tea")
    found = pages(matching.similar, stores, me, limit)
    assert found[:2] == [(both.id, ["Fugue", "Go"]), (rare.id, ["Fugue"])]
    assert found[2:] == [(one.id, ["Café", "Go"]) for one in reversed(crowd)]


@pytest.mark.parametrize("limit", [1, 3, 40])
def test_opposite_are_people_with_interests_and_none_of_mine_the_best_known_first(
    stores: Stores, add: Add, limit: int
) -> None:
    me = add("go", "tea")
    known, new, older = add("cats", followers=900), add("dogs"), add("golf")
    add("GO", "cats")
    add()
    found = pages(matching.opposite, stores, me, limit)
    assert found == [(known.id, []), (older.id, []), (new.id, [])]


@pytest.mark.parametrize("find", [matching.similar, matching.opposite])
def test_whom_i_follow_mute_or_block_is_no_match_nor_who_blocks_me(
    stores: Stores, add: Add, find: Callable[..., Any]
) -> None:
    me = add("go")
    theirs = "go" if find is matching.similar else "tea"
    followed, muted, blocked, blocks, free = (add(theirs) for _ in range(5))
    stores.follows.add(me.id, followed.id, ids.now_ms())
    stores.graph.write(BLOCK, a=me.id, b=blocked.id)
    stores.graph.write(BLOCK, a=blocks.id, b=me.id)
    stores.graph.write(MUTE, a=me.id, b=muted.id, until=ids.now_ms() + 60_000)
    for limit in (1, 40):
        assert [one for one, _ in pages(find, stores, me, limit)] == [free.id]


@pytest.mark.parametrize("find", [matching.similar, matching.opposite])
def test_who_names_no_interest_has_no_matches(stores: Stores, add: Add, find: Callable[..., Any]) -> None:
    me = add()
    add("go")
    assert pages(find, stores, me) == []


def test_of_an_interest_of_very_many_the_best_known_are_looked_at(
    stores: Stores, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "SHARING", 5)
    me = add("go")
    known = [add("go", followers=2**n).id for n in range(10)][-5:]
    assert [one for one, _ in pages(matching.similar, stores, me)] == known[::-1]


def test_who_names_accents_alone_is_like_who_names_none(stores: Stores, add: Add) -> None:
    odd, ada, bob = add("\u0301"), add("\u0301", "tea"), add("tea")
    assert pages(matching.similar, stores, odd) == []
    assert pages(matching.similar, stores, ada) == [(bob.id, ["tea"])]
    assert pages(matching.opposite, stores, add("go")) == [(bob.id, []), (ada.id, [])]


def test_later_pages_weigh_as_the_first_one_did(stores: Stores, add: Add) -> None:
    me = add("tea", "go", *(f"i{number}" for number in range(18)))
    tea, go = [add("tea") for _ in range(2)], [add("go") for _ in range(9)]
    first, end = matching.similar(stores, me, None, 2)
    assert [match.seen.user.id for match in first] == [tea[1].id, tea[0].id]
    for _ in range(40):
        add("tea")
    stores.people_search._counted.clear()  # as in another process
    found: list[int] = []
    while end:
        page, end = matching.similar(stores, me, end, 2)
        found += [match.seen.user.id for match in page]
    assert found == [one.id for one in reversed(go)]


def test_a_crowd_like_me_makes_no_empty_pages_of_opposites(
    stores: Stores, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("barker.stores.people_search.BUDGET", 5)
    me = add("go")
    far = add("tea")
    for _ in range(100):
        add("go")
    page, end = matching.opposite(stores, me, None, 2)
    assert ([match.seen.user.id for match in page], end) == ([far.id], None)
    monkeypatch.setattr(matching, "LOOKS", (1, 2))
    lengths: list[int] = []
    while not lengths or end:
        page, end = matching.opposite(stores, me, end, 2)
        lengths.append(len(page))
    assert lengths == [0, 0, 0, 1]
