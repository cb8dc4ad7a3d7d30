"""Passwords and keys of secrets: argon2id, computed in real threads, so that no live stream waits for it."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type, hash_secret_raw
from gevent import get_hub

# OWASP's second profile for argon2id: 19 MiB, two passes; about 22 ms of one core.
PASSES, KIBIBYTES, LANES = 2, 19_456, 1
KEY_BYTES = 32
_HASHER = PasswordHasher(PASSES, KIBIBYTES, LANES)


def hashed(password: str) -> str:
    """Return a salted hash."""
    return str(get_hub().threadpool.apply(_HASHER.hash, (password,)))


def matches(password: str, hash_: str | None) -> bool:
    """Tell whether the password is right; without a hash it takes the same time and is wrong."""
    return bool(get_hub().threadpool.apply(_matches, (password, hash_)))


def stretched(secret: bytes, salt: bytes) -> bytes:
    """Return a key of 32 bytes that is as costly to guess as a password."""
    arguments = (secret, salt, PASSES, KIBIBYTES, LANES, KEY_BYTES, Type.ID)
    return bytes(get_hub().threadpool.apply(hash_secret_raw, arguments))


def _matches(password: str, hash_: str | None) -> bool:
    try:
        return _HASHER.verify(hash_ or _nobodys(), password) and hash_ is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _HASHER.hash("the password of nobody")
