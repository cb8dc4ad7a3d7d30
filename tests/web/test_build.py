"""Where npm is there: the sources make the very files that are committed, and fit the OpenAPI of this service."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def run(folder: Path, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **environ}, capture_output=True, text=True, check=False, timeout=180
    )


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources with all that they need."""
    if not shutil.which("npm"):
        pytest.skip("npm is not there")
    here = Path(__file__).parents[2] / "clients/web"
    top = tmp_path_factory.mktemp("project")
    folder = top / "clients/web"
    shutil.copytree(here, folder, ignore=shutil.ignore_patterns("node_modules"))
    installed = run(folder, "npm", "ci", "--no-audit", "--no-fund")
    if installed.returncode:
        pytest.skip(f"npm has nowhere to install from: {installed.stderr[-300:]}")
    return folder


@pytest.mark.slow
def test_a_build_makes_what_is_committed(sources: Path, root: Path, tmp_path: Path) -> None:
    built = run(sources, "npm", "run", "build", OUT=str(tmp_path / "web"))
    assert built.returncode == 0, built.stdout + built.stderr
    made, committed = files_of(tmp_path / "web"), files_of(root / "service/barker/web")
    assert made.keys() == committed.keys()
    assert [name for name in made if made[name] != committed[name]] == []


@pytest.mark.slow
def test_the_sources_fit_the_openapi_of_this_service(sources: Path, root: Path) -> None:
    described = run(root, sys.executable, "clients/web/scripts/openapi.py", PYTHONPATH=str(root / "service"))
    assert described.returncode == 0, described.stderr
    out = sources.parents[1] / "build"
    out.mkdir(exist_ok=True)
    (out / "openapi.json").write_text(described.stdout)
    for script in ("types", "check"):
        ran = run(sources, "npm", "run", script)
        assert ran.returncode == 0, ran.stdout + ran.stderr
