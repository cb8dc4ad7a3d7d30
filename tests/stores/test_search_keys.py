"""Finding people: which keys there are, and which cursors a search takes."""

import secrets

import pytest

from barker import ids
from barker.actions.searching import sought_of
from barker.errors import Invalid
from barker.models import End, User
from barker.stores import Stores
from barker.stores.people_search import interest_keys


def test_a_cursor_that_names_a_foreign_key_is_refused(stores: Stores) -> None:
    for key in ("", "i", "hada", "nb", "password"):
        with pytest.raises(Invalid):
            stores.people_search.page(sought_of("ada", None), End(key, 2, 0, 5, 5), 10)


@pytest.mark.parametrize(
    ("query", "interest", "tier", "lead"),
    [
        ("ada", None, 4, 0),
        ("ada", None, 1, 1),
        ("ada", "tea", 1, 2),
        ("ada b", None, 0, 0),
        ("ada b", None, 3, 0),
        (None, "tea", 2, 0),
        (None, "tea", 0, 0),
        ("@ada", None, ids.MAX_ID, ids.MAX_ID),
    ],
)
def test_a_cursor_of_a_tier_that_is_not_there_is_refused(
    stores: Stores, query: str | None, interest: str | None, tier: int, lead: int
) -> None:
    with pytest.raises(Invalid):
        stores.people_search.page(sought_of(query, interest), End("hada", tier, lead, 5, 5), 10)


@pytest.mark.parametrize(
    ("interests", "folded"),
    [(["\u0301", "\u00b4"], []), (["Tea", "\u0301", "TEA"], ["itea"]), (["\ufdfa" * 4], ["iصلى الله عليه وسلم" * 2])],
    ids=["accents", "tea", "long"],
)
def test_accents_alone_have_no_key_and_long_ones_are_cut(
    stores: Stores, interests: list[str], folded: list[str]
) -> None:
    user = User(ids.new(), f"k_{secrets.token_hex(6)}", interests=tuple(interests))
    assert stores.users.insert(user, "no password")
    found = stores.documents.collection("users").find_one({"_id": user.id}) or {}
    assert [key[:19] for key in found["folded"]] == [key[:19] for key in folded]
    assert all(len(key) <= 41 for key in found["folded"])
    assert [key for key in found["words"] if key.startswith("i")] == [*(["i"] if folded else []), *found["folded"]]
    assert list(interest_keys(interests)) == found["folded"]
