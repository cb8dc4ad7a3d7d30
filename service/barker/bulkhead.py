"""Calls of what has no time limit of its own: drivers without a read timeout, the resolver of names."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Bulkhead:
    """At most `slots` calls at once of what may hang; each is given up after its limit.

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
