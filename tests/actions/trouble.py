"""What may happen at any call to a store in the middle of an action: the real store does the work of all others."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any, TypeVar

from barker.errors import Conflict, StoreDown
from barker.stores import Stores
from barker.stores.recent import Recent

SERVER = {"follows": "graph", "queues": "queues", "jobs": "queues"}  # the others: documents
SERVERS = ("documents", "graph", "queues")
T = TypeVar("T")


class Killed(Exception):
    """The process died here."""


@dataclass(frozen=True)
class Trouble:
    """What happens at which call: a server is down from then on, by its name, or one of the others.

    lost: it is done, but not answered; killed: the process dies; overtaken: other acts come before.
    """

    at: int
    kind: str
    acts: tuple[Callable[[], None], ...] = ()


class Door:
    """A store; each call to it is told first."""

    def __init__(self, store: object, call: Callable[[Callable[[], Any]], Any]) -> None:
        self._store, self._call = store, call

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        return lambda *arguments, **more: self._call(partial(method, *arguments, **more))


class Troubles:
    """The stores of actions that may meet with trouble."""

    def __init__(self, stores: Stores) -> None:
        names = [one.name for one in fields(stores) if one.name != "shown"]  # a memory, which never fails
        doors: Any = {
            name: Door(getattr(stores, name), partial(self._call, SERVER.get(name, "documents"))) for name in names
        }
        # Pages may be as old as is promised: here they are always of now.
        self.stores = replace(stores, **doors, shown=Recent(seconds=0, most=1))
        self.struck = False  # by the action that ended last
        self._trouble: Trouble | None = None
        self._calls = 0

    @contextmanager
    def meet(self, trouble: Trouble | None) -> Iterator[None]:
        """Let an action meet with trouble; only then may it fail."""
        outer = self._trouble, self._calls
        self._trouble, self._calls, self.struck = trouble, 0, False
        try:
            yield
        except (StoreDown, Killed, Conflict):
            assert self.struck
        finally:
            self._trouble, self._calls = outer

    def _call(self, server: str, method: Callable[[], T]) -> T:
        trouble, self._calls = self._trouble, self._calls + 1
        if trouble is None or self._calls < trouble.at or (trouble.kind in SERVERS and trouble.kind != server):
            return method()
        if trouble.kind == "overtaken":
            self._trouble = None
            for act in trouble.acts:
                act()
        self.struck = True
        if trouble.kind == "killed":
            raise Killed
        if trouble.kind in SERVERS:
            raise StoreDown(server)
        answer = method()
        if trouble.kind == "lost":
            self._trouble = None
            raise StoreDown(server)
        return answer
