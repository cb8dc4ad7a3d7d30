"""Finding people by what they say of themselves, and barks by their words and hashtags."""

import re
from collections.abc import Sequence

from barker import words
from barker.actions import feed, seeing
from barker.errors import Invalid, NotFound
from barker.models import QUERY_WORDS_MAX, End, Seen, Shown, Sought
from barker.stores import Stores

HANDLE_PART = re.compile(r"[a-z0-9_]{1,30}")


def sought_of(query: str | None, interest: str | None) -> Sought:
    """Return whom a query is for. Raises Invalid where there is nothing to look for."""
    if query is None and interest is None:
        raise Invalid("Say whom to look for, by q or by interest.", "q")
    folded, by_handle = words.fold(query or ""), (query or "").startswith("@")
    handle = folded.removeprefix("@")
    is_handle = bool(HANDLE_PART.fullmatch(handle))
    if by_handle and not is_handle:
        raise Invalid("A handle has letters from a to z, digits and underscores.", "q")
    found = words.words_of(folded)
    if query is not None and not is_handle:
        _check(found)
    return Sought(tuple(found), handle if is_handle else "", by_handle, words.interest_of(interest or ""))


def keys_of(query: str) -> list[str]:
    """Return what a bark must have to be found. Raises Invalid where there is nothing to look for."""
    keys = words.query_keys(query)
    _check(keys)
    return keys


def _check(found: Sequence[str]) -> None:
    if not found:
        raise Invalid("There is no word in it.", "q")
    if len(found) > QUERY_WORDS_MAX:
        raise Invalid(f"It has {len(found)} words, and may have {QUERY_WORDS_MAX}.", "q")


def tag_key(named: str) -> str:
    """Return what a bark with this hashtag has. Raises NotFound."""
    tag = words.tag_of(named)
    if tag is None:
        raise NotFound("There can be no such hashtag.")
    return f"#{tag}"


def people(
    stores: Stores, viewer: int | None, sought: Sought, after: End | None, limit: int
) -> tuple[list[Seen], End | None]:
    """Return a page of people, the best fit first, and behind whom the next one begins."""
    found, end = stores.people_search.page(sought, after, limit)
    return seeing.people(stores, viewer, found), end


def barks(
    stores: Stores, viewer: int | None, keys: Sequence[str], before: int, limit: int
) -> tuple[list[Shown], int | None]:
    """Return the newest barks that have all of these keys, and below which id the next page begins."""
    found, end = stores.bark_search.page(keys, before, limit)
    return seeing.barks(stores, viewer, feed.hydrate(stores, found)), end
