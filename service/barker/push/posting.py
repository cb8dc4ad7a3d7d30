"""One POST to a push service: to the very address that was checked, within a time limit, following nothing."""

import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException

import certifi

from barker.push.addresses import Endpoint

CONNECT_SECONDS, READ_SECONDS = 3.0, 5.0
WHOLE_SECONDS = 10.0  # of a whole POST: a service that sends a byte now and then would hold a thread for ever
TRIED = 2  # addresses of a host


class Unanswered(Exception):
    """No answer, or not in time."""


@dataclass(frozen=True)
class Answer:
    """What a push service said; its body is not read."""

    status: int
    retry_after: str


class _Connection(HTTPConnection):
    """A connection to an address that was looked up before; the host's name is for its certificate and the server."""

    def __init__(self, endpoint: Endpoint, address: str) -> None:
        super().__init__(endpoint.host, endpoint.port, timeout=READ_SECONDS)
        self._endpoint, self._address = endpoint, address
        # http.client writes a port that is not 80 into the header Host, where the one of https goes without saying.
        self.default_port = 443 if endpoint.scheme == "https" else 80
        self._timer = threading.Timer(WHOLE_SECONDS, self._cut)
        self._timer.daemon = True
        self.is_late = False

    def connect(self) -> None:
        """Connect; the clock of the whole POST begins."""
        sock = socket.create_connection((self._address, self._endpoint.port), timeout=CONNECT_SECONDS)
        if self._endpoint.scheme == "https":
            sock = _tls().wrap_socket(sock, server_hostname=self._endpoint.host, do_handshake_on_connect=False)
        self.sock = sock
        self.sock.settimeout(READ_SECONDS)
        self._timer.start()
        if isinstance(sock, ssl.SSLSocket):
            sock.do_handshake()

    def close(self) -> None:
        """Close the connection."""
        self._timer.cancel()
        super().close()

    def _cut(self) -> None:
        sock, self.is_late = self.sock, True
        if sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)  # NOTE not that of TLS, which is another thread's now


def post(endpoint: Endpoint, addresses: list[str], headers: Mapping[str, str], body: bytes) -> Answer:
    """Send a body to the first of these addresses that can be connected to. Raises Unanswered."""
    reason = "no address"
    for address in addresses[:TRIED]:
        connection = _Connection(endpoint, address)
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            reason = f"{type(error).__name__}: {error}"
            continue
        return _asked(connection, endpoint.target, headers, body)
    raise Unanswered(reason)


def _asked(connection: _Connection, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
    try:
        connection.request("POST", target, body, dict(headers))
        with connection.getresponse() as answer:
            if connection.is_late:  # of a head that is cut off, http.client makes what it can
                raise Unanswered("too slow")
            return Answer(answer.status, answer.getheader("Retry-After", ""))
    except (OSError, HTTPException, ValueError) as error:
        raise Unanswered(f"{type(error).__name__}: {error}"[:200]) from None
    finally:
        connection.close()


@cache
def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()  # those of the system too, or of SSL_CERT_FILE
    return context
