"""Opaque cursors: where a page ended, bound to its list, so that none works on another.

One that holds an id alone can be read by whoever wants to. One of a list that is sorted by more, or that may end with
somebody who is not shown, is sealed: it can be neither read nor made up.
"""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from barker.api.context import stores
from barker.errors import Invalid
from barker.ids import MAX_ID

NONCE_BYTES = 12  # as AES-GCM wants it (NIST SP 800-38D)


def of_query(what: str, query: object) -> str:
    """Return the name of a list that a query makes, so that a cursor works for this query alone."""
    return f"{what}:{hashlib.sha256(repr(query).encode()).hexdigest()[:16]}"


def encode(of: str, end: int | tuple[int | str, ...]) -> str:
    """Return the cursor behind where a page of a list ended: an id, or all that the list is sorted by."""
    return _text(json.dumps([of, end]).encode() if isinstance(end, int) else _sealed(of, end))


def decode(of: str, cursor: str | None) -> int:
    """Return below which id the page begins. Raises Invalid for what this list did not hand out."""
    if cursor is None:
        return MAX_ID
    try:
        found_of, end = json.loads(_bytes(cursor))
    except (ValueError, TypeError, RecursionError):
        found_of = end = None
    if found_of != of:
        raise _foreign()
    return _numbers([end], 1)[0]


def decode_ends(of: str, cursor: str | None, number: int) -> tuple[int, ...] | None:
    """Return behind which values, that the list is sorted by, the page begins; None for the first. Raises Invalid."""
    return None if cursor is None else _numbers(_opened(of, cursor), number)


def decode_key(of: str, cursor: str | None, number: int) -> tuple[tuple[int, ...], str] | None:
    """Return the same for a list that is sorted by a text at last. Raises Invalid."""
    if cursor is None:
        return None
    *ends, key = _opened(of, cursor)
    if type(key) is not str:
        raise _foreign()
    return _numbers(ends, number), key


def _sealed(of: str, end: tuple[int | str, ...]) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _cipher().encrypt(nonce, json.dumps(end).encode(), of.encode())


def _opened(of: str, cursor: str) -> list[object]:
    try:
        sealed = _bytes(cursor)
        found: list[object] = json.loads(_cipher().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], of.encode()))
    except (ValueError, InvalidTag):
        raise _foreign() from None
    return found


def _cipher() -> AESGCM:
    return AESGCM(stores().documents.secret("cursors"))


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _numbers(ends: Sequence[object], number: int) -> tuple[int, ...]:
    if len(ends) != number or not all(type(one) is int and 0 <= one <= MAX_ID for one in ends):
        raise _foreign()
    return tuple(ends)  # type: ignore[arg-type]


def _foreign() -> Invalid:
    return Invalid("This cursor is not from this list.", "cursor")


def cut(found_ids: Sequence[int], limit: int) -> int | None:
    """Return below which id the next page begins, where one more was found than a page holds."""
    return found_ids[limit - 1] if len(found_ids) > limit else None
