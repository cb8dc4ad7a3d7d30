"""Subscribing over HTTP."""

from itertools import count
from typing import Any

import pytest

from barker import vapid
from barker.app import create_app
from barker.models import SUBSCRIPTIONS_MAX
from barker.settings import Settings
from tests.barker_process import PASSWORD, Person, Service
from tests.push.browsers import SUBSCRIPTIONS, Browser
from tests.push.conftest import KEY

HERE = "https://push.test"


def mine(person: Person) -> list[str]:
    return [one["id"] for one in person.get(SUBSCRIPTIONS)["items"]]


def test_the_key_is_for_everybody(service: Service) -> None:
    answer = service.call("GET", "/v1/push-key")
    assert answer.json() == {"key": vapid.public_key(KEY)}
    assert vapid.is_point(vapid.decoded(answer.json()["key"], 65))


def test_a_browser_is_subscribed_listed_and_removed(ada: Person, bob: Person) -> None:
    browser = Browser(HERE)
    made = browser.subscribe(ada)
    assert set(made) == {"id", "endpoint", "created_at"}
    assert ada.get(SUBSCRIPTIONS)["items"] == [made]
    assert mine(bob) == []
    for _ in range(2):
        assert bob.call("DELETE", f"{SUBSCRIPTIONS}/{browser.id}").status_code == 204
    assert mine(ada) == [browser.id]
    for _ in range(2):
        assert ada.call("DELETE", f"{SUBSCRIPTIONS}/{browser.id}").status_code == 204
    assert mine(ada) == []
    assert ada.call("DELETE", f"{SUBSCRIPTIONS}/one").status_code == 404


def test_the_same_endpoint_is_one_subscription(ada: Person) -> None:
    browser = Browser(HERE)
    assert browser.subscribe(ada) == browser.subscribe(ada)
    assert mine(ada) == [browser.id]


def test_a_browser_belongs_to_who_subscribed_it_last(ada: Person, bob: Person) -> None:
    browser = Browser(HERE)
    browser.subscribe(ada)
    browser.subscribe(bob)
    assert (mine(ada), mine(bob)) == ([], [browser.id])


def test_a_repeat_under_a_key_gets_the_first_answer(ada: Person) -> None:
    body, headers = Browser(HERE).subscription, {"Idempotency-Key": "once"}
    first, again = (ada.call("POST", SUBSCRIPTIONS, json=body, headers=headers) for _ in range(2))
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"


def test_the_oldest_goes_when_there_are_too_many(ada: Person) -> None:
    browsers = [Browser(HERE) for _ in range(SUBSCRIPTIONS_MAX + 1)]
    for browser in browsers:
        browser.subscribe(ada)
    assert mine(ada) == [browser.id for browser in reversed(browsers[1:])]


def test_one_that_is_taken_over_stays_though_it_is_the_oldest(ada: Person, bob: Person) -> None:
    old = Browser(HERE)
    old.subscribe(bob)
    browsers = [Browser(HERE) for _ in range(SUBSCRIPTIONS_MAX)]
    for browser in (*browsers, old):
        browser.subscribe(ada)
    assert mine(ada) == [browser.id for browser in (*reversed(browsers[1:]), old)]


def test_subscriptions_are_listed_in_pages(ada: Person) -> None:
    ids = [Browser(HERE).subscribe(ada)["id"] for _ in range(3)]
    first = ada.get(SUBSCRIPTIONS, limit=2)
    second = ada.get(SUBSCRIPTIONS, limit=2, cursor=first["next"])
    assert [one["id"] for one in first["items"] + second["items"]] == ids[::-1]
    assert second["next"] is None


def test_signing_out_removes_the_browsers_of_that_session_alone(ada: Person) -> None:
    known = {"handle": ada.handle, "password": PASSWORD}
    phone = Person(ada.service, ada.service.call("POST", "/v1/sessions", json=known).json()["token"], ada.user)
    on_phone, at_home = Browser(HERE), Browser(HERE)
    on_phone.subscribe(phone)
    at_home.subscribe(ada)
    session = next(one["id"] for one in phone.get("/v1/me/sessions")["items"] if one["current"])
    assert phone.call("DELETE", f"/v1/me/sessions/{session}").status_code == 204
    assert mine(ada) == [at_home.id]


def test_signing_out_everywhere_removes_all(ada: Person) -> None:
    Browser(HERE).subscribe(ada)
    assert ada.call("DELETE", "/v1/me/sessions").status_code == 204
    known = {"handle": ada.handle, "password": PASSWORD}
    back = Person(ada.service, ada.service.call("POST", "/v1/sessions", json=known).json()["token"], ada.user)
    assert mine(back) == []


GOOD = Browser(HERE).subscription


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("keys.p256dh", ""),
        ("keys.p256dh", GOOD["keys"]["p256dh"][:-4]),
        ("keys.p256dh", vapid.encoded(b"\4" + bytes(64))),  # no point of the curve
        ("keys.p256dh", vapid.encoded(vapid.decoded(GOOD["keys"]["p256dh"], 65)[:33])),
        ("keys.p256dh", "ü" * 87),
        ("keys.p256dh", 7),
        ("keys.auth", GOOD["keys"]["auth"] + "AA"),
        ("keys.auth", "+" * 22),
        ("keys.auth", None),
        ("keys.more", "x"),
        ("expirationTime", "soon"),
        ("endpoint", ""),
        ("endpoint", "https://push.test/" + "x" * 2000),
        ("endpoint", "http://push.test/x"),
        ("endpoint", "http://push.example.org/x"),
        ("endpoint", "ftp://push.example.org/x"),
        ("endpoint", "https://ada:secret@push.test/x"),
        ("endpoint", "https://push.test/x#y"),
        ("endpoint", "https://push.test/a b"),
        ("endpoint", "https://push.test/\r\nHost: x"),
        ("endpoint", "https://push.test\\@127.0.0.1/"),
        ("endpoint", "https://push.example.org:8443/x"),
        ("endpoint", "https://push.test:443x/"),
        ("endpoint", "https://[::1/"),
        ("endpoint", "/x"),
        *[
            ("endpoint", f"https://{host}/x")
            for host in (
                "127.0.0.1",
                "10.0.0.1",
                "169.254.169.254",
                "8.8.8.8",
                "0.0.0.0",
                "224.0.0.1",
                "2130706433",
                "127.1",
                "0x7f.0.0.1",
                "0x7f000001",
                "[::1]",
                "[::ffff:127.0.0.1]",
                "[fe80::1%25eth0]",
                "[2606:4700::1]",
                "localhost",
                "localhost.",
                "redis",
                "metadata.google.internal.",
                "no-such-host.invalid",
            )
        ],
    ],
    ids=map(str, count()),  # keys are new in each process, which pytest-xdist would take for other tests
)
def test_a_bad_field_is_named(ada: Person, field: str, value: Any) -> None:
    body: dict[str, Any] = {**GOOD, "keys": dict(GOOD["keys"])}
    *where, name = field.split(".")
    (body["keys"] if where else body)[name] = value
    answer = ada.call("POST", SUBSCRIPTIONS, json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.text
    assert mine(ada) == []


def test_without_a_key_push_is_off(stores_urls: dict[str, str]) -> None:
    app = create_app(Settings.read(stores_urls))
    answer = app.test_client().get("/v1/push-key")
    app.extensions["barker"].stores.close()
    assert (answer.status_code, answer.get_json()["code"]) == (404, "push_off")
