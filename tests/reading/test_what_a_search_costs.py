"""How often the stores are asked for a page of a search, however many it shows."""

import secrets

import pytest

from barker import ids
from barker.models import User
from barker.stores import Stores
from tests.actions.readers import bark
from tests.barker_process import Person
from tests.faults.tap import round_trips
from tests.reading.test_what_a_page_costs import NewReader, NewUser, usual

PEOPLE, BARKS, LIKES = "documents find users", "documents find barks", "documents find likes"
FOUND_PEOPLE, FOUND_BARKS = "documents aggregate users", "documents aggregate barks"
RELATIONS = "graph"
pytestmark = pytest.mark.usefixtures("asked")


@pytest.fixture
def word(stores: Stores, new_user: NewUser) -> str:
    """A word that thirty people have in their names, and have barked."""
    word = "".join(chr(ord("a") + byte % 26) for byte in secrets.token_bytes(12))
    for _ in range(30):
        user = User(ids.new(), f"w_{secrets.token_hex(6)}", word, interests=(word,))
        assert stores.users.insert(user, "no password")
        bark(stores, user, f"{word} again #{word}", fan_out=False)
    return word


def trips(person: Person, path: str) -> list[str]:
    def read() -> None:
        assert len(person.get(path)["items"]) == 20

    return round_trips(person.service.taps, read)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("path", "calls"),
    [
        ("/v1/users?q={}", [FOUND_PEOPLE, PEOPLE]),
        ("/v1/users?q={}&interest={}", [FOUND_PEOPLE, FOUND_PEOPLE, PEOPLE]),
        ("/v1/users?interest={}", [FOUND_PEOPLE, PEOPLE]),
        ("/v1/barks?q={}", [FOUND_BARKS, BARKS, PEOPLE]),
        ("/v1/barks?q={}+again", [FOUND_BARKS, FOUND_BARKS, BARKS, PEOPLE]),
        ("/v1/tags/{}?", [FOUND_BARKS, BARKS, PEOPLE]),
    ],
)
def test_a_page_costs_the_same_few_calls_however_much_it_shows(
    reader: NewReader, word: str, path: str, calls: list[str]
) -> None:
    person = reader()
    person.get("/v1/me")  # her token is known
    found = usual(lambda: trips(person, path.format(word, word) + "&limit=20"))
    graph = [call for call in found if call.startswith(RELATIONS)]
    assert [call for call in found if not call.startswith(RELATIONS)] == calls
    assert 0 < len(graph) <= 3  # one query: what it takes the driver to begin, run and end it
