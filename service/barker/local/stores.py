"""The four stores on this machine, for as long as a `with` block lasts."""

import os
from collections.abc import Callable, Collection
from contextlib import ExitStack
from pathlib import Path

from barker.local import central, jars
from barker.local.child import Child, Command, stop
from barker.local.display import Display, display_for
from barker.local.folder import claimed
from barker.local.kinds import KINDS, Kind
from barker.local.ports import LOOPBACK, free_port, is_free
from barker.local.starting import Awaited, wait_until_ready

WAYS_TO_JARS = (central.download, central.copy_with_maven)


class LocalStores:
    """Real servers as child processes: entering starts them and gives their settings, leaving stops them."""

    def __init__(
        self,
        data: Path,
        *,
        fresh: bool = False,
        free_ports: bool = False,
        say: Callable[[str], None] | None = None,
        only: Collection[str] = tuple(KINDS),
    ) -> None:
        self._data = data.absolute()
        self._fresh = fresh
        self._free_ports = free_ports
        self._say = say
        self._kinds = [kind for name, kind in KINDS.items() if name in only]
        self._ports: dict[str, int] = {}
        self._children: dict[str, Child] = {}
        self._leaving = ExitStack()

    def __enter__(self) -> dict[str, str]:
        with ExitStack() as stack:
            display = display_for(self._say)
            lock = stack.enter_context(claimed(self._data, fresh=self._fresh))
            stack.callback(self.stop_all)
            with display:
                self._prepare(lock, display)
                self._start(list(self._children), display)
            self._leaving = stack.pop_all()
        return {kind.setting: kind.url.format(port=self._ports[kind.name]) for kind in self._kinds}

    def __exit__(self, *_: object) -> None:
        self._leaving.close()

    @property
    def processes(self) -> Collection[Child]:
        """All of them."""
        return self._children.values()

    def has(self, name: str) -> bool:
        """Whether this store is one of them."""
        return name in self._children

    def process(self, name: str) -> Child:
        """The process of one store: documents, graph, places or queues."""
        return self._children[name]

    def stop_one(self, name: str) -> None:
        """Stop one store; its data and its port stay as they are."""
        stop([self._children[name]])

    def start_one(self, name: str) -> None:
        """Start a stopped store again, and wait until it is ready."""
        self._start([name], display_for(self._say))

    def stop_all(self) -> None:
        """Stop all that run."""
        stop(self._children.values())

    def _prepare(self, lock: int, display: Display) -> None:
        if any(kind.name == "graph" for kind in self._kinds):
            jars.make_sure(display, WAYS_TO_JARS)
        for kind in self._kinds:
            self._ports[kind.name] = self._port_for(kind, display)
            self._children[kind.name] = Child(self._command_for(kind, lock))

    def _command_for(self, kind: Kind, lock: int) -> Command:
        folder = self._data / kind.name
        folder.mkdir(exist_ok=True)
        return Command(
            title=kind.title,
            argv=kind.command(folder, self._ports[kind.name]),
            log=self._data / "logs" / f"{kind.name}.log",
            env={**os.environ, "LC_ALL": "C.UTF-8"},  # else Java cannot find a folder with an umlaut in its name
            keep_open=(lock,),
            readable=kind.readable,
            own_logs=(folder / kind.own_log,) if kind.own_log else (),
        )

    def _port_for(self, kind: Kind, display: Display) -> int:
        if not self._free_ports and is_free(kind.usual_port):
            return kind.usual_port
        port = free_port(other_than=self._ports.values())
        if not self._free_ports:
            display.say(f"Port {kind.usual_port} is taken: {kind.title} listens on {port}.")
        return port

    def _start(self, names: Collection[str], display: Display) -> None:
        for name in names:
            self._children[name].start()
        wait_until_ready([self._awaited(name) for name in names], display)

    def _awaited(self, name: str) -> Awaited:
        kind, port = KINDS[name], self._ports[name]
        return Awaited(self._children[name], lambda: kind.is_ready(port), f"{LOOPBACK}:{port}")
