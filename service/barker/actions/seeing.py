"""Who is shown to whom: people and barks as a viewer sees them.

A block parts two people: neither is shown to the other, in no list and by no look, but for one thing: who blocks
may look at the profile of whom she blocks, to end it. A mute hides barks and notifications of one from the other, who
may still look.
"""

from collections.abc import Mapping, Sequence

from barker.actions import feed
from barker.errors import NotFound, StoreDown
from barker.models import Relation, Seen, Shown, User
from barker.stores import Stores


def user_of(stores: Stores, handle: str) -> User:
    """Return the user of a handle. Raises NotFound."""
    user = stores.users.by_handle(handle)
    if user is None:
        raise nobody(handle)
    return user


def nobody(handle: str) -> NotFound:
    """Return the refusal of a handle that nobody has, or nobody whom the caller may see."""
    return NotFound(f"There is nobody called {handle.lower()[:30]}.")


def somebody(stores: Stores, viewer: int | None, handle: str, *, blocked: bool = False) -> Seen:
    """Return the user of a handle as the viewer may see her. Raises NotFound, also if a block parts the two.

    With `blocked`, one whom the viewer blocks is returned.
    """
    user = user_of(stores, handle)
    you = relations(stores, viewer, [user.id])
    if user.id in _hidden(stores, viewer, [user.id], you) and not (blocked and you and you[user.id].blocks):
        raise nobody(handle)
    return Seen(user, you.get(user.id))


def relations(stores: Stores, viewer: int | None, others: Sequence[int]) -> dict[int, Relation]:
    """Return what is between the viewer and others; nothing for a stranger, or while the graph is down."""
    if viewer is None or not others:
        return {}
    try:
        known = stores.follows.relations(viewer, others)
    except StoreDown:
        return {}
    return {other: known.get(other, Relation()) for other in others}


def parted(stores: Stores, viewer: int | None, others: Sequence[int]) -> set[int]:
    """Return those among others whom a block parts from the viewer, also while the graph is down."""
    return _hidden(stores, viewer, others, relations(stores, viewer, others))


def people(stores: Stores, viewer: int | None, user_ids: Sequence[int]) -> list[Seen]:
    """Return people in the order of their ids, read in one query each of two stores.

    Who is gone is left out, and whom a block parts from the viewer.
    """
    found = stores.users.by_ids(user_ids) if user_ids else {}
    there = [user_id for user_id in user_ids if user_id in found]
    you = relations(stores, viewer, there)
    hidden = _hidden(stores, viewer, there, you)
    return [Seen(found[one], you.get(one)) for one in there if one not in hidden]


def whom_she_hides(stores: Stores, viewer: int, user_ids: Sequence[int]) -> list[Seen]:
    """Return people in the order of their ids, also those whom she blocks: for the lists of those."""
    found = stores.users.by_ids(user_ids) if user_ids else {}
    you = relations(stores, viewer, user_ids)
    hidden = {one for one in you if you[one].blocked_by and not you[one].blocks}
    return [Seen(found[one], you.get(one)) for one in user_ids if one in found and one not in hidden]


def barks(stores: Stores, viewer: int | None, shown: Sequence[Shown]) -> list[Shown]:
    """Leave out barks of authors whom a block parts from the viewer, or whom she mutes."""
    authors = list({one.author.id for one in shown} - {viewer})
    you = relations(stores, viewer, authors)
    hidden = _hidden(stores, viewer, authors, you) | {one for one in you if you[one].mutes}
    return [one for one in shown if one.author.id not in hidden]


def bark_of(stores: Stores, viewer: int | None, bark_id: int) -> Shown:
    """Return a bark with its author. Raises NotFound, also if a block parts the author from the viewer."""
    for shown in feed.hydrate(stores, [bark_id]):
        author = shown.author.id
        if author == viewer or not parted(stores, viewer, [author]):
            return shown
    raise NotFound("There is no such bark.")


def _hidden(stores: Stores, viewer: int | None, others: Sequence[int], you: Mapping[int, Relation]) -> set[int]:
    if you or viewer is None or not others:
        return {one for one in you if you[one].parted}
    return stores.parted.among(viewer, others)
