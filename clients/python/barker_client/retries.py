"""When a call is made again: only where that can do no harm, after a pause, and a limited number of times."""

import random
from dataclasses import dataclass

from barker_client.errors import BarkerError, Conflict, TooMany, TryLater

TRIES = 5
FIRST_SECONDS, LONGEST_SECONDS = 0.25, 8.0
KEY_HEADER = "Idempotency-Key"


def backoff(attempt: int, longest: float = LONGEST_SECONDS) -> float:
    """Return how long to wait after so many failures: longer each time, and never all clients at once."""
    return float(min(longest, FIRST_SECONDS * 2 ** min(attempt - 1, 30)) * random.uniform(0.5, 1))  # noqa: S311


@dataclass(frozen=True)
class Retries:
    """How often a call is made, and for how many seconds altogether it is made again."""

    tries: int = TRIES
    patience: float = 60.0

    def pause(self, error: BarkerError, method: str, attempt: int, passed: float) -> float | None:
        """Return how long to wait before the next try, None to give up."""
        if attempt >= self.tries or not _may_repeat(error, method):
            return None
        asked = error.retry_after if isinstance(error, TryLater) else None
        pause = max(asked or 0.0, backoff(attempt))
        return pause if passed + pause <= self.patience else None


def _may_repeat(error: BarkerError, method: str) -> bool:
    """Tell whether to ask again. What was refused by a limit has not been done; else a PATCH may undo a later one."""
    if isinstance(error, TooMany):
        return True
    if isinstance(error, Conflict):  # our own first try is still at it
        return KEY_HEADER in error.fields
    return isinstance(error, TryLater) and method != "PATCH"
