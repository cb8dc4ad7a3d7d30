"""The door of every store: a time limit on each call, and no driver's error beyond it."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, TypeVar

import structlog

from barker.errors import StoreDown
from barker.metrics import counts

log = structlog.get_logger()
T = TypeVar("T")

# What is the matter with a store, by what its driver says; the first sign that is found counts.
SIGNS = (
    ("OutOfMemory", "full"),  # maxmemory is reached, and nothing may be dropped
    ("OOM command", "full"),
    ("MISCONF", "disk"),  # it cannot write to its disk
    ("BusyLoading", "loading"),
    ("LOADING", "loading"),
    ("ReadOnly", "readonly"),  # a replica, or a primary that was one until now
    ("READONLY", "readonly"),
    ("refused", "away"),
    ("Timeout", "silent"),
    ("timed out", "silent"),
    ("Connect", "away"),
    ("ServiceUnavailable", "away"),
    ("reset by peer", "away"),
)


@contextmanager
def guarded(store: str, *errors: type[Exception]) -> Iterator[None]:
    """Turn a driver's errors into StoreDown; the true error goes to the log as its cause."""
    try:
        yield
    except errors as error:
        words = f"{type(error).__name__}: {error}"
        reason = _reason(words)
        counts.STORE_FAILURES.labels(store, reason).inc()
        log.warning("store_down", store=store, reason=reason, error=words[:300])
        raise StoreDown(store, reason) from error


def _reason(words: str) -> str:
    return next((reason for sign, reason in SIGNS if sign in words), "failed")


@contextmanager
def best_effort(what: str) -> Iterator[None]:
    """Go on when a store is down: what is done here is derived, and can be made again."""
    try:
        yield
    except StoreDown as error:
        log.warning("left_for_later", what=what, store=error.store)


class Bulkhead:
    """At most `slots` calls at once of a driver that has no read timeout; each is given up after its limit.

    A call runs in a thread of its own (a greenlet under gevent). One that hangs keeps its slot until its
    socket dies, so a silent server costs slots, never a caller's time. Daemon threads: exit does not wait.
    """

    def __init__(self, slots: int) -> None:
        self._slots = threading.BoundedSemaphore(slots)

    def run(self, call: Callable[[], T], seconds: float) -> T:
        """Return what `call` returns. Raises TimeoutError when it takes longer, or no slot is free so long."""
        return self.start(call, seconds).result(seconds)

    def start(self, call: Callable[[], T], seconds: float) -> Future[T]:
        """Begin a call and return at once, unless every slot is taken for so long: then TimeoutError."""
        if not self._slots.acquire(timeout=seconds):
            raise TimeoutError("every slot is taken")
        result: Future[T] = Future()
        threading.Thread(target=self._fill, args=(result, call), daemon=True).start()
        return result

    def _fill(self, result: Future[Any], call: Callable[[], Any]) -> None:
        try:
            result.set_result(call())
        except Exception as error:
            result.set_exception(error)
        finally:
            self._slots.release()
