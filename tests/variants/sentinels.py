"""A Redis with a replica and three sentinels, as child processes on this machine."""

import os
import signal
import socket
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from barker.local import redis as local
from barker.local.child import Child, Command, stop
from barker.local.display import Lines
from barker.local.ports import LOOPBACK, free_port
from barker.local.starting import Awaited, wait_until_ready
from tests.barker_process import wait_for
from tests.variants.secured import RIGHTS, Passwords

SERVICE = "queues"
SENTINELS, QUORUM = 3, 2
DOWN_MS = 1_000  # a master that is silent for so long is failed over
CONFIG = """\
sentinel monitor {service} 127.0.0.1 {master} {quorum}
sentinel down-after-milliseconds {service} {down}
sentinel failover-timeout {service} 5000
sentinel auth-user {service} admin
sentinel auth-pass {service} {password}
requirepass {own}
"""
OWN_PASSWORD = "of-the-sentinels"


class Sentinels:
    """Two servers and three sentinels: entering starts them, leaving stops them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.passwords = Passwords()
        (folder / "users.acl").write_text(self.passwords.put_into((RIGHTS / "redis-queues.acl").read_text()))
        self.ports: list[int] = []
        for _ in range(2 + SENTINELS):
            self.ports.append(free_port(other_than=self.ports))
        self.servers = self.ports[:2]
        self.children = {port: Child(self._command(port)) for port in self.ports}

    def __enter__(self) -> "Sentinels":
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        stop(self.children.values())

    @property
    def url(self) -> str:
        """The setting that names the service."""
        hosts = ",".join(f"{LOOPBACK}:{port}" for port in self.ports[2:])
        return f"redis+sentinel://service:{self.passwords.service}@{hosts}/{SERVICE}/0?sentinel_password={OWN_PASSWORD}"

    def master(self) -> int:
        """Return the port of the server that is master now, by its own word."""
        return next(port for port in self.servers if self._tells(port).get("role") == "master")

    def is_copied(self) -> bool:
        """Tell whether the first replica has all that its master has."""
        found = self._tells(self.servers[0])
        return bool(found["slave0"]["offset"] == found["master_repl_offset"])

    def is_replica(self, port: int) -> bool:
        """Tell whether a server says that it is a replica."""
        return self._tells(port).get("role") == "slave"

    def fail_over(self) -> None:
        """Let the other server be the master, without any that dies."""
        with Redis(port=self.ports[-1], password=OWN_PASSWORD) as sentinel:
            sentinel.execute_command("SENTINEL FAILOVER", SERVICE)

    def end(self, port: int, how: signal.Signals = signal.SIGKILL) -> None:
        """End a server or a sentinel as a crash does, or stop it in its tracks."""
        os.kill(self.children[port].pid, how)

    def _start(self) -> None:
        self._start_some(self.servers)
        wait_for(lambda: self._tells(self.servers[0]).get("connected_slaves") == 1, "the replica")
        self._start_some(self.ports[2:])  # now: they look for replicas as they start, then every ten seconds
        wait_for(lambda: all(map(self._knows_all, self.ports[2:])), "the sentinels to meet")

    def _start_some(self, ports: Sequence[int]) -> None:
        for port in ports:
            self.children[port].start()
        awaited = [Awaited(self.children[port], partial(_answers, port), str(port)) for port in ports]
        wait_until_ready(awaited, Lines(lambda _: None))

    def _knows_all(self, port: int) -> bool:
        with Redis(port=port, password=OWN_PASSWORD, decode_responses=True) as sentinel:
            found: Any = sentinel.sentinel_masters()[SERVICE]
        return bool(found["num-slaves"] == 1 and found["num-other-sentinels"] == SENTINELS - 1)

    def _tells(self, port: int) -> dict[str, Any]:
        try:
            with Redis(port=port, username="admin", password=self.passwords.admin, socket_timeout=1) as server:
                return dict(server.info("replication"))
        except RedisError:
            return {}

    def _command(self, port: int) -> Command:
        folder = self.folder / str(port)
        folder.mkdir()
        argv = [*local.queues_command(folder, port), *self._options(port)]
        if port not in self.servers:
            config = folder / "sentinel.conf"
            words = {"service": SERVICE, "master": self.servers[0], "quorum": QUORUM, "down": DOWN_MS}
            config.write_text(CONFIG.format(**words, password=self.passwords.admin, own=OWN_PASSWORD))
            argv = [argv[0], str(config), "--sentinel", "--port", str(port), "--bind", LOOPBACK, "--dir", str(folder)]
        return Command(title=f"Redis {port}", argv=argv, log=folder / "log")

    def _options(self, port: int) -> Sequence[str]:
        to_master = ("--masteruser", "admin", "--masterauth", self.passwords.admin, "--repl-diskless-sync-delay", "0")
        users = ("--aclfile", str(self.folder / "users.acl"))
        replica = () if port == self.servers[0] else ("--replicaof", f"{LOOPBACK} {self.servers[0]}")
        return (*users, *to_master, *replica)


def _answers(port: int) -> bool:
    """Tell whether a server answers, be it that it wants a password."""
    try:
        with socket.create_connection((LOOPBACK, port), 1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith((b"+PONG", b"-NOAUTH"))
    except OSError:
        return False
