"""The path from one to another, against a search through all of it in Python."""

import itertools
import random
from collections.abc import Callable, Sequence

import pytest

from barker import ids
from barker.actions import walking
from barker.errors import Invalid, NotFound
from barker.models import User
from barker.stores import Stores
from barker.stores.walks import Step, Walks

NewUser = Callable[..., User]
BLOCK = "MATCH (a:User {id: $a}) MATCH (b:User {id: $b}) CREATE (a)-[:BLOCKS {since: 0}]->(b)"


def chain(stores: Stores, *people: User) -> None:
    """Let each follow the next."""
    stores.follows.add_many([(a.id, b.id) for a, b in itertools.pairwise(people)], 0)


def path(stores: Stores, first: User, last: User) -> list[int]:
    return [seen.user.id for seen in walking.path(stores, first.id, last.handle)]


@pytest.mark.parametrize("seed", range(4))
def test_a_path_is_as_short_as_can_be(stores: Stores, new_user: NewUser, seed: int) -> None:
    draw = random.Random(seed)
    people = [new_user() for _ in range(20)]
    share = draw.choice([0.05, 0.1, 0.2])
    follows = {(a.id, b.id) for a in people for b in people if a != b and draw.random() < share}
    stores.follows.add_many(sorted(follows), 0)
    first = people[0]
    distances, near = {first.id: 0}, {first.id}
    while near:
        near = {b for a, b in follows if a in near} - set(distances)
        distances |= dict.fromkeys(near, max(distances.values()) + 1)
    for last in people[1:]:
        found = path(stores, first, last)
        length = distances.get(last.id, walking.PATH_MOST + 1)
        if length > walking.PATH_MOST:
            assert found == []
        else:
            assert (found[0], found[-1], len(found)) == (first.id, last.id, length + 1)
            assert all(pair in follows for pair in itertools.pairwise(found))


def test_a_path_has_six_follows_and_not_seven(stores: Stores, new_user: NewUser) -> None:
    people = [new_user() for _ in range(8)]
    chain(stores, *people)
    assert path(stores, people[0], people[6]) == [one.id for one in people[:7]]
    assert path(stores, people[0], people[7]) == []
    assert path(stores, people[1], people[0]) == []


def test_a_path_leads_round_whom_a_block_parts_from_me(stores: Stores, new_user: NewUser) -> None:
    ada, bob, cat, dan, eve = (new_user(name) for name in ("ada", "bob", "cat", "dan", "eve"))
    chain(stores, ada, bob, eve)
    chain(stores, ada, cat, dan, eve)
    assert path(stores, ada, eve) == [ada.id, bob.id, eve.id]
    stores.graph.write(BLOCK, a=bob.id, b=ada.id)
    assert path(stores, ada, eve) == [ada.id, cat.id, dan.id, eve.id]
    stores.graph.write(BLOCK, a=ada.id, b=dan.id)
    assert path(stores, ada, eve) == []


def test_no_path_leads_to_whom_a_block_parts_from_me(stores: Stores, new_user: NewUser) -> None:
    ada, bob, eve = new_user("ada"), new_user("bob"), new_user("eve")
    chain(stores, ada, bob, eve)
    stores.graph.write(BLOCK, a=ada.id, b=eve.id)
    stores.graph.write(BLOCK, a=eve.id, b=bob.id)
    for one in (ada, bob):
        with pytest.raises(NotFound):  # as of a handle that nobody has
            path(stores, one, eve)


def test_a_path_leads_round_who_is_gone(stores: Stores, new_user: NewUser) -> None:
    ada, bob, cat, eve = (new_user(name) for name in ("ada", "bob", "cat", "eve"))
    chain(stores, ada, bob, eve)
    stores.documents.collection("users").delete_one({"_id": bob.id})
    assert path(stores, ada, eve) == []
    chain(stores, ada, cat, new_user("dan"), eve)
    assert len(path(stores, ada, eve)) == 4


def test_a_path_to_oneself_or_to_nobody_is_refused(stores: Stores, new_user: NewUser) -> None:
    ada = new_user("ada")
    with pytest.raises(Invalid):
        walking.path(stores, ada.id, ada.handle)
    with pytest.raises(NotFound):
        walking.path(stores, ada.id, "nobody_at_all")


def test_the_search_for_a_hub_goes_on_from_the_other_end_which_costs_less(
    stores: Stores, new_user: NewUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "PATH_EDGES", 200)
    ada, bob, hub = new_user("ada"), new_user("bob"), new_user("hub")
    chain(stores, ada, bob, hub)
    stores.follows.add_many([(ids.new(), hub.id) for _ in range(300)] + [(ada.id, ids.new()) for _ in range(3)], 0)
    steps: list[str] = []
    step = Walks.step

    def noted(self: Walks, of: str, users: Sequence[int], each: int, most: int) -> Step:
        steps.append(of)
        return step(self, of, users, each, most)

    monkeypatch.setattr(Walks, "step", noted)
    assert path(stores, ada, hub) == [ada.id, bob.id, hub.id]
    assert steps == ["following", "following"]


def test_a_walk_past_a_hub_is_bounded_and_says_so(
    stores: Stores, new_user: NewUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, hub = new_user("ada"), new_user("hub")
    stores.follows.add_many([(hub.id, ada.id), *((ids.new(), hub.id) for _ in range(300))], 0)
    whole, is_bounded = walking.within(stores, "followers", ada.id, 2, None, 1_000)
    assert (len(whole), is_bounded) == (301, False)
    monkeypatch.setattr(walking, "EDGES", 50)
    part, is_bounded = walking.within(stores, "followers", ada.id, 2, None, 1_000)
    assert (len(part), is_bounded) == (51, True)
    assert set(part) < set(whole)
    assert len(walking.within(stores, "followers", hub.id, 1, None, 1_000)[0]) == 300
