"""Open screens on a cluster: what a stream promises on one server it promises on three masters."""

import subprocess
import sys
from pathlib import Path

import pytest

from barker.stores.jobs import Jobs
from tests.cluster.servers import ClusterServers
from tests.live.test_stream import cases


@pytest.mark.parametrize(("module", "case"), [*cases("cases"), *cases("tabs")])
def test_a_stream_keeps_its_promise(
    module: str, case: str, servers: ClusterServers, jobs: Jobs, stores_urls: dict[str, str], root: Path
) -> None:
    environ = {**stores_urls, "BARKER_QUEUES_URL": servers.url, "PYTHONPATH": str(root / "service")}
    ran = subprocess.run(
        [sys.executable, "-m", f"tests.live.{module}", case],
        cwd=root,
        env={"PATH": "/usr/bin:/bin", **environ},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
