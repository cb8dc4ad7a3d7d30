"""Redis, what may be lost at any time: the cache of tokens, and the counts behind rate limits.

token:<hash>  string  "<session>:<user>"  TOKEN_SECONDS: so long a cached token works while MongoDB is down
token:<hash>  string  ""                  TOKEN_SECONDS: revoked; who read it from MongoDB just before cannot cache it
limit/…       string  the windows of the library `limits`
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from limits import RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from barker.errors import StoreDown
from barker.stores import functions
from barker.stores.facts import Facts, of_redis
from barker.stores.guard import guarded
from barker.stores.redis_client import connect
from barker.stores.tokens import KnownTokens

STORE = "places"
TOKEN_SECONDS = 300
AWAY_SECONDS = 1.0

guard = guarded(STORE, RedisError)
Call = TypeVar("Call", bound=Callable[..., Any])


@dataclass(frozen=True)
class Usage:
    """Where a caller stands against a limit. `reset_seconds` is when the window has moved on."""

    allowed: bool
    limit: int
    remaining: int
    reset_seconds: int


def _asked(call: Call) -> Call:
    """Leave a server alone for a moment after it did not answer: every request asks it, and would wait."""

    @wraps(call)
    def ask(self: "Counters", *arguments: Any) -> Any:
        if time.monotonic() < self.away_until:
            raise StoreDown(STORE)
        try:
            return call(self, *arguments)
        except StoreDown as error:
            if isinstance(error.__cause__, RedisConnectionError | RedisTimeoutError):
                self.away_until = time.monotonic() + AWAY_SECONDS
            raise

    return cast(Call, ask)


class Counters:
    """Tokens and limits, in the Redis of places."""

    def __init__(self, url: str, seconds: float) -> None:
        self._redis = connect(url, seconds)
        self.tokens = KnownTokens(url, seconds)
        self.away_until = 0.0
        storage = RedisStorage(url, self._redis.connection_pool, key_prefix="limit")
        self._limiter = SlidingWindowCounterRateLimiter(storage)

    @guard
    def ping(self) -> None:
        """Ask for an answer."""
        self._redis.ping()

    def token(self, token: bytes) -> tuple[int, int] | None:
        """Return the session and the user of a token's hash, if they are cached, here or in Redis."""
        known = self.tokens.known()
        return known.get(token) or self._cached_token(token, known)

    @_asked
    @guard
    def _cached_token(self, token: bytes, known: dict[bytes, tuple[int, int]]) -> tuple[int, int] | None:
        session, _, user = str(self._redis.get(_key(token)) or "").partition(":")
        if not session:
            return None
        found = known[token] = int(session), int(user)
        return found

    @_asked
    @guard
    def keep_token(self, token: bytes, session_id: int, user_id: int) -> None:
        """Cache whose token this is, unless it was revoked meanwhile."""
        self._redis.set(_key(token), f"{session_id}:{user_id}", ex=TOKEN_SECONDS, nx=True)

    @guard
    def drop_tokens(self, tokens: list[bytes]) -> None:
        """Forget tokens that were revoked, first here, then in every process: none shall read them here again."""
        with self._redis.pipeline(transaction=False) as pipe:
            for token in tokens:
                pipe.set(_key(token), "", ex=TOKEN_SECONDS)
            pipe.execute()
        self.tokens.revoked(tokens)

    @_asked
    @guard
    def hit(self, route: str, caller: str, limit: int, seconds: int) -> Usage:
        """Count one call against a limit of so many in so many seconds."""
        item = RateLimitItemPerSecond(limit, seconds)
        allowed = self._limiter.hit(item, route, caller)
        window = self._limiter.get_window_stats(item, route, caller)
        # In the first millisecond of a window the library says that it ends now.
        reset = round(window.reset_time - time.time())
        return Usage(allowed, limit, window.remaining, reset if reset > 0 else seconds)

    @guard
    def facts(self) -> Facts:
        """Tell what there is to know of the server of places, tokens and limits."""
        # It keeps nothing on disk: what it lost by a restart is loaded by the first call that needs it.
        return of_redis(self._redis, functions.PLACES, forgets=True)

    def close(self) -> None:
        """Close all connections."""
        self.tokens.close()
        self._redis.close()


def _key(token: bytes) -> str:
    return f"token:{token.hex()}"
