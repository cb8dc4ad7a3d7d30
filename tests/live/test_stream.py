"""One stream, without HTTP: hand-over, tokens that die, goodbyes, torn connections, slow tabs."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SLOW = ("thousands_of_hand_overs_lose_and_double_nothing",)


def cases(module: str) -> Iterator[Any]:
    """Return the cases of a module, by name."""
    text = Path(__file__).with_name(f"{module}.py").read_text()
    for name in re.findall(r"^def ([a-z][a-z_]+)\(\) -> None:$", text, re.MULTILINE):
        yield pytest.param(module, name, marks=[pytest.mark.slow] if name in SLOW else [], id=name)


@pytest.mark.parametrize(("module", "case"), [*cases("cases"), *cases("tabs")])
def test_a_stream_keeps_its_promise(
    module: str, case: str, stores_urls: dict[str, str], stores: object, root: Path
) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", f"tests.live.{module}", case],
        cwd=root,
        env={name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ} | stores_urls,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
