"""What a process read in the last moments: bounded, and never older than promised."""

import time
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Things kept in the process for some seconds, which end all at once.

    So a page whose things have ended is read again in one go, not one by one, and looking something up is a look
    into a dict, which threads and greenlets may share.
    """

    def __init__(self, seconds: float, most: int) -> None:
        self._seconds, self._most = seconds, most
        self.before: dict[K, V] = {}  # what ended last: where a thing turns out unchanged, so is what was made of it
        self._known: dict[K, V] = {}
        self._until = 0.0

    def known(self) -> dict[K, V]:
        """Return what is known now. Put into this very dict only what you read after this call: so it ends in time."""
        if time.monotonic() >= self._until or len(self._known) >= self._most:
            self.before, self._known, self._until = self._known, {}, time.monotonic() + self._seconds
        return self._known

    def forget(self, key: K) -> None:
        """Forget one thing; who is just reading it may still put in what it was."""
        self._known.pop(key, None)
        self.before.pop(key, None)

    def clear(self) -> None:
        """Forget everything; what others are still reading goes nowhere."""
        self.before, self._known, self._until = {}, {}, time.monotonic() + self._seconds
