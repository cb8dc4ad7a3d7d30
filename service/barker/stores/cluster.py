"""A Redis Cluster behind the face of one Redis, so that nobody else notices.

A command goes to the master that serves its key; many go as one round trip a node, all nodes at once. The driver's own
cluster client is not used: it connects while it is made, asks the server for the keys of every FCALL, and where
nodes are silent its callers queue up, each to wait for one node after the other.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

from redis import Redis
from redis.client import Pipeline
from redis.crc import key_slot
from redis.exceptions import (
    AskError,
    ClusterDownError,
    MovedError,
    RedisError,
    ResponseError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from barker.stores.topology import Address, Topology

TO_ALL = {"PING", "FUNCTION LOAD", "PUBSUB SHARDCHANNELS"}  # commands without a key: every master gets them
PAUSE_SECONDS = 0.05  # between two tries while a slot is on its way or has no master
AGAIN = (RedisConnectionError, AskError, TryAgainError, ClusterDownError)  # a MovedError is an AskError

_ask: Callable[..., Any] = Redis.execute_command
_answer: Callable[..., Any] = Redis.parse_response

Given = tuple[tuple[Any, ...], dict[str, Any]]  # a command's arguments and the driver's options


def is_cluster(url: str) -> bool:
    """Tell whether an address names a cluster."""
    return urlsplit(url).scheme.endswith("+cluster")


@dataclass(eq=False)
class _Command:
    slot: int
    args: tuple[Any, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    ask: Address | None = None  # its key has moved ahead of its slot: there this once
    result: Any = None


class Cluster(Redis):
    """The masters of a cluster as one client; each command ends within the time limit of `connect`, or twice that."""

    def __init__(self, url: str, connect: Callable[[str, float], Redis], seconds: float) -> None:
        """`connect` makes the client of one node with a time limit; it must not try again by itself."""
        self._topology = Topology(url, connect, seconds)
        self._seconds = seconds
        super().__init__(connection_pool=self._topology.any_client().connection_pool)

    def masters(self) -> list[Redis]:
        """Return a client for each master, as they are now."""
        self._topology.refresh()
        return self._topology.masters()

    def serving(self, key: str) -> tuple[Address, Redis]:
        """Return where a key is served, and a client for it."""
        address = self._topology.address(key_slot(key.encode()))
        return address, self._topology.client(address)

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Run one command."""
        if args[0] in TO_ALL:
            with self._topology.doubted():
                return _together([_ask(node, *args, **options) for node in self._topology.masters()])
        (result,) = self.run([(args, options)])
        if isinstance(result, Exception):
            raise result
        return result

    def pipeline(self, transaction: bool = True, shard_hint: Any = None) -> Pipeline:
        """Return a pipeline: of any slots, or with a transaction of one."""
        return _Pipeline(self, transaction)

    def run(self, given: Sequence[Given]) -> list[Any]:
        """Run commands of any slots, in their order within a slot; errors of single ones are among the results."""
        commands = [_Command(_slot(args), args, options) for args, options in given]
        todo, patience = commands, _Patience(self._topology, self._seconds)
        while todo:
            with ExitStack() as stack:
                trips = [stack.enter_context(_sent(node, some)) for node, some in self._by_node(todo)]
                for node, connection, some in trips:
                    _receive(node, connection, some)
            todo = patience.again(todo)
        for command in commands:
            if isinstance(command.result, RedisConnectionError | RedisTimeoutError):
                raise command.result
        return [command.result for command in commands]

    def transact(self, given: Sequence[Given]) -> list[Any]:
        """Run commands of one slot in a transaction."""
        (slot,) = {_slot(args) for args, _ in given}
        command, patience = _Command(slot), _Patience(self._topology, self._seconds)
        while True:
            try:
                node = self._topology.client(self._topology.address(slot))
                with node.pipeline(transaction=True) as pipe:
                    pipe.command_stack = list(given)
                    return pipe.execute()
            except RedisError as error:
                command.result = error
                if not patience.again([command]):
                    raise

    def close(self) -> None:
        """Close all connections to all nodes."""
        self._topology.close()

    def _by_node(self, commands: Iterable[_Command]) -> Iterable[tuple[Redis, list[_Command]]]:
        found: dict[Address, list[_Command]] = {}
        for command in commands:
            found.setdefault(command.ask or self._topology.address(command.slot), []).append(command)
        return [(self._topology.client(address), some) for address, some in found.items()]


class _Pipeline(Pipeline):
    def __init__(self, cluster: Cluster, transaction: bool) -> None:
        super().__init__(cluster.connection_pool, {}, transaction, None)
        self._run = cluster.transact if transaction else cluster.run

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        given, self.command_stack = self.command_stack, []
        results = self._run(given) if given else []
        if raise_on_error:
            self.raise_first_error(given, results)  # type: ignore[no-untyped-call]
        return results


class _Patience:
    """What is done about commands that a node turned away, within a time limit."""

    def __init__(self, topology: Topology, seconds: float) -> None:
        self._topology = topology
        self._until = time.monotonic() + seconds
        self._tries = 0
        self._broken = False

    def again(self, commands: Sequence[_Command]) -> list[_Command]:
        """Return what has to be sent again: what was turned away, and what stands behind it in its slot."""
        slots: set[int] = set()
        broken = False
        for command in commands:
            if isinstance(command.result, RedisTimeoutError):  # it may have been done, so it is not done again
                self._topology.doubt()
            if isinstance(command.result, AGAIN):
                slots.add(command.slot)
                self._learn(command, command.result)
                broken = broken or isinstance(command.result, RedisConnectionError)
        if not slots or (broken and self._broken) or time.monotonic() > self._until:
            return []
        self._broken = self._broken or broken
        self._tries += 1
        if self._tries > 1:
            time.sleep(PAUSE_SECONDS)
        return _from_first_failed(commands)

    def _learn(self, command: _Command, error: RedisError) -> None:
        command.ask = None
        if isinstance(error, MovedError) and error.host:
            self._topology.moved(command.slot, error.node_addr)
        elif isinstance(error, MovedError) or not isinstance(error, AskError):
            self._topology.doubt()
        elif command.args and command.args[0] != "FCALL":
            command.ask = error.node_addr
        # else: it may touch keys that it does not name, so it waits until the whole slot has moved


def _together(answers: list[Any]) -> Any:
    """Return what all masters have between them, or, where they say the same, what one says."""
    return list(chain(*answers)) if isinstance(answers[0], list) else answers[0]


def _from_first_failed(commands: Iterable[_Command]) -> list[_Command]:
    failed: set[int] = set()
    again: list[_Command] = []
    for command in commands:
        if isinstance(command.result, AGAIN):
            failed.add(command.slot)
        if command.slot in failed:
            again.append(command)
    return again


@contextmanager
def _sent(node: Redis, commands: list[_Command]) -> Iterator[tuple[Redis, Any, list[_Command]]]:
    """Send commands to a node and lend the connection on which the answers come."""
    connection: Any = None
    try:
        try:
            connection = node.connection_pool.get_connection()
            wire = [part for one in commands for part in ([("ASKING",)] if one.ask else []) + [one.args]]
            connection.send_packed_command(connection.pack_commands(wire))
        except (RedisConnectionError, RedisTimeoutError) as error:
            for command in commands:
                command.result = error
            commands = []  # there is nothing to be received
        yield node, connection, commands
    except BaseException:
        if connection:  # answers that nobody has read must not meet the next one's commands
            connection.disconnect()
        raise
    finally:
        if connection:
            node.connection_pool.release(connection)


def _receive(node: Redis, connection: Any, commands: Sequence[_Command]) -> None:
    """Read all answers; a connection that breaks is the answer to all that are left."""
    broken: RedisError | None = None
    for command in commands:
        command.result = broken
        if broken:
            continue
        try:
            if command.ask:
                _answer(node, connection, "ASKING")
            command.result = _answer(node, connection, command.args[0], **command.options)
        except ResponseError as error:
            command.result = error
        except (RedisConnectionError, RedisTimeoutError) as error:
            command.result = broken = error
            connection.disconnect()


def _slot(args: tuple[Any, ...]) -> int:
    """Return the slot of a command's first key."""
    if args[0] == "FCALL":
        key = args[3]
    elif args[0] == "XREADGROUP":
        key = args[args.index(b"STREAMS") + 1]
    else:
        key = args[1]
    return key_slot(str(key).encode())
