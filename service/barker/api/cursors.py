"""Opaque cursors: where a page ended, bound to its list, so that none works on another."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from barker.errors import Invalid
from barker.ids import MAX_ID


def encode(of: str, last_id: int) -> str:
    """Return the cursor behind an id of a list."""
    return urlsafe_b64encode(json.dumps([of, last_id]).encode()).decode().rstrip("=")


def decode(of: str, cursor: str | None) -> int:
    """Return below which id the page begins. Raises Invalid for what this list did not hand out."""
    if cursor is None:
        return MAX_ID
    try:
        found_of, last_id = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, RecursionError):
        found_of = last_id = None
    if found_of != of or not isinstance(last_id, int) or not 0 <= last_id <= MAX_ID:
        raise Invalid("This cursor is not from this list.", "cursor")
    return last_id


def cut(found_ids: Sequence[int], limit: int) -> int | None:
    """Return below which id the next page begins, where one more was found than a page holds."""
    return found_ids[limit - 1] if len(found_ids) > limit else None
