"""Who is shown to whom: people as a viewer sees them, without those whom a block parts from her."""

from collections.abc import Sequence

from barker.errors import NotFound, StoreDown
from barker.models import Relation, Seen, User
from barker.stores import Stores


def user_of(stores: Stores, handle: str) -> User:
    """Return the user of a handle. Raises NotFound."""
    user = stores.users.by_handle(handle)
    if user is None:
        raise NotFound(f"There is nobody called {handle.lower()[:30]}.")
    return user


def relations(stores: Stores, viewer: int | None, others: Sequence[int]) -> dict[int, Relation]:
    """Return what is between the viewer and others; nothing for a stranger, or while the graph is down."""
    if viewer is None or not others:
        return {}
    try:
        known = stores.follows.relations(viewer, others)
    except StoreDown:
        return {}
    return {other: known.get(other, Relation()) for other in others}


def people(stores: Stores, viewer: int | None, user_ids: Sequence[int]) -> list[Seen]:
    """Return people in the order of their ids, read in one query each of two stores.

    Who is gone is left out, and who blocks the viewer or is blocked by her.
    """
    found = stores.users.by_ids(user_ids) if user_ids else {}
    there = [user_id for user_id in user_ids if user_id in found]
    you = relations(stores, viewer, there)
    return [Seen(found[one], you.get(one)) for one in there if not (one in you and you[one].parted)]
