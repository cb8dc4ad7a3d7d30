"""Alerts and dashboard: they name metrics that there are, and every alert has words on what to do."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

SUFFIX = re.compile(r"_(bucket|count|sum)$")


@pytest.fixture
def alerts(root: Path) -> list[dict[str, Any]]:
    found = yaml.safe_load((root / "deploy/monitoring/alerts.yaml").read_text())
    return [rule for group in found["groups"] for rule in group["rules"]]


@pytest.fixture
def dashboard(root: Path) -> dict[str, Any]:
    return dict(json.loads((root / "deploy/monitoring/dashboard.json").read_text()))


@pytest.fixture
def metrics(root: Path) -> set[str]:
    """The names in the table of service/README.md, which another test compares with the code."""
    return set(re.findall(r"^\| `(barker_\w+)` \|", (root / "service/README.md").read_text(), re.MULTILINE))


def named(expressions: str) -> set[str]:
    return {SUFFIX.sub("", name) for name in re.findall(r"\bbarker_\w+", expressions)}


def test_alerts_name_metrics_that_there_are(alerts: list[dict[str, Any]], metrics: set[str]) -> None:
    assert named(" ".join(alert["expr"] for alert in alerts)) - metrics == set()


def test_the_dashboard_shows_every_metric(dashboard: dict[str, Any], metrics: set[str]) -> None:
    targets = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    assert named(" ".join(targets)) == metrics


def test_panels_do_not_lie_on_each_other(dashboard: dict[str, Any]) -> None:
    places = [panel["gridPos"] for panel in dashboard["panels"]]
    cells = [
        (x, y) for at in places for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) == 23


def test_every_alert_has_words_on_what_to_do(alerts: list[dict[str, Any]], root: Path) -> None:
    words = (root / "deploy/README.md").read_text().partition("## When an alert fires")[2]
    sections = dict(re.findall(r"^### (\w+)\n(.+?)(?=^##|\Z)", words, re.MULTILINE | re.DOTALL))
    assert set(sections) == {alert["alert"] for alert in alerts}
    assert all(len(section.split()) > 15 for section in sections.values())


def test_prometheus_takes_the_rules(root: Path) -> None:
    if not shutil.which("promtool"):
        pytest.skip("promtool is not here: apt-get install prometheus")
    command = ["promtool", "check", "rules", str(root / "deploy/monitoring/alerts.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
