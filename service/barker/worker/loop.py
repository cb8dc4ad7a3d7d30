"""The job loop: a thread or two a lane, one to renew claims, one to sweep."""

import random
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import structlog

from barker import spans
from barker.errors import StoreDown
from barker.metrics import counts
from barker.stores import Stores
from barker.stores.jobs import FOLLOWS, LANES, LARGE, LIKES, PUSH, SMALL, Claim
from barker.worker.handlers import BATCHED, HANDLERS, SWEEPS

PUSHING = 6  # threads that mostly wait for push services; more than one host may hold, see push/turns.py
# Of large ones two: one reads the graph while the other delivers.
THREADS = (SMALL, LARGE, LARGE, FOLLOWS, LIKES, *(PUSH,) * PUSHING)
CLAIMED = {SMALL: 100, LARGE: 1, FOLLOWS: 10, LIKES: 10, PUSH: 1}  # jobs a claim: small ones are delivered together
LEASE_SECONDS = 60.0  # a claim not renewed for so long belongs to a dead worker
RENEW_SECONDS = 15.0  # a quarter of the lease, so that two may be missed
CHORES_SECONDS = 1.0  # how often jobs for later are looked at
SWEEP_SECONDS = 15.0  # how often lost intents and dead workers' jobs are looked for
MAX_ATTEMPTS = 8  # by then two minutes or so have passed: no passing fault
MAX_STARTS = 4  # a job that was running when so many workers died is the reason
BACKOFF_SECONDS, BACKOFF_MAX_SECONDS = 1.0, 60.0

log = structlog.get_logger()


class Worker:
    """Runs jobs until it is told to stop; a job begun is finished."""

    def __init__(self, stores: Stores, name: str) -> None:
        self._stores = stores
        self._name = name
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self._held: dict[tuple[str, str], Claim] = {}  # by lane and entry: two lanes may share an entry's id
        counts.begin()
        for chore in (self._turn, self._renew, self._move_due, self._reclaim, self._sweep_by):
            counts.CHORE_FAILURES.labels(chore.__name__)  # at 0, so that the first failure is seen to be one more

    def run(self) -> None:
        """Run until `stop` is called."""
        lanes = [self._thread(self._stopping, 0.0, self._turn, lane) for lane in THREADS]
        chores = [
            self._thread(self._ended, RENEW_SECONDS, self._renew),  # for as long as a job runs
            self._thread(self._stopping, CHORES_SECONDS, self._move_due),
            self._thread(self._stopping, SWEEP_SECONDS, self._sweep),
        ]
        log.info("worker_started", worker=self._name, lanes=LANES)
        for thread in (*lanes, *chores[1:]):
            thread.join()
        self._ended.set()
        chores[0].join()
        self._leave()

    def stop(self) -> None:
        """Ask to end after the jobs at hand."""
        self._stopping.set()

    def _thread(self, until: threading.Event, pause: float, turn: Callable[..., None], *args: str) -> threading.Thread:
        thread = threading.Thread(target=self._repeat, args=(until, pause, turn, *args))
        thread.start()
        return thread

    def _repeat(self, until: threading.Event, pause: float, turn: Callable[..., None], *arguments: str) -> None:
        while not until.is_set():
            try:
                turn(*arguments)
            except StoreDown:
                until.wait(BACKOFF_SECONDS)  # the guard has logged it
            except Exception:  # a thread that ended would stop its lane without a word
                log.exception("worker_fault", turn=turn.__name__)
                counts.CHORE_FAILURES.labels(turn.__name__).inc()
                until.wait(BACKOFF_SECONDS)
            until.wait(pause)

    def _turn(self, lane: str) -> None:
        self._run_all(self._stores.jobs.claim(lane, self._name, CLAIMED[lane]))

    def _run_all(self, claims: list[Claim]) -> None:
        self._held |= {(claim.lane, claim.entry): claim for claim in claims}
        try:
            for batch in _batches(claims):
                if self._stopping.is_set():
                    self._wait(batch, 0)  # another worker takes them at once
                else:
                    self._run(batch)
                for claim in batch:
                    self._held.pop((claim.lane, claim.entry), None)
        finally:
            # Where the queues went away, what is left is no longer renewed, and claimed again by whoever is there.
            for claim in claims:
                self._held.pop((claim.lane, claim.entry), None)

    def _run(self, batch: list[Claim]) -> None:
        with _span(batch):
            self._run_now(batch)

    def _run_now(self, batch: list[Claim]) -> None:
        name, began = batch[0].job.name, time.monotonic()
        try:
            HANDLERS[name](self._stores, **_arguments(name, batch))
            self._stores.jobs.done(*batch)
            counts.jobs_done(name, batch[0].lane, len(batch), time.monotonic() - began)
        except StoreDown as error:  # however long a store is away, its jobs wait
            if len(batch) > 1 and error.reason == "failed":  # it may be one of them that the store refuses
                return self._run_each(batch)
            log.info("job_waits", job=name, number=len(batch), store=error.store, waits=batch[0].job.waits)
            _count(batch[0], "waits", len(batch))
            self._wait(batch, _pause(batch[0].job.waits + 1))
        except Exception as error:
            if len(batch) == 1:
                self._failed(batch[0], error)
            else:
                self._run_each(batch)

    def _run_each(self, batch: list[Claim]) -> None:
        """Find the one that is the reason, and do the others."""
        for claim in batch:
            self._run([claim])

    def _wait(self, batch: list[Claim], seconds: float) -> None:
        for claim in batch:
            self._stores.jobs.wait(claim, seconds)

    def _failed(self, claim: Claim, error: Exception) -> None:
        job = claim.job
        spans.fail(type(error).__name__)
        log.exception("job_failed", job=job.name, attempt=job.attempt, arguments=job.arguments)
        _count(claim, "failed")
        if job.attempt < MAX_ATTEMPTS:
            self._stores.jobs.again(claim, _pause(job.attempt))
        else:
            self._park(claim, f"{type(error).__name__}: {error}")

    def _park(self, claim: Claim, reason: str) -> None:
        log.error("job_parked", job=claim.job.name, arguments=claim.job.arguments, reason=reason)
        self._stores.jobs.park(claim, reason)
        _count(claim, "parked")

    def _renew(self) -> None:
        self._stores.jobs.renew(list(self._held.values()), self._name)

    def _move_due(self) -> None:
        while self._stores.jobs.move_due() and not self._stopping.is_set():
            pass

    def _sweep(self) -> None:
        for lane in LANES:
            self._try(self._reclaim, lane)
        for sweep in SWEEPS:
            self._try(self._sweep_by, sweep)

    def _try(self, chore: Callable[..., None], *arguments: object) -> None:
        """Let one chore fail without keeping the others from their turn."""
        try:
            chore(*arguments)
        except StoreDown:
            pass  # the guard has logged it
        except Exception:
            log.exception("chore_failed", chore=chore.__name__)
            counts.CHORE_FAILURES.labels(chore.__name__).inc()

    def _sweep_by(self, sweep: Callable[[Stores], int]) -> None:
        if lost := sweep(self._stores):
            log.warning("swept", action=sweep.__module__, lost=lost)
            counts.SWEPT.labels(f"{sweep.__module__.rpartition('.')[2]}.{sweep.__name__}").inc(lost)

    def _reclaim(self, lane: str) -> None:
        # One at a time: where one of them takes its workers along, only that one is started again and again.
        while not self._stopping.is_set():
            found = self._stores.jobs.reclaim(lane, self._name, LEASE_SECONDS, 1)
            if not found:
                return
            ((claim, starts),) = found
            log.warning("reclaimed", job=claim.job.name, starts=starts)
            counts.RECLAIMED.labels(lane).inc()
            if starts > MAX_STARTS:
                self._park(claim, f"{starts - 1} workers died with it")
            else:
                self._run_all([claim])

    def _leave(self) -> None:
        try:
            self._stores.jobs.leave(self._name)
        except StoreDown:
            log.info("left_without_a_word", worker=self._name)


def _batches(claims: list[Claim]) -> list[list[Claim]]:
    """Put jobs together that are run together; they come first, since they are quick."""
    batches = [[claim for claim in claims if claim.job.name == name] for name in BATCHED]
    return [batch for batch in batches if batch] + [[claim] for claim in claims if claim.job.name not in BATCHED]


def _span(batch: list[Claim]) -> AbstractContextManager[object]:
    """Open the span of jobs that are run together: below what asked for the first; the others are linked both ways."""
    job, lane, traces = batch[0].job, batch[0].lane, list(dict.fromkeys(one.trace for one in batch if one.trace))
    name = f"job {job.name}" if job.name in HANDLERS else "job unknown"
    about: dict[str, Any] = {"barker__lane": lane, "barker__jobs": len(batch), "barker__attempt": job.attempt}
    span = spans.span(name, spans.CONSUMER, parent="".join(traces[:1]), links=traces[1:], **about)
    if not spans.on() or not traces[1:]:
        return span
    with ExitStack() as stack:
        stack.enter_context(span)
        together = spans.context()
        for trace in traces[1:]:
            with spans.span(name, spans.CONSUMER, parent=trace, links=[together], barker__lane=lane):
                pass
        return stack.pop_all()


def _count(claim: Claim, end: str, number: int = 1) -> None:
    name = claim.job.name if claim.job.name in HANDLERS else "unknown"  # which may be anything
    counts.JOBS.labels(name, claim.lane, end).inc(number)


def _arguments(name: str, batch: list[Claim]) -> dict[str, Any]:
    first = batch[0].job.arguments
    if any(claim.job.arguments.keys() != first.keys() for claim in batch):
        raise TypeError("not of one version")  # so each is run alone: what one does not know is not left out in silence
    return {key: [claim.job.arguments[key] for claim in batch] for key in first} if name in BATCHED else dict(first)


def _pause(times: int) -> float:
    """Return the seconds before a job is tried again: twice as long each time, with a spread."""
    seconds: float = min(BACKOFF_MAX_SECONDS, BACKOFF_SECONDS * 2 ** min(times, 10))
    return seconds * random.uniform(0.5, 1.0)  # noqa: S311 (no secret)
