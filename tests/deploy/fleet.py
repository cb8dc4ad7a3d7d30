"""Two processes of each kind behind nginx, as they stand on a server, and people who go on while all are replaced."""

import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

import requests

from tests.barker_process import Person, wait_for
from tests.deploy.edge import Groups, is_ready

RETRY_SECONDS = 2  # what the stream asks of clients
READY_SECONDS = 150  # six processes start at once
REPLACED = ("worker", "worker2", "serve", "serve2", "stream", "stream2")  # one after the other


class Fleet(Groups):
    """API, streams and workers, two of each."""

    def __init__(self, environ: Mapping[str, str], logs: Path, ports: Callable[[], int]) -> None:
        super().__init__(environ, logs)
        self.ports |= {"serve2": ports(), "stream2": ports()}

    def __enter__(self) -> "Fleet":
        """Start all of it, nginx last."""
        for name in REPLACED:
            self.start(name)
        for port in self.ports.values():
            wait_for(lambda port=port: is_ready(port), "a process to be ready", READY_SECONDS)
        self.start("nginx")
        wait_for(lambda: is_ready(self.port), "nginx to listen")
        return self

    def start(self, name: str) -> None:
        """Start one of them; a second one has the name of the first with a 2."""
        if name == "nginx":
            return super().start(name)
        kind = name.removesuffix("2")
        command = [
            sys.executable,
            "-m",
            "barker.cli",
            *(["serve", "--group", "stream"] if kind == "stream" else [kind]),
        ]
        environ = {**self.environ, "BARKER_PORT": str(self.ports.get(name, self.port))}
        with (self.logs / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
        return None

    def replace(self, name: str) -> float:
        """Let one go, and start another in its place; returns how long the old one took."""
        started = self.log(name).count("worker_started")
        seconds = self.stop(name)
        self.start(name)
        if name in self.ports:
            wait_for(lambda: is_ready(self.ports[name]), name, READY_SECONDS)
        else:
            wait_for(lambda: self.log(name).count("worker_started") > started, name, READY_SECONDS)
        return seconds

    def _conf(self) -> Path:
        path, conf = super()._conf(), self.logs / "barker.conf"
        text = conf.read_text()
        for first, fails in (("serve", "fail_timeout=2s"), ("stream", "max_fails=0")):
            line = f"    server 127.0.0.1:{self.ports[first]} {fails};\n"
            assert text.count(line) == 1, line
            text = text.replace(line, line + line.replace(str(self.ports[first]), str(self.ports[f"{first}2"])))
        conf.write_text(text)
        return path


class Doing:
    """Somebody who does one thing over and over, in a thread, and notes what she is refused."""

    def __init__(self, does: Callable[[requests.Session], requests.Response], pause: float) -> None:
        self._does, self._pause = does, pause
        self.answers: list[requests.Response] = []
        self.errors: list[str] = []
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._go_on)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()

    def _go_on(self) -> None:
        session = requests.Session()
        while not self._ending.wait(self._pause):
            try:
                answer = self._does(session)
            except requests.RequestException as error:
                self.errors.append(repr(error))
                continue
            self.answers.append(answer)
            if not answer.ok:
                self.errors.append(f"{answer.request.method} {answer.status_code} {answer.text[:300]}")


class Screen(Doing):
    """A screen that comes back with its cursor, as `EventSource` does, and notes what it is told."""

    def __init__(self, person: Person) -> None:
        super().__init__(self._listen, 0.0)
        self._person, self.texts, self.cursor, self.opened = person, list[str](), "", 0

    def _listen(self, session: requests.Session) -> requests.Response:
        headers = {**self._person.headers, **({"Last-Event-ID": self.cursor} if self.cursor else {})}
        url = f"{self._person.service.url}/v1/stream"
        answer = session.get(url, headers=headers, stream=True, timeout=30)
        if not answer.ok:
            self._ending.wait(RETRY_SECONDS)
            return answer
        self.opened += 1
        for line in answer.iter_lines():
            key, _, value = line.decode().partition(": ")
            if key == "id":
                self.cursor = value
            elif key == "data" and '"text":"' in value:
                self.texts.append(value.partition('"text":"')[2].partition('"')[0])
            if self._ending.is_set():
                break
        answer.close()
        self._ending.wait(RETRY_SECONDS)
        return answer

    def wait_for(self, texts: set[str]) -> None:
        """Wait until it is open and has shown these."""
        wait_for(lambda: self.cursor and texts <= set(self.texts), "a screen to show what it should", READY_SECONDS)
