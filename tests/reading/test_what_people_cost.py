"""How often the stores are asked for people in the graph: each walk, then all whom it found by one query of each."""

import secrets
from collections import Counter
from collections.abc import Callable

import pytest

from barker import ids
from barker.models import Counts, User
from barker.stores import Stores
from tests.barker_process import Person, wait_for
from tests.faults.tap import round_trips

USERS, FAMOUS, GRAPH = "documents find users", "documents aggregate users", "graph"
NewUser = Callable[..., User]
NewReader = Callable[[], Person]


@pytest.fixture
def bob(stores: Stores, new_user: NewUser, reader: NewReader) -> Person:
    """Somebody who follows 30 people, each of whom follows the same 30 others and ada."""
    bob, circle, others = reader(), [new_user().id for _ in range(30)], [new_user().id for _ in range(30)]
    ada = new_user("ada")
    stores.follows.add_many([(int(bob.user["id"]), one) for one in circle], 0)
    stores.follows.add_many([(one, other) for one in circle for other in (*others, ada.id)], 0)
    bob.user["ada"] = ada.handle
    known(bob)
    return bob


@pytest.mark.parametrize(
    ("path", "walks"),
    [
        ("/v1/users/{ada}/followers?depth=1", 1),
        ("/v1/users/{ada}/followers?depth=2", 2),
        ("/v1/users/{handle}/following?depth=3", 3),
        ("/v1/users/{ada}/mutuals", 1),
        ("/v1/users/{ada}/followers-you-know", 1),
        ("/v1/users/{ada}/path", 3),  # both ends in one query, then a step from either
    ],
)
def test_people_cost_two_calls_beside_the_walk_and_her_name(bob: Person, path: str, walks: int) -> None:
    trips = asked(bob, path.format(**bob.user))
    found = trips.count(USERS)
    assert set(trips) == {USERS, GRAPH}
    assert trips.count(GRAPH) == walks + found  # what is between her and ada, and between her and those shown
    assert found == (1 if path.endswith("mutuals") else 2)  # ada has no mutuals to be shown


def test_suggestions_cost_three_calls(bob: Person) -> None:
    assert asked(bob, "/v1/me/suggestions?limit=20") == [USERS, GRAPH, GRAPH]
    assert asked(bob, "/v1/me/suggestions?limit=1") == [USERS, GRAPH, GRAPH]


def test_suggestions_for_somebody_new_cost_three_or_four_more(stores: Stores, reader: NewReader) -> None:
    eve = reader()
    interest = secrets.token_hex(6)
    stores.users.update(int(eve.user["id"]), {"interests": [interest]})
    fame = Counts(0, 5, 0)
    famous = [User(ids.new(), f"x_{secrets.token_hex(6)}", interests=(interest,), counts=fame) for _ in range(3)]
    stores.users.insert_many(famous, "no password")
    known(eve)
    assert asked(eve, "/v1/me/suggestions?limit=2") == [FAMOUS, *[USERS] * 2, *[GRAPH] * 3]
    assert asked(eve, "/v1/me/suggestions?limit=5") == [*[FAMOUS] * 2, *[USERS] * 2, *[GRAPH] * 3]


def known(person: Person) -> None:
    """Let her token be known, and the queries planned, which takes a busy machine longer than a request may."""
    wait_for(lambda: person.call("GET", "/v1/me/suggestions").status_code == 200, "suggestions")


def asked(person: Person, path: str) -> list[str]:
    """Return what a page asks of the stores, where the driver adds nothing of its own."""
    taps = person.service.taps  # type: ignore[attr-defined]
    trips: Counter[str] = min(
        (Counter(round_trips(taps, lambda: person.get(path))) for _ in range(3)), key=Counter.total
    )
    trips[GRAPH] //= 2  # a query, and the end of its transaction
    return sorted(trips.elements())
