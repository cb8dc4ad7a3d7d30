"""What a hostile or unlucky client, or a revoked token, can not do."""

import json
import os
import secrets
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from barker.actions import accounts
from barker.app import create_app
from barker.errors import NotSignedIn
from barker.live.hub import TABS
from barker.settings import Settings
from barker.stores import Stores
from barker.stores.counters import Usage
from tests.barker_process import PASSWORD, Person, Service, wait_for

CROWD = 20


@pytest.fixture(scope="module")
def limited(stores_urls: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Return an API process with limits."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BARKER_")}
    logs: Path = tmp_path_factory.mktemp("limited")
    with Service({**clean, **stores_urls}, logs) as service:
        yield service


def test_limits_count_down_and_then_refuse(limited: Service) -> None:
    eve, fay = limited.sign_up("eve"), limited.sign_up("fay")
    path = "/v1/me/place"
    answers = [eve.call("DELETE", path) for _ in range(61)]
    assert [answer.status_code for answer in answers] == [204] * 60 + [429]
    assert [int(answer.headers["RateLimit-Remaining"]) for answer in answers[:60]] == list(range(59, -1, -1))
    assert answers[0].headers["RateLimit-Limit"] == "60"
    refused = answers[-1]
    assert refused.json()["code"] == "too_many"
    assert 1 <= int(refused.headers["Retry-After"]) <= 120
    assert int(refused.headers["RateLimit-Reset"]) >= 1
    assert fay.call("DELETE", path).status_code == 204


def test_calls_without_a_live_token_are_counted_against_their_address(limited: Service) -> None:
    dead = {"Authorization": "Bearer dead"}
    answers = [limited.call("GET", "/v1/me", headers=headers) for headers in (dead, {}) for _ in range(65)]
    assert {answer.status_code for answer in answers} == {401, 429}
    assert int(answers[0].headers["RateLimit-Reset"]) > 1
    assert all("RateLimit-Remaining" in answer.headers for answer in answers)


@pytest.mark.parametrize(("proxies", "address"), [("0", "127.0.0.1"), ("1", "203.0.113.9")])
def test_an_address_is_believed_of_trusted_proxies_alone(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, proxies: str, address: str
) -> None:
    callers: list[str] = []

    def hit(_: object, route: str, caller: str, *limit: int) -> Usage:
        callers.append(caller)
        return Usage(allowed=True, limit=1, remaining=1, reset_seconds=1)

    monkeypatch.setattr(type(stores.counters), "hit", hit)
    app = create_app(Settings.read({"BARKER_TRUSTED_PROXIES": proxies}), stores)
    app.test_client().get("/v1/users/nobody_at_all", headers={"X-Forwarded-For": "198.51.100.7, 203.0.113.9"})
    assert callers == [f"address:{address}"]


def test_passwords_are_guessed_so_often_whatever_the_address(limited: Service) -> None:
    body = {"handle": limited.sign_up("eve").handle, "password": "a wrong password"}
    found = [limited.call("POST", "/v1/sessions", json=body).status_code for _ in range(31)]
    assert found == [401] * 30 + [429]


def test_a_stream_too_many_is_refused(service: Service) -> None:
    eve = service.sign_up("eve")
    with ExitStack() as open_:
        for _ in range(TABS):
            open_.enter_context(eve.stream())
        refused = eve.call("GET", "/v1/stream")
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
        assert int(refused.headers["Retry-After"]) > 0


def test_a_service_that_goes_says_goodbye_and_waits_for_nobody(limited: Service) -> None:
    """Streams are told; neither an idle connection nor a client that reads nothing holds it up."""
    session = requests.Session()
    assert session.get(f"{limited.url}/healthz").status_code == 200
    eve, deaf = limited.sign_up("eve"), socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    with deaf, eve.stream() as events:
        assert events.next().name == "ready"
        deaf.connect(("127.0.0.1", limited.port))
        request = f"GET /v1/stream HTTP/1.1\r\nHost: x\r\nAuthorization: {eve.headers['Authorization']}\r\n\r\n"
        deaf.sendall(request.encode())
        try:
            seconds = limited.stop("serve")
            bye = events.next()
        finally:
            session.close()
            limited.start("serve")
    assert (bye.name, bye.data) == ("bye", {"reason": "restart"})
    assert seconds < 10  # its own limit, after which it would be killed


def test_a_token_revoked_while_it_is_looked_up_is_not_cached(
    stores: Stores, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    eve = service.sign_up("eve")
    keep = stores.counters.keep_token

    def keep_late(token: bytes, session_id: int, user_id: int) -> None:
        stores.sessions.remove(user_id, session_id)
        stores.counters.drop_tokens([token])
        keep(token, session_id, user_id)

    monkeypatch.setattr(type(stores.counters), "keep_token", lambda _, *arguments: keep_late(*arguments))
    accounts.caller_of(stores, eve.token)
    with pytest.raises(NotSignedIn):
        accounts.caller_of(stores, eve.token)


def test_a_dead_cookie_is_taken_away(service: Service) -> None:
    answer = service.call("GET", "/v1/me", cookies={"barker_token": "dead"})
    assert answer.status_code == 401
    assert "barker_token=;" in answer.headers["Set-Cookie"]


def test_a_wrong_password_leaves_a_good_cookie_alone(service: Service, ada: Person) -> None:
    body = {"handle": ada.handle, "password": "a wrong password"}
    answer = service.call("POST", "/v1/sessions", json=body, cookies={"barker_token": ada.token})
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers


def test_an_unknown_query_is_refused_on_every_route(service: Service) -> None:
    eve = service.sign_up("eve")
    for path, operations in service.call("GET", "/openapi.json").json()["paths"].items():
        for method in operations:
            answer = eve.call(method, f"{path.format(handle=eve.handle, id='1', tag='dogs')}?silent=1", json={})
            assert answer.status_code == 422, f"{method} {path}"
            assert "silent" in {error["field"] for error in answer.json()["errors"]}, f"{method} {path}"


def test_nothing_is_no_profile_and_no_bark(ada: Person) -> None:
    assert ada.call("PATCH", "/v1/me", json={"name": None}).status_code == 422
    assert ada.call("POST", "/v1/barks", json={"text": "\u200b\u2060"}).status_code == 422


def test_readiness_is_asked_once_for_a_crowd(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(Settings.read({"BARKER_LIMITS": "off"}), stores)
    asked, all_here = list[str](), threading.Barrier(CROWD)

    def ping() -> None:
        asked.append("graph")
        threading.Event().wait(0.5)  # for all of the crowd to come

    def ask(_: int) -> int:
        all_here.wait()
        return app.test_client().get("/readyz").status_code

    monkeypatch.setattr(type(stores), "pings", lambda _: {"graph": ping})
    with ThreadPoolExecutor(CROWD) as pool:
        assert set(pool.map(ask, range(CROWD))) == {200}
    assert asked == ["graph"]


def test_a_half_sent_request_has_no_effect_and_is_no_fault(service: Service) -> None:
    handle = f"eve_{secrets.token_hex(5)}"
    body = json.dumps({"handle": handle, "password": PASSWORD})
    head = "POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Request-Id: half\r\n"
    with socket.create_connection(("127.0.0.1", service.port)) as connection:
        connection.sendall(f"{head}Content-Length: {len(body) + 1}\r\n\r\n{body}".encode())
    wait_for(lambda: '"request_id": "half"' in service.log("serve"), "the request to be logged")
    assert '"fault"' not in service.log("serve")
    assert service.call("GET", f"/v1/users/{handle}").status_code == 404
