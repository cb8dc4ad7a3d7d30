"""Redis, what may be lost at any time: which hashtags were used of late, in slots of some hours.

trends:<slot>             zset         tag  score: people, as good as counted, and when it came, as a fraction
                                       SLOTS slots; KEPT tags at most
trends:barks:<slot>       zset         tag  score: barks   the same
trends:<slot>:<tag>       hyperloglog  user id   the same; who is in it counts no more
trends:new:<slot>:<user>  integer      how many new tags somebody brought in   the same; NEW at most

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
KEPT = 20_000  # tags of a slot: the least used ones go, of them the oldest
NEW = 40  # tags that nobody used yet, of a person and slot: who invents tags must not push out others
CANDIDATES = 2 * TRENDS_MAX
PEOPLE_MIN = 2  # what one person says is no trend
KNOWN_SECONDS = 2.0  # a process asks no more often

# Names the keys of tags itself, which a single server allows.
COUNT = """
local people, barks, brought = unpack(KEYS)
local user, age, kept, new, seconds = unpack(ARGV, 1, 5)
local left = new - (tonumber(redis.call('GET', brought)) or 0)
for at = 6, #ARGV do
  local tag = ARGV[at]
  local who, known = people .. ':' .. tag, redis.call('ZSCORE', people, tag)
  if known or left > 0 then
    local more = redis.call('PFADD', who, user)
    if not known then
      left, more = left - 1, more + age
      redis.call('INCR', brought)
    end
    redis.call('ZINCRBY', people, more, tag)
    redis.call('ZINCRBY', barks, 1, tag)
    redis.call('EXPIRE', who, seconds)
  end
end
for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, seconds) end
local over = redis.call('ZCARD', people) - kept
if over > 0 then
  local gone = redis.call('ZPOPMIN', people, over)
  for at = 1, #gone, 2 do
    redis.call('ZREM', barks, gone[at])
    redis.call('UNLINK', people .. ':' .. gone[at])
  end
end
"""

guard = guarded("places", RedisError)


class Trends:
    """Hashtags of the last day, by how many people used them."""

    def __init__(self, url: str, seconds: float) -> None:
        self._redis = connect(url, seconds)
        self._count = self._redis.register_script(COUNT)
        self._known: tuple[float, list[Trend]] = (0.0, [])

    @guard
    def count(self, tags: Sequence[str], user_id: int) -> None:
        """Note that somebody used these tags in a bark; of those that nobody used yet no more than she may bring in."""
        slot, ms = divmod(ids.now_ms(), SLOT_SECONDS * 1000)
        age = ms / (SLOT_SECONDS * 1000) / 2  # under 1: people come first, and among as many the newer tag
        limits = (age, KEPT, NEW, SLOT_SECONDS * (SLOTS + 1))
        self._count(keys=[_people(slot), _barks(slot), _brought(slot, user_id)], args=[user_id, *limits, *tags])

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
            scores: dict[str, int] = {}
            for found in pipe.execute():
                for tag, score in found:
                    scores[tag] = scores.get(tag, 0) + int(score)
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
    return f"{_people(slot)}:{tag}"


def _brought(slot: int, user_id: int) -> str:
    return f"trends:new:{slot}:{user_id}"
