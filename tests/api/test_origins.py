"""What pages of other origins may do: those that are listed, with a token; never with the cookie."""

import pytest
from flask.testing import FlaskClient

from barker.app import create_app
from barker.errors import BadSettings
from barker.settings import Settings
from barker.stores import Stores
from barker.stores.counters import Counters
from tests.barker_process import PASSWORD, Person, Service

APP, OTHER = "https://app.example", "http://localhost:5173"
ADDRESS = "192.0.2.77"  # whose calls nobody else counts
ALLOW = "Access-Control-Allow-Origin"


@pytest.fixture(scope="module")
def client(stores: Stores) -> FlaskClient:
    """Return a client of an app that lists two origins; its limits are on."""
    client = create_app(Settings.read({"BARKER_ORIGINS": f"{APP}, {OTHER}"}), stores).test_client()
    client.environ_base["REMOTE_ADDR"] = ADDRESS
    return client


def cors(headers: object) -> dict[str, str]:
    return {name: value for name, value in dict(headers).items() if name.startswith("Access-Control")}  # type: ignore[call-overload]


@pytest.mark.parametrize("origin", [APP, OTHER])
def test_a_page_of_a_listed_origin_reads_answers_and_their_headers(client: FlaskClient, origin: str) -> None:
    answer = client.get("/healthz", headers={"Origin": origin})
    assert answer.status_code == 200
    assert answer.headers[ALLOW] == origin
    assert "Origin" in answer.headers["Vary"]
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"Link", "Location", "Retry-After", "RateLimit-Reset", "X-Request-Id"} <= set(exposed)
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("origin", ["https://evil.example", "https://app.example.evil", "http://app.example", "null"])
def test_a_page_of_another_origin_reads_nothing(client: FlaskClient, origin: str) -> None:
    for answer in (
        client.get("/healthz", headers={"Origin": origin}),
        client.options("/v1/feed", headers={"Origin": origin, "Access-Control-Request-Method": "GET"}),
    ):
        assert cors(answer.headers) == {}
        assert "Origin" in answer.headers["Vary"]  # no cache may keep this for pages that are listed


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/v1/barks", "GET, HEAD, OPTIONS, POST"),
        ("/v1/barks/1", "DELETE, GET, HEAD, OPTIONS"),
        ("/v1/stream", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_preflight_tells_what_a_route_takes_and_asks_no_store(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str, methods: str
) -> None:
    monkeypatch.delattr(Counters, "hit")
    asked = {"Origin": APP, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    answer = client.options(path, headers=asked)
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers[ALLOW] == APP
    assert answer.headers["Access-Control-Allow-Methods"] == methods
    allowed = answer.headers["Access-Control-Allow-Headers"].split(", ")
    assert {"Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID"} <= set(allowed)
    assert answer.headers["Access-Control-Max-Age"] == "7200"
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_preflight_for_what_is_not_there_is_told_so(client: FlaskClient) -> None:
    answer = client.options("/v1/nothing", headers={"Origin": APP, "Access-Control-Request-Method": "GET"})
    assert (answer.status_code, answer.headers[ALLOW]) == (404, APP)


def test_a_page_reads_refusals_too(client: FlaskClient, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    page = {"Origin": APP}
    for path in ("/v1/feed", "/v1/stream"):
        refused = client.get(path, headers=page)
        assert (refused.status_code, refused.headers[ALLOW]) == (401, APP)
    context = client.application.extensions["barker"]
    monkeypatch.setattr(context.caps, "_per_address", 1)
    with context.caps.held(ADDRESS):
        refused = client.get("/v1/stream", headers={**page, **ada.headers})
    assert (refused.status_code, refused.headers[ALLOW]) == (429, APP)
    monkeypatch.setattr(context.caps, "_in_all", 0)
    refused = client.get("/v1/stream", headers={**page, **ada.headers})
    assert (refused.status_code, refused.headers[ALLOW]) == (503, APP)


def test_a_page_that_is_listed_is_given_no_cookie(client: FlaskClient, ada: Person) -> None:
    body = {"handle": ada.handle, "password": PASSWORD}
    answer = client.post("/v1/sessions", json=body, headers={"Origin": APP})
    assert (answer.status_code, answer.headers[ALLOW]) == (201, APP)
    assert "Set-Cookie" not in answer.headers
    assert answer.get_json()["token"]


def test_a_cookie_is_worth_nothing_to_a_page_that_is_listed(client: FlaskClient, ada: Person) -> None:
    client.set_cookie("barker_token", ada.token)
    try:
        assert client.get("/v1/me").status_code == 200
        assert client.get("/v1/me", headers={"Origin": "http://localhost"}).status_code == 200  # its own
        assert client.get("/v1/me", headers={"Origin": APP}).status_code == 401
        assert client.delete("/v1/me/place", headers={"Origin": APP}).status_code == 403
    finally:
        client.delete_cookie("barker_token")


def test_a_stream_is_opened_by_the_cookie_alone_from_the_same_origin_only(service: Service, ada: Person) -> None:
    """EventSource can send no header: the browser brings the cookie, and says where a foreign page is from."""
    for own in ({}, {"Origin": service.url}):
        with service.call("GET", "/v1/stream", cookies={"barker_token": ada.token}, headers=own, stream=True) as answer:
            assert answer.status_code == 200
            lines = answer.iter_lines()
            assert b"event: ready" in [next(lines) for _ in range(4)]
    for origin in ("https://evil.example", "null"):
        foreign = service.call(
            "GET", "/v1/stream", cookies={"barker_token": ada.token}, headers={"Origin": origin}, stream=True
        )
        assert foreign.status_code == 401
        assert cors(foreign.headers) == {}
        assert "Set-Cookie" not in foreign.headers  # her cookie stays hers


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "app.example",
        "https://app.example/",
        "https://APP.example",
        "https://app.example:443",
        "null",
        "https://a b",
    ],
)
def test_what_is_no_origin_is_refused_by_name(origin: str) -> None:
    with pytest.raises(BadSettings) as refused:
        Settings.read({"BARKER_ORIGINS": f"{APP},{origin}"})
    assert set(refused.value.reasons) == {"BARKER_ORIGINS"}
    assert repr(origin) in str(refused.value)


def test_no_origin_is_listed_by_default(stores: Stores) -> None:
    settings = Settings.read({})
    assert settings.origins == frozenset()
    answer = create_app(settings, stores).test_client().get("/healthz", headers={"Origin": APP})
    assert cors(answer.headers) == {}
    assert "Vary" not in answer.headers
