"""What ours is measured against: where a tool is missing, that is said, and nothing is made up."""

import json
from pathlib import Path

import pytest

from tests.load import peers
from tests.load.bench import Bench
from tests.load.processes import hello


@pytest.fixture
def no_tools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let nothing be on the PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))


def notes(bench: Bench, path: Path) -> list[str]:
    bench.report.write(path, {})
    found: list[str] = json.loads(path.read_text())["notes"]
    return found


def test_without_redis_benchmark_there_is_no_comparison(bench: Bench, no_tools: None, tmp_path: Path) -> None:
    assert peers.redis_benchmark(bench) is None
    assert notes(bench, tmp_path / "bench.json") == [peers.NO_REDIS_BENCHMARK]


@pytest.mark.slow
def test_without_wrk_a_client_of_our_own_loads_the_server(bench: Bench, no_tools: None, tmp_path: Path) -> None:
    with hello(bench) as server:
        load = peers.get(bench, server, "/hello", [""], 4, 1)
    assert load.rate > 0
    assert 0 < load.p50_ms <= load.p99_ms
    assert notes(bench, tmp_path / "bench.json") == [peers.NO_WRK]


@pytest.mark.slow
def test_answers_that_are_errors_are_no_figure(bench: Bench, no_tools: None) -> None:
    with hello(bench) as server, pytest.raises(AssertionError, match="requests failed"):
        peers.get(bench, server, "/nothing", [""], 4, 1)
