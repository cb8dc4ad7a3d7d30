"""What Prometheus reads, and who may read it."""

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests
from prometheus_client import REGISTRY

from barker.app import create_app
from barker.live.hub import Channel, Hub
from barker.local.ports import free_port
from barker.metrics import counts, folder
from barker.settings import Settings
from barker.stores import Stores
from tests.barker_process import Person, Service, wait_for

HERE = {"REMOTE_ADDR": "127.0.0.1"}
TOKEN = "a-token-of-the-operator"


@pytest.fixture(scope="module")
def service(stores: Stores, stores_urls: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Two API processes and a worker, which count in one folder."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("BARKER_", "PROMETHEUS_"))}
    shared = {folder.VARIABLE: str(tmp_path_factory.mktemp("metrics"))}
    # Jobs of its own: another worker of the run would count them elsewhere.
    queues = {"BARKER_QUEUES_URL": stores_urls["BARKER_QUEUES_URL"].removesuffix("/0") + "/6"}
    settings = {**clean, **stores_urls, **queues, **shared, "BARKER_LIMITS": "off", "BARKER_PROCESSES": "2"}
    with Service(settings, tmp_path_factory.mktemp("service")) as service:
        yield service


def value(service: Service, sample: str) -> float:
    answer = service.call("GET", "/metrics")
    assert answer.status_code == 200, answer.text
    found = re.search(rf"^{re.escape(sample)} (\S+)$", answer.text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_requests_are_counted_by_rule_over_all_processes(service: Service, ada: Person) -> None:
    sample = 'barker_request_seconds_count{method="GET",route="/v1/users/<handle>",status="200"}'
    before = value(service, sample)
    for _ in range(20):
        ada.get(f"/v1/users/{ada.handle}")
    assert value(service, sample) == before + 20


def test_the_worker_tells_of_its_jobs_on_the_same_page(service: Service, ada: Person, bob: Person) -> None:
    samples = (
        'barker_fan_out_lag_seconds_count{lane="small"}',
        'barker_jobs_total{end="done",job="fan_out",lane="small"}',
    )
    bob.follow(ada)
    bob.feed()
    before = [value(service, sample) for sample in samples]
    delivered = value(service, 'barker_deliveries_total{lane="small"}')
    with bob.stream() as events:
        assert events.next().name == "ready"
        ada.bark("hello")
        events.bark()
    wait_for(
        lambda: [value(service, sample) for sample in samples] == [one + 1 for one in before], "the worker's counts"
    )
    assert value(service, 'barker_deliveries_total{lane="small"}') > delivered
    wait_for(lambda: value(service, 'barker_job_seconds_count{job="settle",lane="follows"}') > 0, "the follow's job")


@pytest.mark.parametrize(
    "sample",
    [
        'barker_clock_jumps_total{clock="own"}',
        'barker_clock_jumps_total{clock="queues"}',
        'barker_chore_failures_total{chore="_reclaim"}',
        'barker_chore_failures_total{chore="_sweep_by"}',
        'barker_worker_deaths_total{how="killed"}',
        'barker_streams_refused_total{cap="process"}',
    ],
)
def test_what_an_alert_waits_for_is_there_before_it_happens(service: Service, sample: str) -> None:
    """To Prometheus a series that begins with 1 has not risen: nobody would hear of the first time."""
    wait_for(lambda: f"\n{sample} 0.0\n" in service.call("GET", "/metrics").text, sample)


def test_what_a_client_makes_up_makes_no_new_label(service: Service, stores: Stores) -> None:
    for _ in range(3):
        service.call("GET", f"/v1/{secrets.token_hex(4)}")
        service.call(secrets.token_hex(4).upper().translate(str.maketrans("0123456789", "GHIJKLMNOP")), "/v1/feed")
    page = service.call("GET", "/metrics").text
    labels = set(re.findall(r'barker_request_seconds_count\{method="(\w+)",route="([^"]*)"', page))
    rules = {rule.rule for rule in create_app(Settings.read({}), stores).url_map.iter_rules()}
    assert {method for method, _ in labels} <= {*counts.METHODS, "other"}
    assert {route for _, route in labels} <= {*rules, "none"}
    assert ("GET", "none") in labels


@pytest.mark.slow
def test_open_streams_go_up_and_down_also_when_their_process_is_killed(service: Service, ada: Person) -> None:
    sample = 'barker_open_streams{kind="events"}'
    with ada.stream() as events:
        events.next()
        assert value(service, sample) >= 1  # one that was left just now may count for some seconds
        for one in psutil.Process(service.processes["serve"].pid).children():
            one.kill()
        wait_for(lambda: _answers(service) and value(service, sample) == 0, "the stream to be counted no longer")


def test_a_stream_that_ends_is_counted_no_longer(stores: Stores) -> None:
    def streams() -> float:
        return REGISTRY.get_sample_value("barker_open_streams", {"kind": "events"}) or 0

    hub, before = Hub(stores), streams()
    hub._channels[1] = Channel()
    hub._channels[1].stands.set()
    one, two = hub.join(1, b""), hub.join(1, b"")
    assert streams() == before + 2
    hub.leave(1, one)
    hub.leave(1, one)
    assert streams() == before + 1
    hub.leave(1, two)
    assert streams() == before


def _answers(service: Service) -> bool:
    try:
        return service.call("GET", "/healthz").status_code == 200
    except requests.RequestException:
        return False


def test_lanes_are_told_as_they_are_and_left_out_while_their_store_is_away(
    stores: Stores, stores_urls: dict[str, str]
) -> None:
    def page(**urls: str) -> str:
        app = create_app(Settings.read({**stores_urls, **urls}))
        with app.test_client() as client:
            answer = client.get("/metrics", environ_base=HERE, base_url="http://127.0.0.1")
        app.extensions["barker"].stores.close()
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    queues = stores_urls["BARKER_QUEUES_URL"].removesuffix("/0") + "/5"
    assert 'barker_lane_jobs{lane="small",state="waiting"} 0.0' in page(BARKER_QUEUES_URL=queues)
    assert "barker_parked_jobs 0.0" in page(BARKER_QUEUES_URL=queues)
    away = page(BARKER_QUEUES_URL=f"redis://127.0.0.1:{free_port()}/0")
    assert "barker_lane_jobs" not in away
    assert 'barker_store_failures_total{reason="away",store="queues"}' in away


@pytest.mark.parametrize(
    ("settings", "base", "headers", "host", "status"),
    [
        ({}, "127.0.0.1", {}, "127.0.0.1:8000", 200),
        ({}, "::1", {}, "[::1]:8000", 200),
        ({}, "127.0.0.1", {}, "localhost", 200),
        ({}, "203.0.113.9", {}, "127.0.0.1", 403),
        ({}, "127.0.0.1", {}, "attacker.example", 403),
        ({}, "127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, "127.0.0.1", 403),
        ({}, "127.0.0.1", {"Forwarded": "for=127.0.0.1"}, "127.0.0.1", 403),
        ({}, "127.0.0.1", {"Authorization": "Bearer "}, "example.org", 403),
        ({"BARKER_TRUSTED_PROXIES": "1"}, "127.0.0.1", {}, "127.0.0.1", 403),
        ({"BARKER_METRICS_TOKEN": TOKEN}, "127.0.0.1", {}, "127.0.0.1", 403),
        ({"BARKER_METRICS_TOKEN": TOKEN}, "203.0.113.9", {"Authorization": f"Bearer {TOKEN}"}, "example.org", 200),
        ({"BARKER_METRICS_TOKEN": TOKEN}, "203.0.113.9", {"Authorization": f"Basic {TOKEN}"}, "example.org", 403),
        ({"BARKER_METRICS_TOKEN": TOKEN}, "203.0.113.9", {"Authorization": f"Bearer {TOKEN}s"}, "example.org", 403),
        ({"BARKER_METRICS_TOKEN": TOKEN}, "203.0.113.9", {"Authorization": "Bearer \xfc"}, "example.org", 403),
    ],
)
def test_only_who_runs_the_service_may_read(
    stores_urls: dict[str, str], settings: dict[str, str], base: str, headers: dict[str, str], host: str, status: int
) -> None:
    app = create_app(Settings.read({**stores_urls, **settings}))
    with app.test_client() as client:
        answer = client.get("/metrics", environ_base={"REMOTE_ADDR": base}, headers=headers, base_url=f"http://{host}")
    app.extensions["barker"].stores.close()
    assert answer.status_code == status
    assert ("barker_parked_jobs" in answer.get_data(as_text=True)) == (status == 200)


def test_a_token_that_is_easy_to_guess_is_refused() -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "barker.cli", "serve"],
        env={**os.environ, "BARKER_METRICS_TOKEN": "hunter2"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert refused.returncode == 1
    assert "BARKER_METRICS_TOKEN" in refused.stderr
    assert "hunter2" not in refused.stderr


def test_every_metric_is_in_the_readme_and_no_other(root: Path) -> None:
    text = (root / "service/README.md").read_text()
    named = set(re.findall(r"^\| `(barker_\w+)` \|", text, re.MULTILINE))
    code = (root / "service/barker/metrics/counts.py").read_text()
    code += (root / "service/barker/actions/operating.py").read_text()
    defined = re.findall(r'(Counter|Gauge|Histogram|GaugeMetricFamily)\(\s*"(barker_\w+)"', code)
    assert named == {name + "_total" * (kind == "Counter") for kind, name in defined}
