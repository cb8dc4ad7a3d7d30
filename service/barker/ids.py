"""Time-ordered 63-bit ids, made without coordination.

The upper 41 bits are milliseconds since EPOCH_MS, the lower 22 start at random in each millisecond and
count up. Two processes may meet on the same id once in a long while: the unique `_id` index is the judge,
and who inserts retries. EPOCH_MS is chosen so that every id from 2024 to 2085 has 19 digits: as text they
compare as they do as numbers, which Redis' Lua and JavaScript need.
"""

import secrets
import threading
import time
from collections.abc import Callable

EPOCH_MS = 1_451_606_400_000  # 2016-01-01T00:00:00Z
LOW_BITS = 22
MAX_ID = 2**63 - 1
WIDTH = 19  # digits


def at(ms: int) -> int:
    """Return the smallest id that can be made at this time (Unix milliseconds)."""
    return max(ms - EPOCH_MS, 0) << LOW_BITS


def ms_of(id_: int) -> int:
    """Return when an id was made, in Unix milliseconds."""
    return (id_ >> LOW_BITS) + EPOCH_MS


def now_ms() -> int:
    """Return the time, in Unix milliseconds."""
    return time.time_ns() // 1_000_000


def _maker() -> Callable[[], int]:
    lock = threading.Lock()
    last = 0

    def new() -> int:
        """Return a new id: rising within the process, also when its clock is set back."""
        nonlocal last
        # Half of the low bits start at random: two million ids fit before a millisecond is used up, and
        # then the next one is borrowed.
        fresh = at(now_ms()) | secrets.randbelow(1 << (LOW_BITS - 1))
        with lock:
            last = fresh if fresh >> LOW_BITS > last >> LOW_BITS else last + 1
            return last

    return new


new = _maker()
