"""One stream, without HTTP: hand-over, tokens that die, goodbyes, torn connections, slow tabs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

CASES = re.findall(r"^def ([a-z_]+)\(\) -> None:$", Path(__file__).with_name("cases.py").read_text(), re.MULTILINE)


@pytest.mark.parametrize("case", CASES)
def test_a_stream_keeps_its_promise(case: str, stores_urls: dict[str, str], stores: object, root: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.live.cases", case],
        cwd=root,
        env={"PATH": "/usr/bin:/bin", **stores_urls},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
