"""What those who run it want to know: the jobs as they are now, and whether clocks agree."""

import threading
import time
from collections.abc import Callable, Iterator

import structlog
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from barker import ids
from barker.errors import StoreDown
from barker.metrics import counts
from barker.stores import Stores
from barker.stores.delivery import CLOCKS_MS
from barker.stores.lanes import Lanes, Memory, Overview

log = structlog.get_logger()


class Now(Collector):
    """The lanes, read from their store at each scrape; left out while it does not answer."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    def collect(self) -> Iterator[Metric]:
        """Return what is found now."""
        try:
            yield from _gauges(self._lanes.overview())
            yield from _memory(self._lanes.memory())
        except StoreDown:
            return  # the guard has counted it


def _gauges(found: Overview) -> Iterator[Metric]:
    jobs = GaugeMetricFamily("barker_lane_jobs", "Jobs in a lane: waiting, running", labels=("lane", "state"))
    ages = GaugeMetricFamily("barker_lane_oldest_seconds", "Age of the oldest job that is not done", labels=("lane",))
    later = GaugeMetricFamily("barker_later_jobs", "Jobs for later: due, not_due", labels=("state",))
    for name, lane in found.lanes.items():
        jobs.add_metric((name, "waiting"), lane.waiting)
        jobs.add_metric((name, "running"), lane.running)
        ages.add_metric((name,), lane.oldest_seconds)
    later.add_metric(("due",), found.due)
    later.add_metric(("not_due",), found.not_due)
    yield from (jobs, ages, later)
    yield GaugeMetricFamily("barker_parked_jobs", "Jobs that were given up", value=found.parked)


def _memory(found: Memory) -> Iterator[Metric]:
    gauge = GaugeMetricFamily("barker_queues_bytes", "Memory of the queues' servers: used, limit", labels=("what",))
    gauge.add_metric(("used",), found.used)
    gauge.add_metric(("limit",), found.limit)
    yield gauge


def _own_clock() -> Callable[[], int]:
    lock = threading.Lock()
    ahead: int | None = None

    def set_back_by() -> int:
        """Return by how many milliseconds our clock was set back since the last look, as the monotonic clock knows."""
        nonlocal ahead
        with lock:
            before, ahead = ahead, ids.now_ms() - time.monotonic_ns() // 1_000_000
            return 0 if before is None else max(0, before - ahead)

    return set_back_by


set_back_by = _own_clock()


def look_at_clocks(stores: Stores) -> int:
    """Tell when this clock was set back, or is apart from that of the queues, by more than reading allows for.

    Nothing is lost by it (see "Operating" in service/README.md); returns 0, for nothing is asked for again.
    """
    back = set_back_by()
    if back > CLOCKS_MS:
        counts.CLOCK_JUMPS.labels("own").inc()
        log.error("clock_set_back", ms=back)
    began = ids.now_ms()
    theirs = stores.lanes.now_ms()
    ended = ids.now_ms()
    apart = theirs - ended if theirs > ended else began - theirs  # as far as the time of the call tells
    if apart > CLOCKS_MS:
        counts.CLOCK_JUMPS.labels("queues").inc()
        log.error("clocks_apart", ms=(theirs > ended or -1) * apart)
    return 0
