"""What is handed out: sdists and wheels that can be built, installed where nothing of Barker is, and run."""

import os
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest
import requests

from barker import __version__
from barker.local.ports import free_port
from tests.barker_process import wait_for

pytest.importorskip("build", reason="needs the extra `supply`")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
PARTS = {"barker": ".", "barker_client": "clients/python", "barker_terminal": "clients/terminal"}
LUA = ("queues", "hiding", "jobs", "before", "places", "nearest")
DATA = ("py.typed", "local/neo4j-*.jars", *(f"stores/{name}.lua" for name in LUA))
ENVIRON = {name: value for name, value in os.environ.items() if not name.startswith(("BARKER_", "PYTHON"))}


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=ENVIRON, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build all from a copy of what is tracked: each wheel out of its sdist, so that nothing else can get in."""
    root, folder = Path(__file__).parents[2], tmp_path_factory.mktemp("dist")
    source = folder / "source"
    files = run("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=root).splitlines()
    for name in files:
        if (root / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((root / name).read_bytes())
    for part in PARTS.values():
        run(sys.executable, "-m", "build", "--outdir", folder / "dist", source / part, cwd=folder)
    return folder / "dist"


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheels, as anybody would, into an environment of their own; returns its folder of commands."""
    root, folder = Path(__file__).parents[2], tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", folder, cwd=folder)
    (service,) = built.glob("barker-*.whl")
    clients = [next(built.glob(f"{name}-*.whl")) for name in PARTS if name != "barker"]
    python = folder / "bin/python"
    run(python, "-m", "pip", "install", "-q", "-c", root / "constraints.txt", f"{service}[local]", *clients, cwd=folder)
    return folder / "bin"


def test_there_is_an_sdist_and_a_wheel_of_each_with_its_licence(built: Path) -> None:
    for name in PARTS:
        (wheel,), (sdist,) = built.glob(f"{name}-*.whl"), built.glob(f"{name}-*.tar.gz")
        assert f"-{__version__}-py3-none-any" in wheel.name
        with tarfile.open(sdist) as files:
            names = [one.partition("/")[2] for one in files.getnames()]
        assert "pyproject.toml" in names
        assert not [one for one in names if one.startswith(("tests/", "var/", ".venv", "build/"))], name
        assert "LICENSE" in names, name


def test_what_is_installed_is_whole_and_answers(installed: Path, built: Path) -> None:
    assert run(installed / "barker", "--version", cwd=built).strip().endswith(__version__)
    assert "Usage" in run(installed / "bark", "--help", cwd=built)
    run(installed / "python", "-m", "pip", "check", cwd=built)
    code = "import barker, barker_client, barker_terminal, barker.app; print(barker.__path__[0])"
    (where,) = run(installed / "python", "-c", code, cwd=built).splitlines()
    assert where.startswith(str(installed.parent))
    for pattern in DATA:
        assert list(Path(where).glob(pattern)), pattern


def test_it_runs(installed: Path, tmp_path: Path) -> None:
    port = free_port()
    command = [installed / "barker", "up", "--port", str(port), "--data", tmp_path / "var"]
    with (tmp_path / "up.log").open("wb") as log:
        process = subprocess.Popen(list(map(str, command)), cwd=tmp_path, env=ENVIRON, stdout=log, stderr=log)

    def is_ready() -> bool:
        assert process.poll() is None, (tmp_path / "up.log").read_text()[-2000:]
        try:
            return requests.get(f"http://127.0.0.1:{port}/readyz", timeout=5).ok
        except requests.RequestException:
            return False

    try:
        wait_for(is_ready, "barker up", 240)
    finally:
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        process.wait(60)
    assert time.monotonic() - began < 60
