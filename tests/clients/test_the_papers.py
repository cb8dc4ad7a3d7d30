"""What the papers of the clients show is run, line by line."""

import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from barker_client import Client
from barker_terminal.main import bark
from tests.barker_process import Service
from tests.clients.coverage import EVERY
from tests.clients.terminal import Terminal

DEFAULT = "http://127.0.0.1:8000"


def _blocks(paper: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", paper.read_text(), re.MULTILINE | re.DOTALL)


def _run(command: list[str], folder: Path, environ: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, encoding="utf-8", timeout=60, check=False
    )


def test_the_python_paper_runs(root: Path, service: Service, tmp_path: Path) -> None:
    paper = root / "clients/python/README.md"
    blocks = _blocks(paper, "python")
    assert len(blocks) == 5
    ten_lines = blocks[0].strip().splitlines()
    assert len(ten_lines) <= 11
    script = "\n".join(blocks).replace(DEFAULT, service.url)
    script = re.sub(r'"(ada|bob)"', rf'"\1_{secrets.token_hex(4)}"', script)
    handles = re.findall(r'"((?:ada|bob)_\w+)"', script)
    assert len(set(handles)) == 2
    environ = Terminal(tmp_path, service.url).environ
    told = _run([sys.executable, "-W", "error", "-c", script], tmp_path, environ)
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("Bob barked Hello, world!\n")
    assert "Are you there?\n" in told.stdout
    assert " not_found " in told.stdout


def test_the_python_paper_names_every_method(root: Path) -> None:
    text = (root / "clients/python/README.md").read_text()
    table = text.partition("| about |")[2].partition("##")[0]
    assert set(re.findall(r"`(\w+)`", table)) == set(EVERY)


@pytest.mark.slow
def test_the_terminal_paper_runs(root: Path, service: Service, tmp_path: Path) -> None:
    (script,) = _blocks(root / "clients/terminal/README.md", "bash")
    handle = f"ada_{secrets.token_hex(4)}"
    script = re.sub(r"\bada\b", handle, script)
    programs = tmp_path / "bin"
    programs.mkdir()
    command = programs / "bark"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m barker_terminal "$@"\n')
    command.chmod(0o755)
    (tmp_path / "notes.txt").write_text("From a file\n")
    environ = Terminal(tmp_path, service.url).environ
    environ["PATH"] = f"{programs}:{environ['PATH']}"
    told = _run(["bash", "-euo", "pipefail", "-c", script], tmp_path, environ)
    assert told.returncode == 0, told.stderr
    assert f"Welcome, @{handle}" in told.stdout
    assert "  Hello, world!\n" in told.stdout
    assert len(Client(service.url).barks_of(handle).take(3)) == 1


def test_the_terminal_paper_names_every_command(root: Path) -> None:
    text = (root / "clients/terminal/README.md").read_text()
    named = set(re.findall(r"`bark (\w+)", text))
    assert set(bark.commands) <= named
