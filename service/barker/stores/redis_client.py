"""How a connection to Redis is made: the driver's own defaults repeat a slow write up to ten times.

(redis-py 8: `Redis(host=...)` retries on timeouts, `from_url` does not, and both wait five seconds.)
"""

import socket
from typing import Any, cast
from urllib.parse import urlsplit

from redis import BlockingConnectionPool, Connection, Redis, SSLConnection
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from barker.stores.cluster import Cluster, is_cluster
from barker.stores.sentinel import Following, Sentinels, is_sentinel

POOL = 100  # connections a process and server; a greenlet that finds none free waits within the time limit


class _Connection(Connection):
    """A connection that is looked at by a peek before each use.

    The driver's poll takes a turn of gevent's loop, and uses a connection on which an answer was left, which would be
    told to whoever asks next: it takes that for one of the notifications of Redis Enterprise.
    """

    def can_read(self, timeout: float = 0) -> bool:
        """Tell whether something comes in time. Without a time: raise unless the connection is fit for use."""
        sock = cast("socket.socket | None", self._sock)
        if timeout or sock is None:
            return super().can_read(timeout)
        limit = sock.gettimeout()
        sock.settimeout(0)
        try:
            left = sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        finally:
            sock.settimeout(limit)
        raise RedisConnectionError("an answer was left" if left else "closed by the server")


class _ToMaster(Following, _Connection):
    """To whichever server is the master."""


class _ToMasterByTls(Following, SSLConnection):
    """The same, over TLS."""


def connect(url: str, seconds: float, *, block_seconds: float = 0, retries: int = 1) -> Redis:
    """Return a client whose calls end within `seconds` (more for reads that block), opened at first use.

    A reset connection is tried again, a timeout never: what may have been written is not written again.
    """
    if is_cluster(url):  # its commands are tried again where the cluster says, not where they failed
        return Cluster(url, lambda node, limit: connect(node, limit, block_seconds=block_seconds, retries=0), seconds)
    options: dict[str, Any] = {}
    if is_sentinel(url):
        options["sentinels"] = sentinels = Sentinels.read(url, seconds)
        url, by_tls = sentinels.master_url, urlsplit(url).scheme.startswith("rediss")
        options["connection_class"] = _ToMasterByTls if by_tls else _ToMaster
    elif urlsplit(url).scheme == "redis":  # others have connections of their own
        options["connection_class"] = _Connection
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=POOL,
        timeout=seconds,
        socket_timeout=seconds + block_seconds,
        socket_connect_timeout=seconds,
        socket_keepalive=True,
        decode_responses=True,
        client_name="barker",
        retry=Retry(NoBackoff(), retries, supported_errors=(RedisConnectionError,)),
        **options,
    )
    return Redis.from_pool(pool)


def servers(redis: Redis) -> list[Redis]:
    """Return a client for each server that keeps a part: itself, or a cluster's masters as they are now."""
    return redis.masters() if isinstance(redis, Cluster) else [redis]


def server_of(redis: Redis, key: str) -> Redis:
    """Return a client for the server that keeps a key, for what is asked of it without one."""
    return redis.serving(key)[1] if isinstance(redis, Cluster) else redis
