"""The plugin behind `make lts`: the usual tests, on Neo4j 5.26, the line with long-term support, asked by `neo4j://`."""

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from barker.local import LocalStores, graph, jars
from barker.local.central import POM
from barker.local.child import Child, Command, stop
from barker.local.display import Lines
from barker.local.ports import LOOPBACK, free_port
from barker.local.starting import Awaited, wait_until_ready
from tests.variants.swap import Fixture, Urls, swap

VERSION = "5.26.31"
JAVAS = (17, 21)  # which that line runs on; barker[local] brings a newer one
FETCH_SECONDS = 600
# Settings it does not know. NOTE it does not broadcast, as newer ones do without the first two.
NEWER = (
    *("server.fleet_discovery.enabled", "dbms.fleet_manager.enabled"),
    "internal.dbms.bolt.netty_server_shutdown_quiet_period_duration",
)
# Nobody listens at what a server says of itself unless it says the right thing: neo4j:// asks it where to go.
OWN = "server.bolt.advertised_address={address}\n"


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: Fixture, request: pytest.FixtureRequest) -> Any:
    """Start it in the place of the usual one."""
    return swap(fixturedef, request, _stores)


def java() -> str:
    """Return a Java that it runs on, of JAVA_HOME or the PATH; skip where there is none."""
    home = os.environ.get("JAVA_HOME")
    for program in filter(None, (home and f"{home}/bin/java", shutil.which("java"))):
        with suppress(OSError):
            said = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=60, check=False).stderr
            found = re.search(r'version "(\d+)', said)
            if found and int(found[1]) in JAVAS:
                return program
    pytest.skip("Neo4j 5.26 needs Java 17 or 21 in JAVA_HOME or on the PATH")


def fetched() -> Path:
    """Return the folder of its jars, fetched by Maven where they are missing; skip where there is no Maven."""
    folder = jars.folder().with_name(f"neo4j-{VERSION}")
    if folder.exists():
        return folder
    program = shutil.which("mvn")
    if not program:
        pytest.skip(f"Maven is needed to fetch Neo4j {VERSION}, or its jars in {folder}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:  # the processes of a run fetch at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _fetch(program, folder)
    return folder


def _fetch(program: str, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        part = Path(place, "jars")
        Path(place, "pom.xml").write_text(POM.replace(jars.VERSION, VERSION))
        options = ["-q", "-B", "-DincludeScope=runtime", f"-DoutputDirectory={part}"]
        copy = [program, *options, "dependency:copy-dependencies"]
        subprocess.run(copy, cwd=place, check=True, capture_output=True, timeout=FETCH_SECONDS)
        part.rename(folder)


def command(folder: Path, port: int) -> Sequence[str]:
    """The command line of Neo4j 5.26, its settings written."""
    settings = folder / "conf" / "neo4j.conf"
    settings.parent.mkdir(parents=True)
    lines = [line for line in (graph.SETTINGS + OWN).splitlines(keepends=True) if not line.startswith(NEWER)]
    settings.write_text("".join(lines).format(address=f"{LOOPBACK}:{port}"))
    opens = [f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in ("java.nio", "java.io", "sun.nio.ch")]
    options = ["-Xms64m", "-Xmx512m", "-XX:+UseSerialGC", *opens, "-cp", f"{fetched()}/*"]
    where = [f"--home-dir={folder}", f"--config-dir={settings.parent}", "--console-mode"]
    return [java(), *options, "org.neo4j.server.CommunityEntryPoint", *where]


@contextmanager
def _stores(folder: Path) -> Iterator[Urls]:
    port = free_port()
    log = folder / "graph.log"
    child = Child(Command(title=f"Neo4j {VERSION}", argv=command(folder / "graph", port), log=log))
    with LocalStores(folder / "others", free_ports=True, only=("documents", "places", "queues")) as urls:
        try:
            child.start()
            wait_until_ready([Awaited(child, lambda: graph.is_ready(port), str(port))], Lines(lambda _: None))
            yield {**urls, "BARKER_GRAPH_URL": f"neo4j://{LOOPBACK}:{port}"}
        finally:
            stop([child])
