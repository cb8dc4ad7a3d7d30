"""The audit never calls fine what it could not look up."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from barker.local.ports import free_port

pytest.importorskip("pip_audit", reason="needs the extra `supply`")
pytestmark = pytest.mark.slow


def test_advisories_that_cannot_be_reached_are_said_to_be_so(root: Path, tmp_path: Path) -> None:
    (tmp_path / "lock.txt").write_text("idna==3.20\n")
    nowhere = f"http://127.0.0.1:{free_port()}"
    environ = {**os.environ, "HTTPS_PROXY": nowhere, "https_proxy": nowhere, "NO_PROXY": "", "no_proxy": ""}
    command = [sys.executable, "-m", "tests.supply.audit", str(tmp_path / "lock.txt")]
    done = subprocess.run(command, cwd=root, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "NOT AUDITED. PyPI's advisories cannot be reached" in done.stderr
    assert "nothing is known" not in done.stdout
