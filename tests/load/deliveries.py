"""Posting, waiting for the end, and counting: no figure is believed before every queue was looked into."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from barker import ids
from barker.actions import barking
from barker.models import BarkDraft, User
from tests.load.bench import Bench

PATIENCE = 120.0  # seconds for a fan-out to end
PAUSE_MIN, PAUSE_PART = 0.001, 0.01  # between two looks: what is waited for is known to a hundredth
CALL_USERS, TRIP = 1_000, 50
# ARGV entries to look at, barks, users … → found, doubled, first and last arrival in milliseconds
LOOK = """
local wanted, found, doubled, first, last = {}, 0, 0, 0, 0
for bark in string.gmatch(ARGV[2], '%d+') do wanted[bark] = true end
for i = 3, #ARGV do
  local seen = {}
  for _, entry in ipairs(redis.call('XREVRANGE', KEYS[1] .. ARGV[i], '+', '-', 'COUNT', ARGV[1])) do
    local bark = entry[2][1]
    if wanted[bark] then
      if seen[bark] then doubled = doubled + 1 else found = found + 1 end
      seen[bark] = true
      local ms = tonumber(string.match(entry[1], '^%d+'))
      if first == 0 or ms < first then first = ms end
      if ms > last then last = ms end
    end
  end
end
return {found, doubled, first, last}
"""


@dataclass(frozen=True)
class Seen:
    """What queues hold of some barks. The times are Redis' own, of the call that appended: exact to its 2 ms."""

    found: int
    doubled: int
    first_ms: int
    last_ms: int


@dataclass(frozen=True)
class FanOut:
    """Some barks on their way to all followers: until the worker noted the last as done, and until its last queue."""

    seconds: float
    lag_ms: float
    deliveries: int

    @property
    def rate(self) -> float:
        """Deliveries a second."""
        return self.deliveries / self.seconds


def post(bench: Bench, author: User) -> int:
    """Bark, as the API does it; returns the bark's id."""
    return barking.post_bark(bench.stores, author, BarkDraft("What a day for a walk in the park!"), ids.new()).bark.id


def wait_until_done(bench: Bench, barks: Sequence[int]) -> None:
    """Wait until the worker has noted all of them as fanned out."""
    began = time.monotonic()
    for bark in barks:
        while not ((found := bench.stores.barks.by_id(bark)) and found.fanned_out):
            waited = time.monotonic() - began
            assert waited < PATIENCE, f"a fan-out has not ended after {PATIENCE:g} s; see {bench.logs}"
            time.sleep(max(PAUSE_MIN, waited * PAUSE_PART))


def fan_out(bench: Bench, author: User, followers: Sequence[int], number: int) -> FanOut:
    """Post so many barks at once, wait for the end of the last, and count what arrived."""
    began, began_ms = time.monotonic(), time.time() * 1000
    barks = [post(bench, author) for _ in range(number)]
    wait_until_done(bench, barks)
    seconds = time.monotonic() - began
    seen = all_arrived(bench, followers, barks, len(followers) * number)
    return FanOut(seconds, seen.last_ms + 1 - began_ms, seen.found)


def all_arrived(bench: Bench, followers: Sequence[int], barks: Sequence[int], expected: int, depth: int = 0) -> Seen:
    """Look into every queue; fails if a bark is missing or there twice."""
    seen = look(bench, followers, barks, depth or len(barks) + 10)
    assert seen.found == expected, f"{expected - seen.found:,} of {expected:,} deliveries are missing"
    assert not seen.doubled, f"{seen.doubled:,} deliveries are doubled"
    return seen


def look(bench: Bench, users: Sequence[int], barks: Sequence[int], depth: int) -> Seen:
    """Return what the newest entries of these queues hold of the barks."""
    script = bench.redis.script_load(LOOK)
    calls = [
        [prefix, depth, " ".join(map(str, barks)), *part[at : at + CALL_USERS]]
        for prefix, part in _by_prefix(bench, users)
        for at in range(0, len(part), CALL_USERS)
    ]
    answers: list[list[int]] = []
    for part in bench.parts(calls, TRIP, "counting, calls"):
        with bench.redis.pipeline(transaction=False) as pipe:
            for call in part:
                pipe.evalsha(script, 1, *map(str, call))
            answers += pipe.execute()
    found, doubled, first, last = zip(*answers, strict=True)
    return Seen(sum(found), sum(doubled), min(filter(None, first), default=0), max(last))


def _by_prefix(bench: Bench, users: Sequence[int]) -> list[tuple[str, list[int]]]:
    keys = sorted((bench.stores.queues.channel(user).removesuffix(str(user)), user) for user in users)
    return [(prefix, [user for _, user in pairs]) for prefix, pairs in groupby(keys, key=lambda pair: pair[0])]
