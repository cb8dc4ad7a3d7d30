from pathlib import Path

import pytest

from barker.local import documents, graph


def test_neo4j_takes_the_head_start_of_a_practice_run_when_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert not [option for option in graph.command(tmp_path, 7687) if "AOTCache" in option]

    graph.head_start().parent.mkdir(parents=True)
    graph.head_start().touch()

    assert f"-XX:AOTCache={graph.head_start()}" in graph.command(tmp_path, 7687)


def test_neo4j_keeps_to_the_loopback_address_and_tells_nobody(tmp_path: Path) -> None:
    graph.command(tmp_path, 7687)
    settings = dict(line.split("=", 1) for line in (tmp_path / "conf" / "neo4j.conf").read_text().splitlines())

    assert settings["server.bolt.listen_address"] == "127.0.0.1:7687"
    for off in (
        "server.fleet_discovery.enabled",
        "dbms.fleet_manager.enabled",
        "dbms.usage_report.enabled",
        "server.http.enabled",
        "server.https.enabled",
    ):
        assert settings[off] == "false"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("2026-11-23 INFO  Starting...", "2026-11-23 INFO  Starting..."),
        ('{"level": "INFO", "message": "fine"}', ""),
        ('{"level": "ERROR", "message": "no", "stacktrace": "Broken: why\\n\\tat x"}', "no: Broken: why"),
        ('{"cut o', ""),
    ],
)
def test_of_neo4js_own_log_only_errors_are_shown(line: str, shown: str) -> None:
    assert graph.readable(line) == shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (
            '{"t": {"$date": "2026-11-23T03:56:41.000+00:00"}, "s": "E", "c": "WT", "msg": "WiredTiger error message",'
            ' "attr": {"error": -31804, "message": {"msg": "wiredtiger_open: the process must exit"}}}',
            "03:56:41 E WT: WiredTiger error message wiredtiger_open: the process must exit error=-31804",
        ),
        ('{"t": {"$date": "2026-11-23T03:56:41.000+00:00"}, "s": "I", "c": "CONTROL", "msg": "Frame"}', ""),
        ("terminate called", "terminate called"),
        ("[]", "[]"),
    ],
)
def test_mongodbs_log_is_shown_without_braces_and_stack_traces(line: str, shown: str) -> None:
    assert documents.readable(line) == shown
