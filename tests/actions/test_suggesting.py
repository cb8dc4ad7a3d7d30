"""Whom to follow: who is suggested to whom, page by page."""

import secrets
from collections.abc import Callable

import pytest

from barker import ids
from barker.actions import suggesting
from barker.errors import Invalid, NotFound
from barker.models import Candidate, Counts, User
from barker.stores import Stores

NewUser = Callable[..., User]


def famous(stores: Stores, followers: int, *interests: str) -> User:
    """Make somebody whom so many follow, as her profile says."""
    name = f"famous_{secrets.token_hex(6)}"
    user = User(ids.new(), name, name, interests=interests, counts=Counts(0, followers, 0))
    stores.users.insert_many([user], "no password")
    return user


def all_pages(stores: Stores, me: User, limit: int, most: int) -> list[tuple[int, int]]:
    """Return ids and counts of the first suggestions, read page by page."""
    found: list[tuple[int, int]] = []
    after: suggesting.End | None = None
    for _ in range(most):
        page, after = suggesting.suggestions(stores, me.id, after, limit)
        found += [(one.seen.user.id, one.count) for one in page]
        if after is None or len(found) >= most:
            break
    return found


@pytest.fixture
def me(stores: Stores) -> User:
    """Somebody with two interests that nobody else has."""
    return famous(stores, 0, *(f"interest {secrets.token_hex(6)}" for _ in range(2)))


def test_those_followed_by_most_of_those_i_follow_come_first_with_their_names(
    stores: Stores, new_user: NewUser, me: User
) -> None:
    friends, known, less_known = [new_user() for _ in range(5)], new_user(), new_user()
    stores.follows.add_many([(me.id, one.id) for one in friends], 0)
    stores.follows.add_many([(one.id, known.id) for one in friends] + [(friends[0].id, less_known.id)], 0)
    first, second = suggesting.suggestions(stores, me.id, None, 2)[0]
    assert (first.seen.user.id, first.count, len(first.because)) == (known.id, 5, 3)
    assert {seen.user.id for seen in first.because} <= {one.id for one in friends}
    assert (second.seen.user.id, second.count) == (less_known.id, 1)
    assert [seen.user.id for seen in second.because] == [friends[0].id]
    assert second.because[0].you
    assert second.because[0].you.follows


def test_who_is_followed_by_everybody_counts_less() -> None:
    of_few, of_all = Candidate(1, 3, 20), Candidate(2, 4, 50_000)
    assert suggesting.rank(of_few) > suggesting.rank(of_all)
    assert suggesting.rank(Candidate(1, 3, 20)) < suggesting.rank(Candidate(2, 4, 20))


def test_somebody_new_is_suggested_the_well_followed_who_share_interests(stores: Stores, me: User) -> None:
    chess, tea = me.interests
    sharing = [famous(stores, number, *of) for number, of in ((7, [chess]), (5, [tea, chess]), (5, [tea]), (2, [tea]))]
    famous(stores, 0, chess)  # whom nobody follows
    others = [famous(stores, 1_000_000 - number, "cats") for number in range(2)]
    expected = [sharing[0], sharing[2], sharing[1], sharing[3], *others]
    for limit in (1, 3, 6):
        assert all_pages(stores, me, limit, 6)[:6] == [(one.id, 0) for one in expected]


def test_case_and_accents_of_interests_do_not_count(stores: Stores) -> None:
    name = secrets.token_hex(6)
    me = famous(stores, 0, f"Caf\u00e9 {name}", f"JazZ {name}")
    sharing = [famous(stores, 9, f"cafe {name}"), famous(stores, 8, f"jazz {name}")]
    assert all_pages(stores, me, 2, 2) == [(one.id, 0) for one in sharing]


def test_very_many_who_share_my_interests_are_looked_past_a_stretch_a_page(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggesting, "LOOKS", (2, 5))
    interest = secrets.token_hex(6)
    me = famous(stores, 0, interest)
    far = famous(stores, 5_000_000, "cats")  # whom more follow than anybody else here but the crowd
    crowd = [famous(stores, 6_000_000 + number, interest) for number in range(20)]
    begin = (suggesting.LACKING, ids.MAX_ID, ids.MAX_ID)
    lengths: list[int] = []
    found: list[int] = []
    end: suggesting.End | None = begin
    while not found:
        page, end = suggesting.suggestions(stores, me.id, end, 1)
        found += [one.seen.user.id for one in page]
        lengths.append(len(page))
        assert end
    assert (found, lengths) == ([far.id], [0, 0, 1])
    stores.documents.collection("users").delete_many({"_id": {"$in": [one.id for one in (far, *crowd)]}})


def test_an_end_of_no_source_is_refused(stores: Stores, me: User) -> None:
    with pytest.raises(Invalid):
        suggesting.suggestions(stores, me.id, (3, 5, 5), 10)


def test_nobody_is_suggested_twice_or_though_she_is_known(stores: Stores, new_user: NewUser, me: User) -> None:
    friend, circle = new_user(), [famous(stores, 90 + number, me.interests[0]) for number in range(3)]
    followed, dismissed, left = (famous(stores, 50 - number, me.interests[0]) for number in range(3))
    stores.follows.add_many([(me.id, friend.id), (me.id, followed.id)], 0)
    stores.follows.add_many([(friend.id, one.id) for one in circle], 0)
    for _ in range(2):
        suggesting.dismiss(stores, me.id, dismissed.handle)
    suggesting.dismiss(stores, me.id, circle[0].handle)
    for limit in (1, 2, 40):
        found = all_pages(stores, me, limit, 20)
        assert found[:3] == [(circle[2].id, 1), (circle[1].id, 1), (left.id, 0)]
        assert len(set(found)) == len(found)
        assert not {me.id, friend.id, followed.id, dismissed.id, circle[0].id} & {id_ for id_, _ in found}


def test_who_is_gone_leaves_no_hole_and_ends_no_list(stores: Stores, new_user: NewUser, me: User) -> None:
    friend, others = new_user(), [new_user() for _ in range(4)]
    stores.follows.add_many([(me.id, friend.id), *((friend.id, one.id) for one in others)], 0)
    for one in others[1:]:
        stores.documents.collection("users").delete_one({"_id": one.id})
    first, end = suggesting.suggestions(stores, me.id, None, 2)
    assert (first, end is None) == ([], False)
    second, _ = suggesting.suggestions(stores, me.id, end, 2)
    assert [one.seen.user.id for one in second] == [others[0].id]


def test_nobody_dismisses_herself_or_nobody(stores: Stores, me: User) -> None:
    with pytest.raises(Invalid):
        suggesting.dismiss(stores, me.id, me.handle)
    with pytest.raises(NotFound):
        suggesting.dismiss(stores, me.id, "nobody_at_all")
