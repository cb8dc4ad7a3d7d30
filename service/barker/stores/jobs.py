"""Redis Streams: the jobs that workers run. Derived data: the sweep puts lost ones again.

{jobs}:lane:<lane>  stream  job (JSON of Job) trace              group "workers"; acked entries are deleted
{jobs}:later        zset    "<lane's number> <nonce> <job>" by Unix milliseconds: retries and jobs for later
{jobs}:run          string  "<run of each server>,… <Unix milliseconds>", as a worker saw them last
{jobs}:parked       stream  job lane error                       given up, told in the log; newest PARKED_KEEP

A job carries ids alone: whoever runs it reads what they stand for, and "no longer there" counts as done. But a push
carries what a screen will show: there is nothing to read again. `trace` is the traceparent of what asked for it, where
that is traced; beside the job, where a version that knows none of it looks past it. In `later` it follows the nonce.
"""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from redis import Redis
from redis.exceptions import OutOfMemoryError, RedisError, ResponseError

from barker import ids, spans
from barker.stores import functions
from barker.stores.guard import guarded
from barker.stores.redis_client import connect, servers

GROUP = "workers"
NOBODY = "nobody"  # holds what could not be given back
SMALL, LARGE, FOLLOWS = "small", "large", "follows"  # small and large fan-outs; what follows and unfollows ask for
PUSH = "push"  # what waits for push services
LIKES = "likes"  # what likes ask for: a bark that everybody likes keeps no follow waiting
LANES = (SMALL, LARGE, FOLLOWS, PUSH, LIKES)  # a job for later holds its lane's number here: new ones come last
LANE_KEYS = {lane: f"{{jobs}}:lane:{lane}" for lane in LANES}
LATER, PARKED, RUN = "{jobs}:later", "{jobs}:parked", "{jobs}:run"
PARKED_KEEP = 10_000
UNREADABLE = "unreadable"  # the name of a job that is of another version
BLOCK_SECONDS = 1.0  # how long a worker waits for a job before it looks whether to stop
DUE_LIMIT = 200  # jobs moved a call

guard = guarded("queues", RedisError)


@dataclass(frozen=True)
class Job:
    """Something to do, by name, with ids. `waits` counts how often it was given back through no fault of its own.

    One that this version cannot read is kept as the `text` it is.
    """

    name: str
    arguments: dict[str, Any]  # ids, and the words of a push
    attempt: int = 1
    waits: int = 0
    text: str = ""


@dataclass(frozen=True)
class Claim:
    """A job that this worker holds."""

    job: Job
    lane: str
    entry: str
    trace: str = ""


class Jobs:
    """Lanes of jobs with claims, so that a dead worker's jobs are found and run by another."""

    def __init__(self, url: str, seconds: float) -> None:
        self._redis = connect(url, seconds)
        self._blocking = connect(url, seconds, block_seconds=BLOCK_SECONDS)

    @guard
    def prepare(self) -> None:
        """Make the lanes and their group; may be repeated."""
        for lane in LANES:
            try:
                self._redis.xgroup_create(_key(lane), GROUP, id="0", mkstream=True)
            except ResponseError as error:
                if "BUSYGROUP" not in str(error):  # it is there
                    raise

    @guard
    def put(self, *jobs: Job, lane: str = SMALL) -> None:
        """Add jobs to a lane."""
        with self._redis.pipeline(transaction=False) as pipe:
            for job in jobs:
                pipe.xadd(_key(lane), _fields(job))
            pipe.execute()

    @guard
    def put_later(self, job: Job, seconds: float, lane: str = SMALL) -> None:
        """Add a job to a lane when its time has come."""
        self._redis.zadd(LATER, _later(job, lane, seconds, spans.context()))

    @guard
    def move_due(self) -> int:
        """Move what is due to its lane; returns how many jobs."""
        keys = [LATER, *map(_key, LANES)]
        return int(functions.call(self._redis, [("barker_due", keys, [ids.now_ms(), DUE_LIMIT])])[0])

    @guard
    def claim(self, lane: str, worker: str, limit: int) -> list[Claim]:
        """Take the next jobs of a lane; waits up to BLOCK_SECONDS for the first."""
        try:
            answer: Any = self._blocking.xreadgroup(
                GROUP, worker, {_key(lane): ">"}, count=limit, block=int(BLOCK_SECONDS * 1000)
            )
        except ResponseError as error:
            if "NOGROUP" not in str(error):
                raise
            self.prepare()  # the server came back empty
            return []
        return [claim for _, rows in answer or () for claim in _claims(lane, rows)]

    @guard
    def reclaim(self, lane: str, worker: str, idle_seconds: float, limit: int) -> list[tuple[Claim, int]]:
        """Take over jobs that nobody renewed for so long, each with the number of times it was started."""
        claims: list[Claim] = []
        start = ""
        while not claims and start != "0-0":  # a call looks at a part of what is pending
            try:
                answer: Any = self._redis.xautoclaim(
                    _key(lane), GROUP, worker, int(idle_seconds * 1000), start or "0-0", count=limit
                )
            except ResponseError as error:
                if "NOGROUP" not in str(error):
                    raise
                return []
            start, claims = answer[0], list(_claims(lane, answer[1]))
        return [(claim, self._starts(claim)) for claim in claims]

    def _starts(self, claim: Claim) -> int:
        rows: Any = self._redis.xpending_range(_key(claim.lane), GROUP, claim.entry, claim.entry, 1)
        return int(rows[0]["times_delivered"]) if rows else 1

    @guard
    def renew(self, claims: Iterable[Claim], worker: str) -> None:
        """Tell that this worker is still at it."""
        for claim in claims:
            self._redis.xclaim(_key(claim.lane), GROUP, worker, 0, [claim.entry], justid=True)

    @guard
    def done(self, *claims: Claim) -> None:
        """Take finished jobs out of their lane."""
        with self._redis.pipeline(transaction=True) as pipe:
            for claim in claims:
                _release(pipe, claim)
            pipe.execute()

    @guard
    def again(self, claim: Claim, seconds: float) -> None:
        """Give a job back that has failed, to be tried again later."""
        self._put_back(claim, replace(claim.job, attempt=claim.job.attempt + 1), seconds)

    @guard
    def wait(self, claim: Claim, seconds: float) -> None:
        """Give a job back that could not be done now, which is no failure of its own."""
        self._put_back(claim, replace(claim.job, waits=claim.job.waits + 1), seconds)

    def _put_back(self, claim: Claim, job: Job, seconds: float) -> None:
        with self._redis.pipeline(transaction=True) as pipe:
            _release(pipe, claim)
            pipe.zadd(LATER, _later(job, claim.lane, seconds, claim.trace))
            try:
                pipe.execute()
            except OutOfMemoryError:
                self._hold(claim)
                raise

    def _hold(self, claim: Claim) -> None:
        """Leave a job to whoever finds its lease over, as one started never: a full server is not its fault."""
        self._redis.xclaim(_key(claim.lane), GROUP, NOBODY, 0, [claim.entry], retrycount=0, justid=True)

    @guard
    def park(self, claim: Claim, error: str) -> None:
        """Give a job up, and keep it with the reason for a person to look at."""
        with self._redis.pipeline(transaction=True) as pipe:
            _release(pipe, claim)
            # As it was put, if it cannot be read: a newer worker can, once it is put back.
            fields: dict[Any, Any] = {"job": claim.job.text or _dump(claim.job), "lane": claim.lane, "error": error}
            pipe.xadd(PARKED, fields, maxlen=PARKED_KEEP)
            pipe.execute()

    @guard
    def server_run(self) -> tuple[str, int | None]:
        """Return what names this run of every server, and when others were last seen: 0 if they are the same, None if
        nothing is known of any, as on a server that came back empty.

        On a cluster also a master that took over from another is one that was not there before.
        """
        runs = {str(server.info("server")["run_id"]) for server in servers(self._redis)}
        kept, _, seen = str(self._redis.get(RUN) or "").partition(" ")
        if not kept:
            return ",".join(sorted(runs)), None
        return ",".join(sorted(runs)), 0 if runs <= set(kept.split(",")) else int(seen)

    @guard
    def note_run(self, run: str, now_ms: int) -> None:
        """Note that these runs of the servers are there."""
        self._redis.set(RUN, f"{run} {now_ms}")

    @guard
    def parked(self, limit: int) -> list[tuple[Job, str]]:
        """Return the newest parked jobs with their reasons."""
        rows: Any = self._redis.xrevrange(PARKED, count=limit)
        return [(load(fields["job"]), fields["error"]) for _, fields in rows]

    @guard
    def leave(self, worker: str) -> None:
        """Sign off a worker; one that still holds jobs stays known, or they would be lost with it."""
        functions.call(self._redis, [("barker_sign_off", [*LANE_KEYS.values()], [GROUP, worker])])

    def close(self) -> None:
        """Close all connections."""
        self._redis.close()
        self._blocking.close()


def _key(lane: str) -> str:
    return LANE_KEYS[lane]


def _release(pipe: Redis, claim: Claim) -> None:
    pipe.xack(_key(claim.lane), GROUP, claim.entry)
    pipe.xdel(_key(claim.lane), claim.entry)


def _fields(job: Job) -> dict[Any, Any]:
    trace = spans.context()
    return {"job": _dump(job), "trace": trace} if trace else {"job": _dump(job)}


def _later(job: Job, lane: str, seconds: float, trace: str) -> dict[str, float]:
    # NOTE all in one word of hexadecimal digits: functions of a version that knows no traces take it for the nonce
    nonce = secrets.token_hex(8) + trace.replace("-", "")
    member = f"{LANES.index(lane) + 1} {nonce} {_dump(job)}"
    return {member: ids.now_ms() + seconds * 1000}


def _dump(job: Job) -> str:
    named = {"text": job.text} if job.text else {"name": job.name, "arguments": job.arguments}
    return json.dumps({**named, "attempt": job.attempt, "waits": job.waits})


def load(text: str) -> Job:
    """Read a job. One of another version must not keep the others: it is tried, as all are, and parked in the end."""
    try:
        fields = json.loads(text)
        if set(fields) == {"text", "attempt", "waits"}:  # another worker could not read it; perhaps this one can
            return replace(load(fields["text"]), attempt=int(fields["attempt"]), waits=int(fields["waits"]))
        job = Job(**fields)
        if _is_sound(job):
            return job
    except (ValueError, TypeError, RecursionError):
        pass
    return Job(name=UNREADABLE, arguments={}, text=text)


def _is_sound(job: Job) -> bool:
    counted = isinstance(job.attempt, int) and isinstance(job.waits, int) and not job.text
    return counted and isinstance(job.name, str) and isinstance(job.arguments, dict)


def _claims(lane: str, rows: Any) -> Iterable[Claim]:
    return (
        Claim(load(fields.get("job", "")), lane, entry, fields.get("trace", "")) for entry, fields in rows if fields
    )
