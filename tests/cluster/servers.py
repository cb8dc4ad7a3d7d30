"""A Redis Cluster of child processes on this machine: three masters, a replica of each."""

import os
import signal
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from redis import Redis
from redis.crc import key_slot
from redis.exceptions import RedisError

from barker.local import redis as local
from barker.local.child import Child, Command, stop
from barker.local.display import Lines
from barker.local.ports import LOOPBACK, free_port
from barker.local.starting import Awaited, wait_until_ready
from tests.barker_process import wait_for

MASTERS = 3
NODE_TIMEOUT_MS = 1_500  # a master that is silent for so long is failed over
SLOTS = 16_384

_ask: Callable[..., Any] = Redis.execute_command


class Node:
    """One server of the cluster."""

    def __init__(self, folder: Path, taken: list[int], options: Iterable[str]) -> None:
        folder.mkdir()
        self.port = free_port(other_than=taken)
        self.bus = free_port(other_than=[*taken, self.port])
        taken += [self.port, self.bus]
        argv = [
            *local.queues_command(folder, self.port),
            *("--cluster-enabled", "yes", "--cluster-port", str(self.bus), "--repl-diskless-sync-delay", "0"),
            *("--cluster-node-timeout", str(NODE_TIMEOUT_MS), *options),
        ]
        self.child = Child(Command(title=f"Redis {self.port}", argv=argv, log=folder / "log"))
        self.redis = Redis(port=self.port, decode_responses=True, socket_timeout=5)

    def cluster(self, *words: object) -> Any:
        """Run a CLUSTER command here."""
        return _ask(self.redis, "CLUSTER", *words)

    def is_ready(self) -> bool:
        """Whether this server answers."""
        return local.is_ready(self.port)

    def is_master(self) -> bool:
        """Whether this server is a master now."""
        try:
            return str(self.redis.info("replication")["role"]) == "master"
        except RedisError:
            return False

    def knows_all(self) -> bool:
        """Whether this server has met all others."""
        return f"cluster_known_nodes:{2 * MASTERS}" in self.cluster("INFO")

    def is_well(self) -> bool:
        """Whether this server sees the whole cluster, and, if a replica, is up to date with its master."""
        try:
            state = self.redis.info("replication")
            linked = state["role"] == "master" or state["master_link_status"] == "up"
            return linked and "fail" not in self.cluster("NODES") and "cluster_state:ok" in self.cluster("INFO")
        except RedisError:
            return False


class ClusterServers:
    """Six servers: entering makes a cluster of them, leaving stops them."""

    def __init__(self, folder: Path, *options: str) -> None:
        taken: list[int] = []
        self.nodes = [Node(folder / str(number), taken, options) for number in range(2 * MASTERS)]

    def __enter__(self) -> "ClusterServers":
        try:
            self.start(self.nodes)
            self._join()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for node in self.nodes:
            node.redis.close()
        stop([node.child for node in self.nodes])

    @property
    def url(self) -> str:
        """The setting that names it, by two of its nodes."""
        return "redis+cluster://" + ",".join(f"{LOOPBACK}:{node.port}" for node in self.nodes[:2])

    def start(self, nodes: Iterable[Node]) -> None:
        """Start servers, again or for the first time, and wait until they answer."""
        nodes = list(nodes)
        for node in nodes:
            node.child.start()
        wait_until_ready([Awaited(node.child, node.is_ready, str(node.port)) for node in nodes], Lines(lambda _: None))

    def kill(self, node: Node, how: signal.Signals = signal.SIGKILL) -> None:
        """End a server as a crash does, or stop it in its tracks."""
        os.kill(node.child.pid, how)

    def masters(self) -> list[Node]:
        """Return who is a master now."""
        return [node for node in self.nodes if node.child.runs() and node.is_master()]

    def serving(self, key: str) -> Node:
        """Return the master that serves a key."""
        slot = key_slot(key.encode())
        for first, last, (_, port, *_), *_ in self.masters()[0].cluster("SLOTS"):
            if first <= slot <= last:
                return next(node for node in self.nodes if node.port == port)
        raise AssertionError(f"nobody serves slot {slot}")

    def replica_of(self, master: Node) -> Node:
        """Return the replica of a master."""
        (line,) = master.cluster("REPLICAS", master.cluster("MYID"))
        return next(node for node in self.nodes if f":{node.port}@" in line)

    def wait_until_well(self) -> None:
        """Wait until all servers are there and agree."""
        wait_for(lambda: all(node.is_well() for node in self.nodes), "the cluster to be well", 60)

    def _join(self) -> None:
        first, masters, replicas = self.nodes[0], self.nodes[:MASTERS], self.nodes[MASTERS:]
        for number, node in enumerate(self.nodes, 1):
            node.cluster("SET-CONFIG-EPOCH", number)
            first.cluster("MEET", LOOPBACK, node.port, node.bus)
        for number, master in enumerate(masters):
            master.cluster("ADDSLOTSRANGE", SLOTS * number // MASTERS, SLOTS * (number + 1) // MASTERS - 1)
        wait_for(lambda: all(node.knows_all() for node in self.nodes), "the servers to meet")
        for master, replica in zip(masters, replicas, strict=True):
            replica.cluster("REPLICATE", master.cluster("MYID"))
        self.wait_until_well()


class Move:
    """One slot on its way from its master to another, as `redis-cli --cluster reshard` does it."""

    def __init__(self, servers: ClusterServers, key: str) -> None:
        self.slot = key_slot(key.encode())
        self.source = servers.serving(key)
        self.target = next(node for node in servers.masters() if node is not self.source)

    def begin(self) -> None:
        """Let the source send whoever asks for what it has not, or no more, to the target."""
        self.target.cluster("SETSLOT", self.slot, "IMPORTING", self.source.cluster("MYID"))
        self.source.cluster("SETSLOT", self.slot, "MIGRATING", self.target.cluster("MYID"))

    def carry(self, keys: Iterable[str]) -> None:
        """Move keys."""
        self.source.redis.migrate(LOOPBACK, self.target.port, list(keys), 0, 5000)

    def carry_all(self) -> None:
        """Move all keys that are left."""
        while keys := self.source.cluster("GETKEYSINSLOT", self.slot, 100):
            self.carry(keys)

    def end(self) -> None:
        """Let the slot belong to the target."""
        for node in (self.target, self.source):
            node.cluster("SETSLOT", self.slot, "NODE", self.target.cluster("MYID"))
