"""gunicorn's settings: what serves HTTP, in one group of processes or in two, and how it lets go of live streams."""

import fcntl
import os
import resource
import socket
import sys
import termios
from array import array
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from weakref import WeakSet

import gevent
import structlog

from barker import logs
from barker.errors import BadSettings, StoreDown
from barker.metrics import folder
from barker.settings import Settings, bracketed

log = structlog.get_logger()
gevent.config.track_greenlet_tree = False  # who spawned whom, noted for nobody: a kilobyte and a half a stream
try:
    _settings = Settings.read()
except BadSettings as error:
    sys.exit(str(error))

bind = f"{bracketed(_settings.host)}:{_settings.port}"
workers = _settings.processes
worker_class = "gevent"
SPARE = 4_000  # connections beside the streams: at the last one nothing is answered any more, not even a probe
FILES = 500  # that are no client's: the stores' connections, what is counted in
_holds_streams = _settings.group != "api"
worker_connections = SPARE + _settings.streams * _holds_streams
max_requests = 0  # a stream is a request: one too many, and a process would cut all that it holds
keepalive = 75  # seconds; longer than a proxy in front keeps an idle connection, which is usually 60
timeout = 60  # seconds without a sign of life, and the process is replaced
# Seconds for requests to end; streams are let go at once, but thousands of them take a while to say goodbye.
graceful_timeout = 20 if _settings.group == "stream" else 10
forwarded_allow_ips = ""  # what a proxy says is believed by the app alone, as BARKER_TRUSTED_PROXIES says
limit_request_line = 8190  # a cursor or a query that is too long gets an answer that names it
if sys.flags.safe_path:  # python -P; gunicorn puts the current folder before all that modules come from, all the same
    sys.path[:] = [path for path in sys.path if path != os.getcwd()]
    chdir = "/"
control_socket_disable = True  # else it puts a socket into the home directory
loglevel = "warning"
errorlog = "-"
accesslog = None  # the app logs requests itself, with their ids
CLOCKS_LOOK_SECONDS = 15.0
DRAIN_LOOK_SECONDS = 0.2
# For streams to say goodbye: who has not taken it by then does not read.
DRAIN_SECONDS = 14 if _settings.group == "stream" else 4
# A client that takes nothing for so long is gone: no greenlet waits for it any longer.
SILENT_MILLISECONDS = 10_000
_idle: "WeakSet[socket.socket]" = WeakSet()  # kept alive by clients, between two requests
_busy: "WeakSet[socket.socket]" = WeakSet()


def on_starting(server: Any) -> None:
    """Let gunicorn's own words be lines of JSON too, and its processes count in one folder."""
    logs.configure(_settings.log_level)
    _allow_files()
    server.metrics_made = folder.share()


def _allow_files() -> None:
    """Take what the system lets us have: the usual 1,024 files are used up by as many streams, and accept fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = worker_connections + FILES
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    if most < wanted:
        log.warning("few_files", limit=most, wanted=wanted)


def on_exit(server: Any) -> None:
    """Leave no folder behind."""
    folder.remove(getattr(server, "metrics_made", None))


def child_exit(server: Any, worker: Any) -> None:
    """Count the open streams of a process that has ended no longer."""
    folder.note_end(worker.pid)


def pre_request(worker: Any, req: Any) -> None:
    """Note that a connection is at work."""
    connection = req.unreader.sock
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENT_MILLISECONDS)
    _idle.discard(connection)
    _busy.add(connection)


def post_request(worker: Any, req: Any, environ: Any, resp: Any) -> None:
    """Let others have a turn: a client that never pauses would keep the whole process."""
    _busy.discard(req.unreader.sock)
    _idle.add(req.unreader.sock)
    if not worker.alive:
        _let_go_unasked()
    gevent.sleep(0)


def post_worker_init(worker: Any) -> None:
    """Let go of streams and of idle connections as soon as this process has to go, so that it can go in time."""

    def watch() -> None:
        while worker.alive:
            gevent.sleep(DRAIN_LOOK_SECONDS)
        worker.wsgi.extensions["barker"].hub.drain("restart")
        _let_go_unasked()
        gevent.sleep(DRAIN_SECONDS)
        _let_go([*_busy, *_idle])

    gevent.spawn(watch)
    gevent.spawn(_look_at_clocks, worker)


def _look_at_clocks(worker: Any) -> None:
    from barker.actions import operating  # noqa: PLC0415 (what counts is imported in the process that counts)

    stores = worker.wsgi.extensions["barker"].stores
    while worker.alive:
        try:
            operating.look_at_clocks(stores)
        except StoreDown:
            pass  # the guard has logged it
        except Exception:  # nobody would look again
            log.exception("clocks_fault")
        gevent.sleep(CLOCKS_LOOK_SECONDS)


def _let_go_unasked() -> None:
    """Let go of idle connections, but not where the next request lies unread: a proxy does not send a POST twice."""
    _let_go([connection for connection in _idle if not _is_asked(connection)])


def _is_asked(connection: socket.socket) -> bool:
    waiting = array("i", [0])
    with suppress(OSError, ValueError):  # it was closed
        fcntl.ioctl(connection.fileno(), termios.FIONREAD, waiting)
    return waiting[0] > 0


def _let_go(connections: Iterable[socket.socket]) -> None:
    for connection in connections:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
