"""Redis, what may be lost at any time: which hashtags were used of late, in slots of some hours.

trends:<slot>         zset         tag  score: people, as good as counted   SLOTS slots; KEPT tags at most
trends:barks:<slot>   zset         tag  score: barks                        the same
trends:<slot>:<tag>   hyperloglog  user id                                  the same; who is in it counts no more

A tag counts by people, not by barks: who barks it all day long is one. For the CANDIDATES that lead, the people of all
slots are counted together, to within about a percent.
"""

import time
from collections.abc import Sequence

from redis.exceptions import RedisError

from barker import ids
from barker.models import TRENDS_MAX, Trend
from barker.stores.guard import guarded
from barker.stores.redis_client import connect

SLOT_SECONDS, SLOTS = 4 * 3600, 6  # together a day; the current slot has only begun, so it is 20 to 24 hours
KEPT = 20_000  # tags of a slot: the least used ones go, which is what somebody makes who invents tags
CANDIDATES = 2 * TRENDS_MAX
PEOPLE_MIN = 2  # what one person says is no trend
KNOWN_SECONDS = 2.0  # a process asks no more often

guard = guarded("places", RedisError)


class Trends:
    """Hashtags of the last day, by how many people used them."""

    def __init__(self, url: str, seconds: float) -> None:
        self._redis = connect(url, seconds)
        self._known: tuple[float, list[Trend]] = (0.0, [])

    @guard
    def count(self, tags: Sequence[str], user_id: int) -> None:
        """Note that somebody used these tags in a bark."""
        slot = ids.now_ms() // 1000 // SLOT_SECONDS
        people, barks = _people(slot), _barks(slot)
        with self._redis.pipeline(transaction=False) as pipe:
            for tag in tags:
                pipe.pfadd(_who(slot, tag), user_id)
            new = pipe.execute()
            for tag, is_new in zip(tags, new, strict=True):
                pipe.zincrby(people, int(is_new), tag)
                pipe.zincrby(barks, 1, tag)
            for key in (people, barks, *(_who(slot, tag) for tag in tags)):
                pipe.expire(key, SLOT_SECONDS * (SLOTS + 1))
            pipe.zremrangebyrank(people, 0, -KEPT - 1)
            pipe.zremrangebyrank(barks, 0, -KEPT - 1)
            pipe.execute()

    def top(self, limit: int) -> list[Trend]:
        """Return the tags that most people used, as they were up to KNOWN_SECONDS ago."""
        until, known = self._known
        if time.monotonic() >= until:
            known = self._read()
            self._known = time.monotonic() + KNOWN_SECONDS, known
        return known[:limit]

    @guard
    def _read(self) -> list[Trend]:
        now = ids.now_ms() // 1000 // SLOT_SECONDS
        slots = range(now - SLOTS + 1, now + 1)
        with self._redis.pipeline(transaction=False) as pipe:
            for slot in slots:
                pipe.zrevrange(_people(slot), 0, CANDIDATES - 1, withscores=True)
            scores: dict[str, float] = {}
            for found in pipe.execute():
                for tag, score in found:
                    scores[tag] = scores.get(tag, 0) + score
            tags = sorted(scores, key=lambda tag: (-scores[tag], tag))[:CANDIDATES]
            for tag in tags:
                pipe.pfcount(*(_who(slot, tag) for slot in slots))
            for slot in slots if tags else ():
                pipe.zmscore(_barks(slot), tags)
            counted = pipe.execute()
        people, barks = counted[: len(tags)], counted[len(tags) :]
        trends = [
            Trend(tag, int(people[at]), int(sum(of_slot[at] or 0 for of_slot in barks))) for at, tag in enumerate(tags)
        ]
        return sorted(
            (one for one in trends if one.people >= PEOPLE_MIN), key=lambda one: (-one.people, -one.barks, one.tag)
        )

    def close(self) -> None:
        """Close all connections."""
        self._redis.close()


def _people(slot: int) -> str:
    return f"trends:{slot}"


def _barks(slot: int) -> str:
    return f"trends:barks:{slot}"


def _who(slot: int, tag: str) -> str:
    return f"trends:{slot}:{tag}"
