"""When is all done that was begun? When no intent is open, no job waits, and it stays so."""

import time
from collections.abc import Callable
from typing import Any

from redis import Redis

from barker import ids
from barker.errors import StoreDown
from barker.stores import Stores

QUIET_SECONDS = 20.0  # longer than from one sweep of a worker to the next: it may find something to do again
FAR_MS = 10 * 24 * 3600 * 1000  # by then everything that is pending is overdue
SOON_MS = 300_000  # jobs for later than that are there to be late: a prune an hour after its unfollow
LIMIT = 100_000
LOOK_SECONDS = 0.5


def left_to_do(stores: Stores, redis: "Redis[Any] | Redis") -> dict[str, int]:  # type: ignore[type-arg]
    """Return what is not done yet, by kind; nothing if all is."""
    far = ids.now_ms() + FAR_MS
    left = {
        "barks to fan out": len(stores.barks.overdue(far, LIMIT)),
        "follows to settle": len(stores.unsettled.overdue(far, LIMIT)),
        "jobs in lanes": sum(int(redis.xlen(lane)) for lane in redis.scan_iter("{jobs}:lane:*")),
        "jobs for later": int(redis.zcount("{jobs}:later", "-inf", ids.now_ms() + SOON_MS)),
    }
    return {what: number for what, number in left.items() if number}


def settle(left: Callable[[], dict[str, int]], seconds: float, meanwhile: Callable[[str], None]) -> dict[str, int]:
    """Wait until nothing is left for a while; returns what is left when it took too long."""
    until = time.monotonic() + seconds
    quiet_since = time.monotonic()
    found: dict[str, int] = {}
    while time.monotonic() < until:
        try:
            found = left()
        except StoreDown as error:
            found = {f"{error.store} is down": 1}
        if found:
            quiet_since = time.monotonic()
        elif time.monotonic() - quiet_since > QUIET_SECONDS:
            return {}
        meanwhile(", ".join(f"{number} {what}" for what, number in found.items()) or "quiet")
        time.sleep(LOOK_SECONDS)
    return found or {"time to be quiet": 1}
