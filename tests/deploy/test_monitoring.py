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


def promtool(folder: Path, *arguments: str) -> None:
    if not shutil.which("promtool"):
        pytest.skip("promtool is not here: apt-get install prometheus")
    command = ["promtool", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_takes_the_rules(root: Path) -> None:
    promtool(root / "deploy/monitoring", "check", "rules", "alerts.yaml")


def test_alerts_fire_when_they_should(root: Path, tmp_path: Path) -> None:
    for file in ("deploy/monitoring/alerts.yaml", "tests/deploy/alerts_test.yaml"):
        shutil.copy(root / file, tmp_path)
    promtool(tmp_path, "test", "rules", "alerts_test.yaml")


def test_prometheus_takes_what_it_is_to_read(root: Path, alerts: list[dict[str, Any]], tmp_path: Path) -> None:
    config = yaml.safe_load((root / "deploy/monitoring/prometheus.yaml").read_text())
    jobs = {job["job_name"]: job for job in config["scrape_configs"]}
    del jobs["barker-pods"]["kubernetes_sd_configs"]  # Debian builds its promtool without
    (tmp_path / "prometheus.yaml").write_text(yaml.safe_dump(config))
    shutil.copy(root / "deploy/monitoring/alerts.yaml", tmp_path)
    promtool(tmp_path, "check", "config", "--syntax-only", "prometheus.yaml")
    (answers,) = [alert["expr"] for alert in alerts if alert["alert"] == "NobodyAnswers"]
    (wanted,) = set(re.findall(r'job=~"(.+?)"', answers))
    assert all(re.fullmatch(wanted, job) for job in jobs)
    named = [one["replacement"] for one in jobs["barker-pods"]["relabel_configs"] if one.get("target_label") == "job"]
    assert [bool(re.fullmatch(wanted, name)) for name in named] == [True]
