"""Signing up, in and out, and who a token belongs to."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from barker import ids
from barker.actions import passwords, subscribing
from barker.errors import NotFound, NotSignedIn
from barker.models import Session, User
from barker.stores import Stores
from barker.stores.guard import best_effort

SEEN_MS = 24 * 3600 * 1000  # a session is noted as seen once a day: a write less on every request


@dataclass(frozen=True)
class SignedIn:
    """A user, her new session, and its token, which is told once and kept nowhere."""

    user: User
    session: Session
    token: str


@dataclass(frozen=True)
class Caller:
    """Who sends a request, by her token."""

    user_id: int
    session_id: int


def sign_up(stores: Stores, user: User, password: str, device: str) -> SignedIn:
    """Store a new user and sign her in. Raises Conflict if the handle is taken."""
    if stores.users.insert(user, passwords.hashed(password)):
        return _signed_in(stores, user, device)
    return sign_in(stores, user.handle, password, device)  # an attempt that died before it answered, repeated


def sign_in(stores: Stores, handle: str, password: str, device: str) -> SignedIn:
    """Open a session. A wrong password and an unknown handle get the same answer, in the same time."""
    user, hash_ = stores.users.with_password(handle) or (None, None)
    if not passwords.matches(password, hash_) or user is None:
        raise NotSignedIn("The handle or the password is wrong.")
    return _signed_in(stores, user, device)


def _signed_in(stores: Stores, user: User, device: str) -> SignedIn:
    token = secrets.token_urlsafe(32)
    session = Session(ids.new(), user.id, device, ids.now_ms())
    stores.sessions.insert(session, hash_of(token))
    return SignedIn(user, session, token)


def caller_of(stores: Stores, token: str) -> Caller:
    """Return whose token this is. Raises NotSignedIn."""
    hash_ = hash_of(token)
    cached: tuple[int, int] | None = None
    with best_effort("token cache"):
        cached = stores.counters.token(hash_)
    if cached:
        return Caller(session_id=cached[0], user_id=cached[1])
    session = stores.sessions.by_token(hash_)
    if session is None:
        raise NotSignedIn("The token is not alive. Sign in again.")
    if ids.now_ms() - session.seen_ms > SEEN_MS:
        stores.sessions.touch(session.id, ids.now_ms())
    with best_effort("token cache"):
        stores.counters.keep_token(hash_, session.id, session.user_id)
    return Caller(session.user_id, session.id)


def session_of(stores: Stores, caller: Caller, session_id: int) -> Session:
    """Return one of the caller's sessions."""
    session = stores.sessions.by_id(caller.user_id, session_id)
    if session is None:
        raise NotFound("You have no such session.")
    return session


def sign_out(stores: Stores, caller: Caller, session_id: int) -> None:
    """End one of the caller's sessions; its token is dead at once."""
    token = stores.sessions.remove(caller.user_id, session_id)
    if token is None:
        raise NotFound("You have no such session.")
    _drop(stores, [token])
    _unsubscribe(stores, caller)


def sign_out_everywhere(stores: Stores, caller: Caller) -> None:
    """End all sessions of the caller, this one too."""
    _drop(stores, stores.sessions.remove_all(caller.user_id))
    _unsubscribe(stores, caller)


def _unsubscribe(stores: Stores, caller: Caller) -> None:
    # NOTE after the session, which is the truth: before a push, what was left here is looked at again
    with best_effort("push subscriptions"):
        subscribing.living(stores, caller.user_id)


def _drop(stores: Stores, tokens: list[bytes]) -> None:
    # NOTE derived data: while the cache is unreachable, so is what it holds; what it held is gone in minutes
    with best_effort("token cache"):
        stores.counters.drop_tokens(tokens)


def me(stores: Stores, caller: Caller) -> User:
    """Return the caller's own profile."""
    user = stores.users.by_id(caller.user_id)
    if user is None:
        raise NotSignedIn("This account is gone.")
    return user


def change_profile(stores: Stores, caller: Caller, changes: Mapping[str, Any]) -> User:
    """Set the given fields of the caller's profile."""
    changed = stores.users.update(caller.user_id, changes) if changes else None
    return changed or me(stores, caller)


def hash_of(token: str) -> bytes:
    """Return what of a token is stored."""
    # No salt or stretching: 256 random bits cannot be guessed, and the hash is looked up.
    return hashlib.sha256(token.encode()).digest()
