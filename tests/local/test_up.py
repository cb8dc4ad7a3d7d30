import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import requests

from barker.local import StartFailed
from barker.local.ports import free_port

from .conftest import FirstRun, read
from .processes import is_gone, wait_until

UP_SECONDS = 60
GONE_SECONDS = 10


@dataclass
class Running:
    """A `barker up` as a process, and what it has printed."""

    process: subprocess.Popen[bytes]
    output: Path

    def said(self, words: str) -> bool:
        return words in self.output.read_text()

    def wait_for(self, words: str, seconds: float = UP_SECONDS) -> None:
        wait_until(lambda: self.said(words) or self.process.poll() is not None, seconds)
        assert self.said(words), self.output.read_text()

    def address(self) -> str:
        found = re.search(r"Barker runs at (http://\S+)", self.output.read_text())
        assert found
        return found[1]

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def all(self, words: str) -> list[psutil.Process]:
        return [process for process in self.family() if words in " ".join(process.cmdline())]

    def environ(self) -> dict[str, str]:
        return self.all("barker.worker")[0].environ()


@contextmanager
def running(folder: Path, *options: str, shell: str = "", **env: str) -> Iterator[Running]:
    command = [sys.executable, "-P", "-m", "barker.cli", "up", "--data", str(folder / "var"), *options]
    if shell:
        # NOTE a shell that stays in between may end at Ctrl-C itself, and tell that as our exit code
        command = [*shell.split(), f"exec {shlex.join(command)}", "/dev/null"]
    output = folder / "output.txt"
    with (
        output.open("wb") as file,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=file, stderr=file, env={**os.environ, **env}, cwd=folder
        ) as process,
    ):
        try:
            yield Running(process, output)
        finally:
            family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
            process.terminate()
            process.wait(GONE_SECONDS * 2)
            wait_until(lambda: all(map(is_gone, family)), GONE_SECONDS)


@pytest.fixture(scope="module")
def service(first_run: FirstRun) -> Iterator[Running]:
    """One `barker up` with everything, for the tests that look at it, and whose stores others use."""
    with running(first_run.data.parent, "--port", str(free_port())) as service:
        service.wait_for("Ctrl-C stops everything")
        yield service
    assert service.process.returncode == 0
    assert service.said("All has stopped.")


@pytest.fixture
def given(service: Running) -> dict[str, str]:
    """The settings of the two stores that are slow to start, of the running service."""
    return {name: service.environ()[name] for name in ("BARKER_GRAPH_URL", "BARKER_DOCUMENTS_URL")}


@pytest.mark.slow
def test_up_runs_four_stores_an_api_and_a_worker(service: Running) -> None:
    assert requests.get(f"{service.address()}/readyz", timeout=5).status_code == 200
    assert len(service.all("redis-server")) == 2
    assert all(service.all(program) for program in ("mongod", "java", "gunicorn", "barker.worker"))


@pytest.mark.slow
def test_up_goes_on_with_what_was_stored_before(service: Running) -> None:
    documents, nodes, places, queues = read(service.environ())
    assert (documents, nodes, queues) == (1, 1, 1)
    assert places == 0


@pytest.mark.slow
def test_up_listens_on_the_loopback_address_only(service: Running) -> None:
    listening = {
        connection.laddr.ip
        for process in service.family()
        for connection in process.net_connections()
        if connection.status == psutil.CONN_LISTEN
    }
    assert {address.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}


@pytest.mark.slow
def test_the_lines_to_try_work_as_they_are_printed(service: Running, tmp_path: Path) -> None:
    printed = service.output.read_text()
    assert printed.index(f"Open {service.address()} in a browser") < printed.index("curl")
    lines = printed[printed.index("  A=http") : printed.index("Ctrl-C stops")]
    output = tmp_path / "tried"
    with output.open("w") as file:
        tried = subprocess.Popen(["bash", "-c", f"{lines}\nread; kill %1"], stdin=subprocess.PIPE, stdout=file)
    wait_until(lambda: output.read_text().count("Hello, world") == 3, GONE_SECONDS)
    tried.communicate(b"\n", timeout=GONE_SECONDS)

    assert "event: bark" in output.read_text()
    for sample in (  # by the API, and by the worker beside it
        'barker_request_seconds_count{method="POST",route="/v1/barks",status="201"}',
        'barker_jobs_total{end="done",job="fan_out",lane="small"}',
    ):
        wait_until(lambda sample=sample: sample in requests.get(f"{service.address()}/metrics", timeout=5).text)  # type: ignore[misc]
    assert output.read_text().count("Hello, world") == 3  # the answer to ada, bob's stream, bob's feed


@pytest.mark.slow
def test_a_second_up_on_the_same_data_is_told_who_has_it(service: Running) -> None:
    data = service.output.parent / "var"
    second = subprocess.run(
        [sys.executable, "-m", "barker.cli", "up", "--data", str(data)],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert second.returncode == 1
    assert f"is in use by process {service.process.pid}" in second.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", ["redis-server", "gunicorn", "barker.worker"])
def test_a_killed_process_is_started_again_and_said(service: Running, name: str) -> None:
    before = service.all(name)[0]
    said = service.output.read_text().count("started again")

    before.kill()

    wait_until(lambda: service.output.read_text().count("started again") == said + 1)
    assert service.said("ended with SIGKILL: it is started again now.")
    ready = f"{service.address()}/readyz"
    wait_until(lambda: is_gone(before) and bool(service.all(name)))
    wait_until(lambda: _status(ready) == 200)


@pytest.mark.slow
def test_ctrl_c_stops_all_in_seconds_and_leaves_no_process(
    tmp_path: Path, service: Running, given: dict[str, str]
) -> None:
    taken = service.address().rpartition(":")[2]
    with running(tmp_path, "--port", taken, shell="script -qefc", **given) as second:
        second.wait_for("Ctrl-C stops everything")
        assert second.said("BARKER_GRAPH_URL is set: that server is used, and no local Neo4j (graph) is started.")
        assert second.said(f"Port {taken} is taken: the API listens on ")
        family = second.family()
        assert not any("java" in process.name() or "mongod" in process.name() for process in family)
        assert second.process.stdin is not None

        second.process.stdin.write(b"\x03")
        second.process.stdin.flush()

        assert second.process.wait(GONE_SECONDS) == 0
        assert all(map(is_gone, family))
        assert second.said("All has stopped.")


@pytest.mark.slow
def test_up_takes_an_ipv6_address_and_no_module_from_the_folder_it_is_started_in(
    tmp_path: Path, given: dict[str, str]
) -> None:
    try:
        port = free_port("::1")
    except StartFailed as error:
        pytest.skip(f"no IPv6 here: {error}")
    (tmp_path / "redis.py").write_text("raise SystemExit('not that one')")
    with running(tmp_path, "--host", "::1", "--port", str(port), **given) as second:
        second.wait_for("Ctrl-C stops everything")
        assert second.address() == f"http://[::1]:{port}"
        assert _status(f"{second.address()}/readyz") == 200


@pytest.mark.slow
def test_ctrl_c_is_heard_while_the_network_does_not_answer(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        proxy = f"http://127.0.0.1:{silent.getsockname()[1]}"
        nothing = {"XDG_CACHE_HOME": str(tmp_path), "PATH": "", "https_proxy": proxy, "HTTPS_PROXY": proxy}
        with running(tmp_path, "--port", str(free_port()), **nothing) as second:
            second.wait_for("Neo4j's jars: 0 of 230 fetched, 0 of ")
            silent.accept()[0].close()
            second.process.send_signal(signal.SIGINT)
            assert second.process.wait(GONE_SECONDS) == 0
            assert second.said("All has stopped.")


@pytest.mark.slow
def test_all_children_end_when_up_is_killed(tmp_path: Path, given: dict[str, str]) -> None:
    with running(tmp_path, "--port", str(free_port()), **given) as second:
        second.wait_for("Ctrl-C stops everything")
        family = second.family()
        assert len(family) >= 5

        second.process.send_signal(signal.SIGKILL)

        wait_until(lambda: all(map(is_gone, family)), GONE_SECONDS)


@pytest.mark.slow
def test_what_keeps_the_service_from_starting_is_shown_and_nothing_is_left(
    tmp_path: Path, given: dict[str, str]
) -> None:
    given["BARKER_QUEUES_URL"] = f"redis://127.0.0.1:{free_port()}/0"
    with running(tmp_path, "--port", str(free_port()), **given) as second:
        assert second.process.wait(UP_SECONDS) == 1
        assert second.said("Prepare failed: exit code 1. The last lines of ")
        assert second.said("The queues store does not answer; see its BARKER_*_URL.")


@pytest.mark.parametrize(
    ("options", "setting", "words"),
    [
        ([], {"BARKER_LOG_LEVEL": "deafening"}, "BARKER_LOG_LEVEL: "),
        ([], {"BARKER_PORTS": "1"}, "BARKER_PORTS: is no setting of Barker's"),
        (["--host", "192.0.2.1"], {}, "Nothing can listen on 192.0.2.1, port "),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_touched(
    tmp_path: Path, options: list[str], setting: dict[str, str], words: str
) -> None:
    with running(tmp_path, *options, **setting) as refused:
        assert refused.process.wait(UP_SECONDS) == 1
        assert refused.said(words)
    assert not (tmp_path / "var").exists()


def _status(url: str) -> int:
    try:
        return requests.get(url, timeout=2).status_code
    except requests.RequestException:
        return 0
