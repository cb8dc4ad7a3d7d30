"""Redis behind Sentinels: whoever connects asks them first which server is the master now.

The driver's own pool for this does not wait for a free connection, and asks silent sentinels one after the other for as
long as a call to each may take.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ReadOnlyError, RedisError

from barker.stores.topology import ASKED, Address

OWN = ("sentinel_username", "sentinel_password")  # what the address holds for the sentinels, not for Redis

_ask: Callable[..., Any] = Redis.execute_command


def is_sentinel(url: str) -> bool:
    """Tell whether an address names sentinels."""
    return urlsplit(url).scheme.endswith("+sentinel")


@dataclass
class Sentinels:
    """Who knows the master of one service: `redis+sentinel://user:password@host:port,host:port/service/database`."""

    service: str
    urls: tuple[str, ...]
    master_url: str  # with a sentinel in the master's place, which is asked for only as one connects
    seconds: float
    found: Address | None = None  # the master as they said last

    @classmethod
    def read(cls, url: str, seconds: float) -> "Sentinels":
        """Read an address."""
        parts = urlsplit(url)
        person, at, hosts = parts.netloc.rpartition("@")
        service, _, database = parts.path.strip("/").partition("/")
        given = parse_qsl(parts.query)
        query = urlencode([(name, value) for name, value in given if name not in OWN])
        username, password = (dict(given).get(name, "") for name in OWN)
        own = urlencode({"username": username, "password": password}) if password else ""
        plain = parts._replace(scheme=parts.scheme.removesuffix("+sentinel"), query=query)
        asked = plain._replace(path="", query="&".join(filter(None, (query, own))))
        urls = tuple(asked._replace(netloc=host).geturl() for host in hosts.split(","))
        master = plain._replace(netloc=f"{person}{at}{hosts.split(',')[0]}", path=f"/{database or 0}")
        return cls(unquote(service), urls, master.geturl(), seconds)

    def master(self) -> Address:
        """Return where the master is. Raises ConnectionError where no sentinel says so in time."""
        until = time.monotonic() + self.seconds
        failure: RedisError | None = None
        for url in self.urls:
            try:
                if found := self._asked(url):
                    self.found = found
                    return found
            except RedisError as error:
                failure = error
            if time.monotonic() > until:
                break
        raise RedisConnectionError(f"Connect: no sentinel knows a master of {self.service}") from failure

    def _asked(self, url: str) -> Address | None:
        limit = self.seconds / ASKED
        with Redis.from_url(url, socket_timeout=limit, socket_connect_timeout=limit, decode_responses=True) as sentinel:
            found = _ask(sentinel, "SENTINEL GET-MASTER-ADDR-BY-NAME", self.service)
        return (str(found[0]), int(found[1])) if found else None


class Following:
    """What a connection does beside: it finds the master as it connects, and leaves one that is none any more."""

    host: str
    port: int
    disconnect: Callable[[], None]

    def __init__(self, *, sentinels: Sentinels, **options: Any) -> None:
        self._sentinels = sentinels
        super().__init__(**options)

    def _connect(self) -> Any:
        self.host, self.port = self._sentinels.master()
        return super()._connect()  # type: ignore[misc]

    def can_read(self, timeout: float = 0) -> bool:
        """Be unfit for use once another server was found to be the master: this one may hang, not refuse."""
        if (self.host, self.port) != self._sentinels.found:
            raise RedisConnectionError("another server is the master now")
        return bool(super().can_read(timeout))  # type: ignore[misc]

    def read_response(self, *arguments: Any, **options: Any) -> Any:
        """Read an answer; that of a server which takes no writes ends the connection."""
        try:
            return super().read_response(*arguments, **options)  # type: ignore[misc]
        except ReadOnlyError as error:
            self.disconnect()
            raise RedisConnectionError("ReadOnly: the master has become a replica") from error
