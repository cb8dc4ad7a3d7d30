"""All that is counted. A label holds one of a few words, never what a client or a job may choose.

Every name is in the table under "Operating" in service/README.md; a test compares the two.
"""

from functools import cache

from prometheus_client import Counter, Gauge, Histogram

REQUEST_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)
STORE_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10)
JOB_BUCKETS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
LAG_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

JOBS = Counter("barker_jobs", "Jobs by how they ended: done, failed, waits, parked", ("job", "lane", "end"))
JOB_SECONDS = Histogram(
    "barker_job_seconds", "How long jobs ran, alone or together", ("job", "lane"), buckets=JOB_BUCKETS
)
LAG = Histogram("barker_fan_out_lag_seconds", "From a bark made to its last queue", ("lane",), buckets=LAG_BUCKETS)
DELIVERIES = Counter("barker_deliveries", "Entries put into queues by fan-outs", ("lane",))
RECLAIMED = Counter("barker_reclaimed_jobs", "Jobs taken over from workers that went silent", ("lane",))
SWEPT = Counter("barker_swept", "Intents that a sweep found and asked for again", ("sweep",))
CHORE_FAILURES = Counter("barker_chore_failures", "Chores of a worker that ended with a fault", ("chore",))
PUSHES = Counter("barker_pushes", "Pushes by how they ended", ("result",))
WORKER_DEATHS = Counter("barker_worker_deaths", "Worker processes that ended unasked and were started again", ("how",))
STORE_SECONDS = Histogram(
    "barker_store_seconds",
    "Calls of a store by how they ended (ok, failed): their number, and seconds",
    ("store", "outcome"),
    buckets=STORE_BUCKETS,
)
STORE_FAILURES = Counter("barker_store_failures", "Calls of a store that failed", ("store", "reason"))
CLOCK_JUMPS = Counter("barker_clock_jumps", "Clocks found set back, or apart from that of the queues", ("clock",))
REQUEST_SECONDS = Histogram(
    "barker_request_seconds",
    "HTTP requests: their number, and seconds to the head of the answer",
    ("route", "method", "status"),
    buckets=REQUEST_BUCKETS,
)
STREAMS_REFUSED = Counter("barker_streams_refused", "Live streams refused: over a cap", ("cap",))
# Of each process as it is now: what a dead one told does not count.
OPEN_STREAMS = Gauge("barker_open_streams", "Live streams that are open", ("kind",), multiprocess_mode="livesum")


def begin() -> None:
    """Let what alerts wait for be there before it happens: to Prometheus a series that begins at 1 has not risen."""
    for clock in ("own", "queues"):
        CLOCK_JUMPS.labels(clock)
    for how in ("ended", "killed"):
        WORKER_DEATHS.labels(how)
    STREAMS_REFUSED.labels("process")


@cache  # finding a child by its labels takes longer than counting
def _requests(route: str, method: str, status: int) -> Histogram:
    return REQUEST_SECONDS.labels(route, method, status)


def request(route: str | None, method: str, status: int, seconds: float) -> None:
    """Count a request by its rule; what fits none, and made-up methods, are counted as one."""
    _requests(route or "none", method if method in METHODS else "other", status).observe(seconds)


@cache
def _store_calls(store: str, outcome: str) -> Histogram:
    return STORE_SECONDS.labels(store, outcome)


def store_call(store: str, failed: bool, seconds: float) -> None:
    """Count a call of a store."""
    _store_calls(store, "failed" if failed else "ok").observe(seconds)


def jobs_done(name: str, lane: str, number: int, seconds: float) -> None:
    """Count jobs that were run together."""
    JOBS.labels(name, lane, "done").inc(number)
    JOB_SECONDS.labels(name, lane).observe(seconds)


@cache
def _streams(kind: str) -> Gauge:
    return OPEN_STREAMS.labels(kind)


def streams(change: int, kind: str = "events") -> None:
    """Count a live stream that was opened (1) or closed (-1)."""
    _streams(kind).inc(change)
