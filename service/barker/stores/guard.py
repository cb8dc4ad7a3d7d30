"""The door of every store: a time limit on each call, and no driver's error beyond it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

import structlog

from barker import spans
from barker.errors import StoreDown
from barker.metrics import counts

log = structlog.get_logger()
P = ParamSpec("P")
R = TypeVar("R")

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


def guarded(store: str, *errors: type[Exception]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return what puts a store's door before a function."""

    def guard(function: Callable[P, R]) -> Callable[P, R]:
        name = function.__name__

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            with spans.call(store, name), door(store, *errors):
                return function(*args, **kwargs)

        return call

    return guard


@contextmanager
def door(store: str, *errors: type[Exception]) -> Iterator[None]:
    """Count and time a call, and turn a driver's errors into StoreDown; the true error goes to the log as its cause."""
    began = time.perf_counter()
    failed = False
    try:
        yield
    except errors as error:
        failed = True
        words = f"{type(error).__name__}: {error}"
        reason = _reason(words)
        counts.STORE_FAILURES.labels(store, reason).inc()
        spans.fail(reason)
        log.warning("store_down", store=store, reason=reason, error=words[:300])
        raise StoreDown(store, reason) from error
    finally:
        counts.store_call(store, failed, time.perf_counter() - began)


def _reason(words: str) -> str:
    return next((reason for sign, reason in SIGNS if sign in words), "failed")


@contextmanager
def best_effort(what: str) -> Iterator[None]:
    """Go on when a store is down: what is done here is derived, and can be made again."""
    try:
        yield
    except StoreDown as error:
        log.warning("left_for_later", what=what, store=error.store)
