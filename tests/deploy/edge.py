"""The service as it runs in production: two groups of processes behind a real nginx, with the file of `deploy/`."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from barker.local.ports import free_port
from tests.barker_process import Service, wait_for

CONF = Path(__file__).parents[2] / "deploy/nginx/barker.conf"
AROUND = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {conf};
}}
"""


class Groups(Service):
    """`serve` is the group `api` and `stream` a group of its own; what people send goes through nginx."""

    def __init__(self, environ: Mapping[str, str], logs: Path) -> None:
        super().__init__({**environ, "BARKER_TRUSTED_PROXIES": "1", "BARKER_GROUP": "api"}, logs)
        self.ports = {"serve": self.port, "stream": free_port()}
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Groups":
        """Start all of it, nginx last."""
        for name in ("serve", "stream", "worker"):
            self.start(name)
        for port in self.ports.values():
            wait_for(lambda port=port: is_ready(port), "a group to be ready", 60)
        self.start("nginx")
        wait_for(lambda: is_ready(self.port), "nginx to listen")
        return self

    def start(self, name: str) -> None:
        """Start `serve`, `stream`, `worker` or `nginx`."""
        command = [sys.executable, "-m", "barker.cli", name]
        environ = dict(self.environ)
        if name == "stream":
            command = [*command[:-1], "serve", "--group", "stream"]
            environ |= {"BARKER_PORT": str(self.ports["stream"])}
        elif name == "nginx":
            command = [nginx() or "", "-c", str(self._conf()), "-p", str(self.logs)]
        with (self.logs / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(command, env=environ, stdout=log, stderr=log)

    def _conf(self) -> Path:
        """Write nginx's settings: the file of `deploy/` with the ports of this run."""
        text = CONF.read_text()
        ports = {"listen 127.0.0.1:8080;": self.port, "server 127.0.0.1:8000 ": self.ports["serve"]}
        ports |= {"    server 127.0.0.1:8001 ": self.ports["stream"]}
        for line, port in ports.items():
            assert text.count(line) == 1, line
            text = text.replace(line, f"{line.rpartition(':')[0]}:{port}{line[-1]}")
        (self.logs / "barker.conf").write_text(text)
        (self.logs / "nginx.conf").write_text(AROUND.format(folder=self.logs, conf=self.logs / "barker.conf"))
        return self.logs / "nginx.conf"


def nginx() -> str | None:
    """Return where nginx is, None if there is none."""
    return shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")


def is_ready(port: int) -> bool:
    """Tell whether whoever listens there says that it is ready."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@contextmanager
def opened_from(address: str, port: int, headers: Mapping[str, str]) -> Iterator[int]:
    """Open a stream from an address of this machine; yields the status of the answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20, source_address=(address, 0))
    connection.request("GET", "/v1/stream", headers=dict(headers))
    answer = connection.getresponse()
    try:
        yield answer.status
    finally:
        if connection.sock:
            connection.sock.shutdown(socket.SHUT_RDWR)
        answer.close()
        connection.close()
