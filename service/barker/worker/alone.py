"""One worker process: its name, its signals, and who may read what it counts."""

import os
import secrets
import signal
import socket
import sys
from types import FrameType

import structlog

from barker import spans
from barker.actions import operating
from barker.metrics import page
from barker.settings import Settings
from barker.stores import connect
from barker.stores.lanes import Lanes
from barker.worker.loop import Worker

SWITCH_SECONDS = 0.0005  # a tenth of Python's: a small fan-out takes turns with large ones at each of its calls

log = structlog.get_logger()


def run(settings: Settings) -> int:
    """Run one worker until it is told to stop."""
    sys.setswitchinterval(SWITCH_SECONDS)
    spans.start("barker-worker")
    stores = connect(settings)
    if not serve_metrics(settings, stores.lanes):
        return 2
    worker = Worker(stores, new_name())
    _heed_signals(worker, settings.worker_stop_seconds)
    worker.run()
    signal.setitimer(signal.ITIMER_REAL, 0)
    stores.close()
    return 0


def _heed_signals(worker: Worker, seconds: float) -> None:
    """Let a first signal ask the worker to end, and a second one, or too long a wait, end it at once."""
    told = False

    def stop(number: int, _frame: FrameType | None) -> None:
        nonlocal told
        if told:  # what it held is found by another, as after a crash
            log.error("worker_ended_hard", signal=signal.Signals(number).name)
            os._exit(1)
        told = True
        signal.setitimer(signal.ITIMER_REAL, seconds)
        worker.stop()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
        signal.signal(number, stop)


def new_name() -> str:
    """Return a name that no other worker bears: in containers many are process 1 of a host of the same name."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


def serve_metrics(settings: Settings, lanes: Lanes) -> bool:
    """Answer Prometheus if that is set; tells whether it can."""
    if not settings.worker_metrics_port:
        return True
    host, port = settings.worker_metrics_host, settings.worker_metrics_port
    try:
        page.serve(host, port, operating.Now(lanes))
    except OSError as error:
        print(f"BARKER_WORKER_METRICS_PORT: nothing can listen on {host}, port {port}: {error}", file=sys.stderr)
        return False
    return True
