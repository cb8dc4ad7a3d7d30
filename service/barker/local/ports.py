"""Ports on the loopback address."""

import errno
import random
import socket
from collections.abc import Collection

from barker.local.errors import StartFailed

LOOPBACK = "127.0.0.1"
# NOTE below the range of outgoing connections: a client that keeps dialling a dead server's port from that
# range may be given this very port as its own, talk to itself, and keep the server from coming back.
FREE = range(20_000, 32_000)
TRIES = 200


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen there now."""
    try:
        with socket.create_server((host, port), family=_family(host)):
            return True
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        raise StartFailed(f"Nothing can listen on {host}, port {port}: {error.strerror}.") from error


def is_open(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False


def free_port(host: str = LOOPBACK, *, other_than: Collection[int] = ()) -> int:
    """A port nobody listens on."""
    for port in random.sample(FREE, TRIES):
        if port not in other_than and is_free(port, host):
            return port
    raise StartFailed(f"No free port was found on {host} between {FREE.start} and {FREE.stop}.")


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
