"""Passwords: argon2id, computed in real threads, so that no live stream waits for it."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from gevent import get_hub

# OWASP's second profile for argon2id: 19 MiB, two passes; about 22 ms of one core.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hashed(password: str) -> str:
    """Return a salted hash."""
    return str(get_hub().threadpool.apply(_HASHER.hash, (password,)))


def matches(password: str, hash_: str | None) -> bool:
    """Tell whether the password is right; without a hash it takes the same time and is wrong."""
    return bool(get_hub().threadpool.apply(_matches, (password, hash_)))


def _matches(password: str, hash_: str | None) -> bool:
    try:
        return _HASHER.verify(hash_ or _nobodys(), password) and hash_ is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _HASHER.hash("the password of nobody")
