"""Opaque cursors: where a page ended, bound to its list, so that none works on another."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from barker.errors import Invalid
from barker.ids import MAX_ID

KEY_MAX = 60  # characters of a text that a list is sorted by


def of_query(what: str, query: object) -> str:
    """Return the name of a list that a query makes, so that a cursor works for this query alone."""
    return f"{what}:{hashlib.sha256(repr(query).encode()).hexdigest()[:16]}"


def encode(of: str, end: int | tuple[int | str, ...]) -> str:
    """Return the cursor behind where a page of a list ended: an id, or all that the list is sorted by."""
    return urlsafe_b64encode(json.dumps([of, end]).encode()).decode().rstrip("=")


def decode(of: str, cursor: str | None) -> int:
    """Return below which id the page begins. Raises Invalid for what this list did not hand out."""
    return MAX_ID if cursor is None else _ends(of, cursor, 1)[0]


def decode_ends(of: str, cursor: str | None, number: int) -> tuple[int, ...] | None:
    """Return behind which values, that the list is sorted by, the page begins; None for the first. Raises Invalid."""
    return None if cursor is None else _ends(of, cursor, number)


def decode_key(of: str, cursor: str | None, number: int) -> tuple[tuple[int, ...], str] | None:
    """Return the same for a list that is sorted by a text at last. Raises Invalid."""
    if cursor is None:
        return None
    *ends, key = _parsed(of, cursor)
    if type(key) is not str or not key.isprintable() or len(key) > KEY_MAX:
        raise _foreign()
    return _numbers(ends, number), key


def _ends(of: str, cursor: str, number: int) -> tuple[int, ...]:
    return _numbers(_parsed(of, cursor), number)


def _parsed(of: str, cursor: str) -> list[object]:
    try:
        found_of, end = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, RecursionError):
        found_of = end = None
    if found_of != of or end == []:
        raise _foreign()
    return end if isinstance(end, list) else [end]


def _numbers(ends: Sequence[object], number: int) -> tuple[int, ...]:
    if len(ends) != number or not all(type(one) is int and 0 <= one <= MAX_ID for one in ends):
        raise _foreign()
    return tuple(ends)  # type: ignore[arg-type]


def _foreign() -> Invalid:
    return Invalid("This cursor is not from this list.", "cursor")


def cut(found_ids: Sequence[int], limit: int) -> int | None:
    """Return below which id the next page begins, where one more was found than a page holds."""
    return found_ids[limit - 1] if len(found_ids) > limit else None
