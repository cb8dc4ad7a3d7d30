"""Several workers: a parent that starts them, starts again what dies, and lets them go in peace."""

import os
import signal
import subprocess
import sys
import time
from types import FrameType

import structlog

from barker.metrics import counts, folder
from barker.settings import Settings
from barker.stores.lanes import Lanes
from barker.tether import tethered
from barker.worker.alone import serve_metrics

WORKER = (sys.executable, "-P", "-m", "barker.worker")
LOOK_SECONDS = 0.1
SHORT_SECONDS = 10.0  # what lived shorter has a reason to die that will be there again
PAUSE_SECONDS, PAUSE_MAX_SECONDS = 0.5, 30.0
GRACE_SECONDS = 2.0  # each ends by itself when its time is up; what is stuck is killed a little later

log = structlog.get_logger()


class Seat:
    """One of the processes, whichever it is now."""

    def __init__(self, number: int, environ: dict[str, str]) -> None:
        counts.begin()
        self._number = number
        self._environ = environ
        self._process: subprocess.Popen[bytes] | None = None
        self._began = 0.0
        self._due = 0.0
        self._pause = 0.0

    def look(self, now: float) -> None:
        """Note a death, and start a process where there is none and its time has come."""
        if self._process and not self.runs():
            self._note_death(now)
        if self._process is None and now >= self._due:
            # NOTE in a session of its own: Ctrl-C is passed on once, by us, and not heard twice
            self._process = subprocess.Popen(tethered(WORKER), env=self._environ, start_new_session=True)
            self._began = now

    def runs(self) -> bool:
        """Tell whether there is a process."""
        return self._process is not None and self._process.poll() is None

    def send(self, number: int) -> None:
        """Send a signal to the process, if there is one."""
        if self._process and self.runs():
            self._process.send_signal(number)

    def note_end(self) -> bool:
        """Forget what the process told of itself as it was; tells whether it had finished what it had begun."""
        if self._process is None:
            return True
        folder.note_end(self._process.pid)
        return self._process.returncode in (0, -signal.SIGTERM)  # the latter: it had begun nothing yet

    def _note_death(self, now: float) -> None:
        code = self._process.returncode if self._process else 0
        how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        short = now - self._began < SHORT_SECONDS
        self._pause = min(PAUSE_MAX_SECONDS, max(PAUSE_SECONDS, self._pause * 2)) if short else 0.0
        self._due = now + self._pause
        log.error("worker_died", seat=self._number, how=how, again_in_seconds=self._pause)
        counts.WORKER_DEATHS.labels("killed" if code < 0 else "ended").inc()
        self.note_end()
        self._process = None


def run(settings: Settings) -> int:
    """Keep so many workers running until a signal; returns 1 if any was ended in the middle of a job."""
    lanes = Lanes(settings.queues_url, settings.redis_seconds)
    if not serve_metrics(settings, lanes):
        return 2
    environ = {**os.environ, "BARKER_WORKER_PROCESSES": "1", "BARKER_WORKER_METRICS_PORT": "0"}
    seats = [Seat(number, environ) for number in range(settings.worker_processes)]
    told: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        told.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    log.info("workers_started", processes=len(seats))
    while not told:
        for seat in seats:
            seat.look(time.monotonic())
        time.sleep(LOOK_SECONDS)
    try:
        return _end(seats, told, settings.worker_stop_seconds + GRACE_SECONDS)
    finally:
        lanes.close()


def _end(seats: list[Seat], told: list[int], seconds: float) -> int:
    """Let all finish what they have begun; a second signal, or too long a wait, kills them."""
    until = time.monotonic() + seconds
    for seat in seats:
        seat.send(signal.SIGTERM)
    while any(seat.runs() for seat in seats):
        if len(told) > 1 or time.monotonic() > until:
            log.error("workers_ended_hard", why="a second signal" if len(told) > 1 else "they took too long")
            for seat in seats:
                seat.send(signal.SIGKILL)
            return 1
        time.sleep(LOOK_SECONDS)
    finished = [seat.note_end() for seat in seats]
    return 0 if all(finished) else 1
