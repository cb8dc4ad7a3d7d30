"""One trace from the POST of a bark to its job, its delivery and the screens that show it; by real processes."""

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

import pytest

from barker.stores import Stores
from tests.barker_process import PASSWORD, Person, Service, wait_for

pytest.importorskip("opentelemetry.sdk", reason="needs the extra `otel`")
from tests.flows.collector import collecting

if TYPE_CHECKING:
    from tests.flows.collector import Collector, Span


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def collector() -> Iterator["Collector"]:
    with collecting() as collector:
        yield collector


@pytest.fixture(scope="module")
def groups(
    stores_urls: dict[str, str], stores: Stores, collector: "Collector", tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Service, Service]]:
    """Return an API process with a worker, and a process for streams, all of which are traced."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("BARKER_", "OTEL_"))}
    otel = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    apart = {  # a worker of other tests would take these jobs, and trace nothing
        "BARKER_DOCUMENTS_URL": stores_urls["BARKER_DOCUMENTS_URL"].replace("/barker", "/traced"),
        "BARKER_QUEUES_URL": stores_urls["BARKER_QUEUES_URL"].removesuffix("/0") + "/8",
    }
    environ = {**clean, **stores_urls, **apart, **otel, "BARKER_LIMITS": "off"}
    streams = Service({**environ, "BARKER_GROUP": "stream"}, tmp_path_factory.mktemp("stream"))
    with ExitStack() as stack:
        service = stack.enter_context(Service({**environ, "BARKER_GROUP": "api"}, tmp_path_factory.mktemp("api")))
        stack.callback(lambda: [streams.stop(name) for name in list(streams.processes)])
        streams.start("serve")
        wait_for(streams._is_ready, "streams", 60)
        yield service, streams


@pytest.fixture(scope="module")
def service(groups: tuple[Service, Service]) -> Service:
    return groups[0]


def post(author: Person, **headers: str) -> tuple[dict[str, Any], str]:
    """Bark, and return the bark with the id of the request that did."""
    answer = author.call("POST", "/v1/barks", json={"text": f"secret {secrets.token_hex(6)}"}, headers=headers)
    assert answer.status_code == 201, answer.text
    return dict(answer.json()), answer.headers["X-Request-Id"]


def root_of(collector: "Collector", request_id: str) -> "Span":
    """Return the span of a request."""

    def found() -> list["Span"]:
        return [one for one in list(collector.spans) if one.attributes.get("barker.request_id") == request_id]

    wait_for(found, "the span of a request")
    return found()[0]


def test_one_trace_from_the_post_to_an_open_screen(groups: tuple[Service, Service], collector: "Collector") -> None:
    service, streams = groups
    ada, bob = service.sign_up("ada"), service.sign_up("bob")
    bob.follow(ada)
    bob.feed()
    with Person(streams, bob.token, bob.user).stream() as events:
        assert events.next().name == "ready"
        post(ada)
        events.bark()  # from now on it has caught up, and is told live
        _, request_id = post(ada)
        events.bark()
    root = root_of(collector, request_id)
    wanted = {
        ("barker-api", "POST /v1/barks"),
        ("barker-api", "documents insert"),
        ("barker-api", "queues put"),
        ("barker-worker", "job fan_out"),
        ("barker-worker", "graph read_latest"),
        ("barker-worker", "queues deliver_each"),
        ("barker-stream", "tell"),
    }

    def missing() -> set[tuple[str, str]]:
        return wanted - {(one.service, one.name) for one in collector.trace(root.trace)}

    with suppress(AssertionError):
        wait_for(lambda: not missing(), "all spans of the trace")
    assert not missing()
    trace = collector.trace(root.trace)
    ids = {one.id for one in trace}
    assert [one for one in trace if one.parent not in ids] == [root]
    assert root.parent == ""
    (job,) = [one for one in trace if one.name == "job fan_out"]
    (put,) = [one for one in trace if one.name == "queues put" and one.service == "barker-api"]
    assert job.parent == put.id
    assert (root.attributes["http.route"], root.attributes["http.response.status_code"]) == ("/v1/barks", 201)


def test_log_lines_bear_the_trace(service: Service, collector: "Collector") -> None:
    _, request_id = post(service.sign_up("ada"))
    lines = [json.loads(line) for line in service.log("serve").splitlines() if request_id in line]
    assert {line["trace_id"] for line in lines} == {root_of(collector, request_id).trace}


def test_nothing_that_anybody_wrote_is_in_a_span(service: Service, collector: "Collector") -> None:
    ada = service.sign_up("ada", about="my secret life", interests=["secret gardens"])
    bark, _ = post(ada)
    ada.call("PUT", "/v1/me/place", json={"lat": 48.137154, "lon": 11.576124})
    ada.call("GET", "/v1/users", params={"q": "secret"})
    last = ada.call("GET", "/v1/barks", params={"q": "secret"}).headers["X-Request-Id"]
    root_of(collector, last)
    told = "".join(span.raw for span in collector.spans)
    for word in (
        "secret",
        ada.token,
        PASSWORD,
        ada.handle,
        bark["text"],
        "48.13",
        "password",
        "mongodb://",
        "redis://",
    ):
        assert word not in told, word


def test_a_caller_is_linked_and_not_believed(service: Service, collector: "Collector") -> None:
    """Else anybody could have all her requests traced, or join a trace of others."""
    given = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
    _, request_id = post(service.sign_up("ada"), traceparent=given)
    root = root_of(collector, request_id)
    assert root.trace != given[3:35]
    assert root.linked == (given[3:35],)


def test_barks_that_are_delivered_together_are_linked(service: Service, collector: "Collector") -> None:
    authors = [service.sign_up("ada") for _ in range(2)]
    service.stop("worker")
    roots = [root_of(collector, post(author)[1]) for author in authors]
    service.start("worker")
    jobs: dict[str, Any] = {}

    def both() -> bool:
        jobs.update({one.trace: one for one in collector.named("job fan_out")})
        return all(root.trace in jobs for root in roots)

    wait_for(both, "both jobs", 60)
    assert {jobs[root.trace].linked for root in roots} == {(root.trace,) for root in roots}


def test_what_nobody_asked_for_is_no_trace(service: Service, collector: "Collector") -> None:
    """A worker that looks for jobs every second, or a stream for its queue, would fill the collector."""
    service.sign_up("ada")
    roots = {one.name for one in collector.spans if not one.parent}
    assert not [name for name in roots if not name.startswith(("POST ", "GET ", "PUT ", "job "))], roots


def test_a_service_is_named_as_the_environment_says() -> None:
    assert _named({"OTEL_SERVICE_NAME": "mine"}) == "mine"
    assert _named({"OTEL_RESOURCE_ATTRIBUTES": "service.name=ours,a=b"}) == "ours"
    assert _named({}) == "theirs"


def _named(more: dict[str, str]) -> str:
    code = "from barker import spans; spans.start('theirs'); print(spans._tracer.resource.attributes['service.name'])"
    environ = {**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", **more}
    done = subprocess.run([sys.executable, "-c", code], env=environ, text=True, capture_output=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize(
    "environ", [{}, {"OTEL_SDK_DISABLED": "true"}, {"OTEL_TRACES_EXPORTER": "none"}], ids=["unset", "disabled", "none"]
)
def test_off_is_free_of_the_library(environ: dict[str, str]) -> None:
    code = (
        "import sys, os; from barker import spans; spans.start('x');"
        "assert not spans.on(); assert spans.context() == '';"
        "assert spans.call('a', 'b') is spans.span('c', spans.CLIENT);"
        "assert not [name for name in sys.modules if name.startswith('opentelemetry')]"
    )
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    if environ:
        clean["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:9"
    subprocess.run([sys.executable, "-c", code], env={**clean, **environ}, check=True)


def test_a_collector_that_is_away_keeps_nobody(
    stores_urls: dict[str, str], stores: Stores, tmp_path_factory: pytest.TempPathFactory
) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("BARKER_", "OTEL_"))}
    otel = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_BSP_SCHEDULE_DELAY": "100"}
    with Service({**clean, **stores_urls, **otel, "BARKER_LIMITS": "off"}, tmp_path_factory.mktemp("away")) as service:
        ada, bob = service.sign_up("ada"), service.sign_up("bob")
        bob.follow(ada)
        bark = ada.bark("there")
        wait_for(lambda: bark["text"] in bob.feed(), "the bark")
        assert service.stop("serve") < 12
        assert service.stop("worker", signal.SIGTERM) < 25
