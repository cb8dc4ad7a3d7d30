"""Who went away: a stream only writes, and would find out at its next heartbeat."""

import fcntl
import socket
import termios
from collections.abc import Callable
from functools import partial
from typing import Any

import gevent

READABLE = 1  # of an event loop's watcher


def watch(connection: socket.socket, gone: Callable[[], None]) -> Callable[[], None]:
    """Call `gone` once the other side closes its connection; returns what ends the watch.

    Without a greenlet, of which each costs some kilobytes. Who sends more is left alone: that is another request.
    """
    watcher = gevent.get_hub().loop.io(connection.fileno(), READABLE)
    watcher.start(_look, watcher, connection, gone)
    return partial(_end, watcher)


def _look(watcher: Any, connection: socket.socket, gone: Callable[[], None]) -> None:
    watcher.stop()
    waiting = fcntl.ioctl(connection.fileno(), termios.FIONREAD, b"\0\0\0\0")
    if not any(waiting):  # readable, and nothing to read: the end
        gone()


def _end(watcher: Any) -> None:
    watcher.stop()
    watcher.close()
