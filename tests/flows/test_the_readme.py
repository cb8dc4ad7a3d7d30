"""The README's tour, run line by line."""

import os
import re
import secrets
import subprocess
from pathlib import Path

import pytest

from tests.barker_process import Service


@pytest.mark.slow
def test_the_tour_shows_what_it_promises(root: Path, service: Service, tmp_path: Path) -> None:
    blocks = re.findall(r"^```bash\n(.*?)^```$", (root / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 6
    script = "echo == tour ==\n".join(["set -eu\n", *blocks])
    mark = secrets.token_hex(4)  # other tests have an ada and a bob too
    script = re.sub(r"\b(ada|bob)\b", rf"\1_{mark}", script)
    environ = {**os.environ, "API": service.url}
    told = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert told.returncode == 0, told.stderr
    _, _, live, resumed, feed, notified, found = told.stdout.split("== tour ==\n")
    assert re.search(rf"event: bark\ndata: .*Hello, bob_{mark}!", live)
    assert re.findall(r'"text":"([^"]*)"', resumed.partition("event: ready")[2]) == ["Are you there?", "Never mind."]
    assert re.findall(r'"text":"([^"]*)"', feed) == ["Never mind.", "Are you there?", f"Hello, bob_{mark}!"]
    assert re.findall(r'"kind":"([^"]*)"', notified) == ["like", "follow"]
    searched, nearby, path = found.strip().splitlines()[0], *found.strip().splitlines()[-2:]
    assert f'"handle":"ada_{mark}"' in searched
    assert f'"handle":"ada_{mark}"' in nearby
    assert re.findall(r'"handle":"([^"]*)"', path) == [f"bob_{mark}", f"ada_{mark}"]
