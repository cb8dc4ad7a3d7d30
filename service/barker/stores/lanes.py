"""Redis Streams: the jobs as an operator sees them (what is kept is in the table in jobs.py)."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from redis.exceptions import RedisError, ResponseError

from barker.stores import functions
from barker.stores.facts import Facts, of_redis
from barker.stores.guard import guarded
from barker.stores.jobs import GROUP, LANE_KEYS, LATER, PARKED, SMALL, UNREADABLE, Job, load
from barker.stores.redis_client import connect, server_of, servers

PAGE = 200  # parked jobs a call

guard = guarded("queues", RedisError)
T = TypeVar("T")


@dataclass(frozen=True)
class Lane:
    """One lane: how many wait, how many are being run, and the age of the oldest that is not done."""

    waiting: int
    running: int
    oldest_seconds: float


@dataclass(frozen=True)
class Overview:
    """All lanes by name, what comes later, and what was given up."""

    lanes: dict[str, Lane]
    due: int
    not_due: int
    parked: int


@dataclass(frozen=True)
class Parked:
    """A job that was given up. `text` is what it is in the store, which may be of another version."""

    id: str
    job: Job
    lane: str
    reason: str
    text: str

    @property
    def parked_ms(self) -> int:
        """Return when it was given up, in Unix milliseconds."""
        return int(self.id.partition("-")[0])

    @property
    def fresh(self) -> str:
        """Return it as it is put again: with no attempts behind it."""
        if self.job.name == UNREADABLE:
            return self.text
        return json.dumps({"name": self.job.name, "arguments": self.job.arguments})


@dataclass(frozen=True)
class Memory:
    """Bytes that servers use, and may use; 0: as many as there are."""

    used: int
    limit: int


class Lanes:
    """What is in the lanes, and what becomes of the jobs that were given up."""

    def __init__(self, url: str, seconds: float) -> None:
        self._redis = connect(url, seconds)

    @guard
    def now_ms(self) -> int:
        """Return the time of the server that keeps the lanes, in Unix milliseconds."""
        seconds, micros = server_of(self._redis, LATER).time()
        return int(seconds) * 1000 + int(micros) // 1000

    @guard
    def overview(self) -> Overview:
        """Count everything, in one round trip and a look at what is due."""
        now = self.now_ms()
        with self._redis.pipeline(transaction=False) as pipe:
            for key in LANE_KEYS.values():
                pipe.xlen(key)
                pipe.xpending(key, GROUP)
                pipe.xrange(key, count=1)
            pipe.zcount(LATER, "-inf", now)
            pipe.zcard(LATER)
            pipe.xlen(PARKED)
            *lanes, due, later, parked = map(_unless_missing, pipe.execute(raise_on_error=False))
        found = {name: _lane(three, now) for name, three in zip(LANE_KEYS, _pages(lanes, 3), strict=True)}
        return Overview(found, due or 0, (later or 0) - (due or 0), parked or 0)

    @guard
    def memory(self) -> Memory:
        """Return what the servers of queues and jobs use, and may use."""
        found = [server.info("memory") for server in servers(self._redis)]
        limits = [int(one["maxmemory"]) for one in found]
        return Memory(sum(int(one["used_memory"]) for one in found), sum(limits) if all(limits) else 0)

    @guard
    def facts(self) -> list[Facts]:
        """Tell what there is to know of each server of queues and jobs."""
        return [of_redis(server, functions.LIBRARY) for server in servers(self._redis)]

    @guard
    def parked(self, after: str = "-", limit: int = PAGE) -> list[Parked]:
        """Return the next parked jobs behind an id, oldest first."""
        rows: Any = self._redis.xrange(PARKED, min=after if after == "-" else f"({after}", count=limit)
        return [_parked(id_, fields) for id_, fields in rows]

    def all_parked(self) -> Iterator[Parked]:
        """Return all that are parked now; what is parked meanwhile is left out."""
        newest: Any = self._newest()
        page = self.parked()
        while page:
            yield from (one for one in page if _order(one.id) <= _order(newest))
            page = self.parked(page[-1].id) if _order(page[-1].id) < _order(newest) else []

    @guard
    def by_ids(self, ids: Iterable[str]) -> dict[str, Parked]:
        """Return those of these that are parked."""
        with self._redis.pipeline(transaction=False) as pipe:
            for id_ in ids:
                pipe.xrange(PARKED, min=id_, max=id_)
            return {id_: _parked(id_, fields) for rows in pipe.execute() for id_, fields in rows}

    @guard
    def retry(self, parked: Iterable[Parked]) -> int:
        """Put parked jobs back into their lanes, as new; returns how many. Each leaves and comes in one step."""
        calls: Iterator[functions.Call] = (
            ("barker_retry", [PARKED, LANE_KEYS.get(one.lane, LANE_KEYS[SMALL])], [one.id, one.fresh]) for one in parked
        )
        return sum(sum(functions.call(self._redis, page)) for page in _pages(calls, PAGE))

    @guard
    def drop(self, parked: Iterable[Parked]) -> int:
        """Forget parked jobs for good; returns how many."""
        return sum(int(self._redis.xdel(PARKED, *(one.id for one in page))) for page in _pages(parked, PAGE))

    @guard
    def _newest(self) -> str:
        rows: Any = self._redis.xrevrange(PARKED, count=1)
        return str(rows[0][0]) if rows else "0-0"

    def close(self) -> None:
        """Close all connections."""
        self._redis.close()


def _unless_missing(answer: Any) -> Any:
    if isinstance(answer, ResponseError) and "NOGROUP" in str(answer):
        return None  # nobody has made the lanes yet
    if isinstance(answer, Exception):
        raise answer
    return answer


def _lane(answers: list[Any], now_ms: int) -> Lane:
    length, pending, first = answers
    running = int(pending["pending"]) if pending else 0
    age = max(0, now_ms - int(first[0][0].partition("-")[0])) if first else 0
    return Lane(max(0, length - running), running, age / 1000)


def _parked(id_: str, fields: dict[str, str]) -> Parked:
    text = fields.get("job", "")
    return Parked(id_, load(text), fields.get("lane", SMALL), fields.get("error", ""), text)


def _pages(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while page := list(islice(rest, size)):
        yield page


def _order(id_: str) -> tuple[int, int]:
    ms, _, number = id_.partition("-")
    return int(ms), int(number)
