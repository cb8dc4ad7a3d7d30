"""All processes of a campaign: the four stores, API processes, workers. What is killed or dies is started again."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import requests

from barker.local import LocalStores
from barker.local.child import Child, Command, stop
from barker.local.kinds import KINDS
from barker.local.ports import free_port
from barker.local.services import PYTHON
from barker.settings import Settings
from barker.stores import Stores, connect

ROOT = Path(__file__).parent.parent.parent
# Its configuration takes the folder it is started in out of the path, and that may be this one.
API = (*PYTHON, "gunicorn", "-c", "python:barker.server", "--pythonpath", str(ROOT), "tests.chaos.api:app")
WORKER = (*PYTHON, "tests.chaos.worker")
LOOK_SECONDS = 0.02  # how often it is looked who has to be started again
AGAIN_SECONDS = 1.0  # before a process that died by itself is started again
REVIVE_SECONDS = 90.0  # for all of them to be ready, at the start and at the end
ASKED_AT_ONCE = 8


@dataclass
class Member:
    """One process, and where it stands: due to be started, starting, or ready to be killed."""

    name: str
    kind: str
    child: Child
    answers: Callable[[], bool]
    due: float | None = None
    ready: bool = True
    asked: Future[bool] | None = field(default=None, repr=False)

    def kill(self, seconds: float) -> None:
        """SIGKILL it, and let it be started again after a while."""
        self.child.kill()
        self.ready, self.asked, self.due = False, None, time.monotonic() + seconds


class Crew:
    """Entering starts all. Processes are started by the main thread alone, so it has to call `look` often."""

    def __init__(self, data: Path, apis: int, workers: int) -> None:
        self._data, self._apis, self._workers = data, apis, workers
        self.members: list[Member] = []
        self.urls: list[str] = []
        self.deaths: list[str] = []  # of processes that nobody killed
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            local = LocalStores(self._data, free_ports=True)
            self.settings = settings = stack.enter_context(local)
            self.stores: Stores = connect(Settings.read(settings))
            stack.callback(self.stores.close)
            self.stores.prepare()
            self.members = [_store(local, name, settings[kind.setting]) for name, kind in KINDS.items()]
            clean = {name: value for name, value in os.environ.items() if not name.startswith("BARKER_")}
            path = os.pathsep.join((str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])))
            # People ask more, and all from one address, than the limits allow.
            self.members += self._services({**clean, **settings, "BARKER_LIMITS": "off", "PYTHONPATH": path})
            services = [member.child for member in self.members if member.kind in ("api", "worker")]
            stack.callback(stop, services)
            self._asking = stack.enter_context(ThreadPoolExecutor(ASKED_AT_ONCE))
            self.revive()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _services(self, environ: dict[str, str]) -> Iterator[Member]:
        for number in range(1, self._apis + 1):
            port = free_port()
            url = f"http://127.0.0.1:{port}"
            self.urls.append(url)
            child = self._child(f"api-{number}", API, {**environ, "BARKER_PORT": str(port)})
            yield Member(f"API {number}", "api", child, partial(_is_alive, url), 0.0, ready=False)
        for number in range(1, self._workers + 1):
            child = self._child(f"worker-{number}", WORKER, environ)
            yield Member(f"worker {number}", "worker", child, partial(_has_spoken, child), 0.0, ready=False)

    def _child(self, name: str, argv: tuple[str, ...], environ: dict[str, str]) -> Child:
        return Child(Command(name, argv, self._data / "logs" / f"{name}.log", environ))

    def ready(self, kind: str) -> list[Member]:
        """Return who of a kind is ready."""
        return [member for member in self.members if member.kind == kind and member.ready]

    def look(self) -> None:
        """Start who is due, and note who has become ready and who died by itself."""
        for member in self.members:
            if member.due is not None:
                self._start_if_due(member)
            elif not member.child.runs():
                self.deaths.append(f"{member.name}: {member.child.fate()}")
                member.kill(AGAIN_SECONDS)  # also what it started
            elif not member.ready:
                self._ask(member)

    def revive(self) -> None:
        """Start all that are down, and wait until everybody is ready."""
        until = time.monotonic() + REVIVE_SECONDS
        while not all(member.ready for member in self.members):
            down = [member.name for member in self.members if not member.ready]
            if time.monotonic() > until:
                raise TimeoutError(f"not ready after {REVIVE_SECONDS:.0f} s: {', '.join(down)}; see {self._data}/logs")
            self.look()
            time.sleep(LOOK_SECONDS)

    def _start_if_due(self, member: Member) -> None:
        if member.due is not None and time.monotonic() >= member.due:
            member.child.start()
            member.due = None

    def _ask(self, member: Member) -> None:
        if member.asked is None:
            member.asked = self._asking.submit(member.answers)
        elif member.asked.done():
            member.ready, member.asked = member.asked.result(), None


def _store(local: LocalStores, name: str, url: str) -> Member:
    port = urlsplit(url).port or 0
    return Member(name, name, local.process(name), lambda: KINDS[name].is_ready(port))


def _is_alive(url: str) -> bool:
    try:
        return requests.get(f"{url}/healthz", timeout=2).status_code == 200
    except requests.RequestException:
        return False


def _has_spoken(child: Child) -> bool:
    return "{" in child.log_tail()  # any line of JSON: asked late, it has told more since than what the tail shows
