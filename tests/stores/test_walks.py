"""Walks over the graph, against a search through all of it in Python, on graphs small enough for no bound to be met."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, LiteralString

import pytest

from barker import ids
from barker.actions import walking
from barker.errors import StoreDown
from barker.models import Candidate
from barker.stores import Stores, walks
from barker.stores.graph import PREPARE_SECONDS, Graph

MOST = 10_000


@dataclass
class Small:
    """A graph at random, and the answers it must give."""

    seed: int
    people: list[int] = field(default_factory=list)
    follows: set[tuple[int, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        draw = random.Random(self.seed)
        self.people = [ids.new() for _ in range(24)]
        share = draw.choice([0.03, 0.06, 0.12, 0.3])
        self.follows = {(a, b) for a in self.people for b in self.people if a != b and draw.random() < share}

    def next_to(self, of: str, one: int) -> set[int]:
        at = 1 if of == "followers" else 0
        return {pair[1 - at] for pair in self.follows if pair[at] == one}

    def distances(self, of: str, start: int) -> dict[int, int]:
        found, near = {start: 0}, {start}
        while near:
            near = {far for one in near for far in self.next_to(of, one)} - set(found)
            found |= dict.fromkeys(near, max(found.values()) + 1)
        return found

    def suggested(self, me: int) -> Counter[int]:
        mine = self.next_to("following", me)
        counts = Counter(far for one in mine for far in self.next_to("following", one))
        return Counter({one: number for one, number in counts.items() if one not in mine | {me}})


@pytest.fixture(params=[*range(3), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 8))])
def small(request: pytest.FixtureRequest, stores: Stores) -> Iterator[Small]:
    """A graph of its own among all others."""
    small = Small(request.param)
    stores.follows.add_many(sorted(small.follows), 0)
    yield small
    stores.graph.write("MATCH (u:User) WHERE u.id IN $ids DETACH DELETE u", ids=small.people)


@pytest.mark.parametrize("of", ["followers", "following"])
def test_a_step_leads_to_all_and_says_over_whom(stores: Stores, small: Small, of: str) -> None:
    for near in (small.people[:1], small.people[:5], small.people):
        step = stores.walks.step(of, near, MOST, MOST)
        assert set(step.via) == {far for one in near for far in small.next_to(of, one)}
        assert all(far in small.next_to(of, via) and via in near for far, via in step.via.items())
        assert step.whole


@pytest.mark.parametrize("of", ["followers", "following"])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_all_within_some_steps_come_once_nearest_first(stores: Stores, small: Small, of: str, depth: int) -> None:
    for start in small.people[:4]:
        distances = small.distances(of, start)
        expected = [(distance, one) for one, distance in distances.items() if 0 < distance <= depth]
        found: list[walking.Distant] = []
        while page := walking.within(stores, of, start, depth, found[-1] if found else None, 3)[0]:
            found += page
        assert found == sorted(expected, key=lambda end: (end[0], -end[1]))
        assert not walking.within(stores, of, start, depth, None, 3)[1]


def test_who_is_between_two_is_found_page_by_page(
    stores: Stores, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walks, "LOOKED_AT", 5)
    monkeypatch.setattr(walking, "LOOKED_AT", 5)
    for first, second in [(one, one) for one in small.people[:3]] + [(small.people[0], one) for one in small.people]:
        expected = small.next_to("following", first) & small.next_to("followers", second)
        found: list[int] = []
        before: int | None = ids.MAX_ID
        while before:
            page, before = walking.between(stores, first, second, before, 2)
            found += page
        assert found == sorted(expected, reverse=True)


def test_suggestions_are_whom_those_i_follow_follow(stores: Stores, small: Small) -> None:
    for me in small.people:
        found = {one.id: one for one in stores.walks.suggested(me)}
        assert {id_: one.count for id_, one in found.items()} == small.suggested(me)
        for id_, one in found.items():
            between = small.next_to("following", me) & small.next_to("followers", id_)
            assert one.followers == len(small.next_to("followers", id_))
            assert set(one.because) <= between
            assert len(one.because) == len(set(one.because)) == min(walks.NAMES, len(between))


def test_who_is_known_or_parted_or_dismissed_is_not_suggested(stores: Stores) -> None:
    me, friend, *others = (ids.new() for _ in range(9))
    stores.follows.add_many([(me, friend), *((friend, one) for one in (me, *others))], 0)
    followed, blocked, blocking, muted, heard, dismissed, left = others
    stores.follows.add(me, followed, 0)
    edge = "MATCH (a:User {id: $a}) MATCH (b:User {id: $b}) CREATE (a)-[:%s {since: 0, until: $until}]->(b)"
    hour = 3_600_000
    for kind, a, b, until in (
        ("BLOCKS", me, blocked, 0),
        ("BLOCKS", blocking, me, 0),
        ("MUTES", me, muted, ids.now_ms() + hour),
        ("MUTES", me, heard, ids.now_ms() - hour),
    ):
        stores.graph.write(edge % kind, a=a, b=b, until=until)
    for _ in range(2):
        stores.walks.dismiss(me, dismissed, ids.now_ms())
    found = sorted(stores.walks.suggested(me), key=lambda one: one.id)
    assert found == [Candidate(heard, 1, 1, (friend,)), Candidate(left, 1, 1, (friend,))]
    assert stores.walks.known_among(me, others) == set(others) - {heard, left}
    assert stores.walks.ends(me, left) == walks.Ends(2, 1, frozenset({blocked, blocking}))


def test_somebody_the_graph_does_not_know_reaches_nobody(stores: Stores) -> None:
    nobody, ada, bob = ids.new(), ids.new(), ids.new()
    stores.follows.add(bob, ada, 0)
    assert stores.walks.step("followers", [nobody], MOST, MOST) == walks.Step({})
    assert stores.walks.between(nobody, nobody, ids.MAX_ID) == {}
    assert stores.walks.suggested(nobody) == []
    assert stores.walks.known_among(nobody, [ada]) == set()
    assert stores.walks.ends(nobody, ada) == walks.Ends(0, 1, frozenset())
    stores.walks.dismiss(nobody, ada, 0)
    assert stores.walks.known_among(nobody, [ada]) == {ada}


def test_a_step_reads_no_more_of_a_hub_than_it_may_and_says_so(stores: Stores) -> None:
    hub, ada, *others = (ids.new() for _ in range(102))
    stores.follows.add_many([(one, hub) for one in others] + [(others[0], ada)], 0)
    for each, most, number in ((10, MOST, 11), (MOST, 40, 40), (MOST, MOST, 101)):
        step = stores.walks.step("followers", [ada, hub], each, most)
        assert sum(Counter(step.via.values()).values()) in (number, number - 1)  # one may have been met twice
        assert step.whole == (number == 101)


def test_suggestions_read_no_more_than_they_may_and_ask_who_follows_few_first(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    me, picky, hub, gem, *others = (ids.new() for _ in range(104))
    stores.follows.add_many([(me, picky), (me, hub), (picky, gem)] + [(hub, one) for one in others], 0)
    monkeypatch.setattr(walks, "EDGES", 30)
    found = stores.walks.suggested(me)
    assert len(found) == 30
    assert gem in {one.id for one in found}
    monkeypatch.setattr(walks, "EDGES", MOST)
    monkeypatch.setattr(walks, "EACH", 20)
    assert len(stores.walks.suggested(me)) == 21


def test_preparing_asks_for_suggestions_as_people_do_and_goes_on_without(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, float, dict[str, type]]] = []
    read = Graph.read

    def noting(self: Graph, query: LiteralString, seconds: float = 0, **parameters: Any) -> list[dict[str, Any]]:
        if query != walks.SUGGESTED:
            return read(self, query, seconds, **parameters)
        asked.append((query, seconds, {name: type(one) for name, one in parameters.items()}))
        if seconds:
            raise StoreDown("graph")
        return read(self, query, seconds, **parameters)

    monkeypatch.setattr(Graph, "read", noting)
    stores.prepare()
    assert stores.walks.suggested(ids.new()) == []
    prepared, usual = asked
    assert (prepared[0], prepared[2]) == (usual[0], usual[2])  # else Neo4j plans it anew
    assert prepared[1] == PREPARE_SECONDS
