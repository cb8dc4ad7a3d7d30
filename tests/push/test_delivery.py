"""Pushes on their way: a worker, a push service, and browsers that open what they get."""

import time

import pytest
from py_vapid import Vapid

from barker.actions import pushing
from barker.stores import Stores
from barker.stores.jobs import PUSH
from tests.barker_process import PASSWORD, Person, Service, wait_for
from tests.push.browsers import SUBSCRIPTIONS, Browser, PushService
from tests.push.conftest import CONTACT, KEY

WORDS = {"title": "Ada Lovelace", "body": "likes your bark: „Schön!“ 🐕", "url": "/barks/1", "tag": "like:1"}


def ask(stores: Stores, person: Person, **more: str) -> None:
    pushing.ask(stores, int(person.user["id"]), **{**WORDS, **more})


def in_lane(stores: Stores) -> int:
    found = stores.lanes.overview().lanes[PUSH]
    return found.waiting + found.running


def is_idle(stores: Stores) -> bool:
    """Whether no push waits, is run, or comes later."""
    found = stores.lanes.overview()
    return in_lane(stores) + found.due + found.not_due == 0


def subscribed(person: Person, browser: Browser) -> bool:
    return browser.id in [one["id"] for one in person.get(SUBSCRIPTIONS)["items"]]


def test_every_browser_of_hers_can_read_it_and_nobody_else(
    pushing_stores: Stores, pushed: PushService, here: str, ada: Person, bob: Person
) -> None:
    phone, laptop, stranger = Browser(here), Browser(here), Browser(here)
    for person, browser in ((ada, phone), (ada, laptop), (bob, stranger)):
        browser.subscribe(person)
    ask(pushing_stores, ada)
    wait_for(lambda: pushed.to(phone.path) and pushed.to(laptop.path), "both to be pushed to")
    for browser in (phone, laptop):
        (sent,) = pushed.to(browser.path)
        assert browser.opened(sent) == WORDS
        assert sent.headers["Content-Encoding"] == "aes128gcm"
        assert sent.headers["TTL"] == "86400"
        assert Vapid.verify(sent.headers["Authorization"])
        assert sent.headers["Authorization"].endswith(f"k={ada.get('/v1/push-key')['key']}")
        assert (sent.claims["aud"], sent.claims["sub"]) == (here, CONTACT)
        assert time.time() < sent.claims["exp"] <= time.time() + 24 * 3600
    assert pushed.to(stranger.path) == []


def test_pushes_with_one_tag_replace_each_other(
    pushing_stores: Stores, pushed: PushService, here: str, ada: Person
) -> None:
    browser = Browser(here)
    browser.subscribe(ada)
    for tag in ("like:1", "like:1", "like:2"):
        ask(pushing_stores, ada, tag=tag)
    wait_for(lambda: len(pushed.to(browser.path)) == 3, "three pushes")
    by_tag = {(browser.opened(sent)["tag"], sent.headers["Topic"]) for sent in pushed.to(browser.path)}
    assert len(by_tag) == 2
    assert all(len(topic) == 32 for _, topic in by_tag)


@pytest.mark.parametrize("status", [404, 410])
def test_a_dead_subscription_is_removed(
    pushing_stores: Stores, pushed: PushService, here: str, ada: Person, status: int
) -> None:
    dead, alive = Browser(here), Browser(here)
    for browser in (dead, alive):
        browser.subscribe(ada)
    pushed.answers[dead.path] = [status]
    ask(pushing_stores, ada)
    wait_for(lambda: not subscribed(ada, dead), "it to be removed")
    assert subscribed(ada, alive)
    assert len(pushed.to(dead.path)) == 1


@pytest.mark.slow
@pytest.mark.parametrize("status", [429, 500])
def test_what_fails_is_tried_again_and_only_that(
    pushing_stores: Stores, pushed: PushService, here: str, ada: Person, status: int
) -> None:
    unlucky, lucky = Browser(here), Browser(here)
    for browser in (unlucky, lucky):
        browser.subscribe(ada)
    pushed.answers[unlucky.path] = [status, 201]
    ask(pushing_stores, ada)
    wait_for(lambda: len(pushed.to(unlucky.path)) == 2, "a second try")
    wait_for(lambda: is_idle(pushing_stores), "all to be over")
    assert len(pushed.to(unlucky.path)) == 2
    assert len(pushed.to(lucky.path)) == 1
    assert subscribed(ada, unlucky)
    assert unlucky.opened(pushed.to(unlucky.path)[1]) == WORDS


@pytest.mark.parametrize("status", [400, 403, 413])
def test_what_is_refused_is_given_up(
    pushing_stores: Stores, pushed: PushService, here: str, ada: Person, status: int
) -> None:
    browser = Browser(here)
    browser.subscribe(ada)
    pushed.answers[browser.path] = [status]
    ask(pushing_stores, ada)
    wait_for(lambda: pushed.to(browser.path), "a push")
    wait_for(lambda: is_idle(pushing_stores), "all to be over")
    assert len(pushed.to(browser.path)) == 1
    assert subscribed(ada, browser)


def test_a_redirect_is_not_followed(
    pushing_stores: Stores, pushed: PushService, other: PushService, here: str, ada: Person
) -> None:
    browser = Browser(here)
    browser.subscribe(ada)
    pushed.answers[browser.path] = [f"http://127.0.0.1:{other.port}{browser.path}"]
    ask(pushing_stores, ada)
    wait_for(lambda: pushed.to(browser.path), "a push")
    wait_for(lambda: is_idle(pushing_stores), "all to be over")
    assert other.to(browser.path) == []


def test_who_took_over_a_browser_does_not_get_what_was_asked_for_before(
    pushing_stores: Stores, pushed: PushService, here: str, ada: Person, bob: Person
) -> None:
    browser, second = Browser(here), Browser(here)
    for one in (browser, second):
        one.subscribe(ada)
    found = pushing_stores.subscriptions.by_id(int(ada.user["id"]), int(browser.id))
    assert found
    browser.subscribe(bob)
    pushing.push_one(pushing_stores, found.user_id, found.id, "{}", 0)  # the job that ada's push had asked for
    ask(pushing_stores, ada)
    ask(pushing_stores, bob, title="for bob")
    wait_for(lambda: pushed.to(browser.path) and pushed.to(second.path), "pushes")
    assert [browser.opened(sent)["title"] for sent in pushed.to(browser.path)] == ["for bob"]


def test_a_browser_whose_session_is_over_is_not_pushed_to(
    pushing_stores: Stores, pushed: PushService, here: str, ada: Person
) -> None:
    browser, known = Browser(here), {"handle": ada.handle, "password": PASSWORD}
    browser.subscribe(ada)
    pushing_stores.sessions.remove_all(int(ada.user["id"]))  # as by a process that died just then
    ada.token = ada.service.call("POST", "/v1/sessions", json=known).json()["token"]
    ask(pushing_stores, ada)
    wait_for(lambda: not subscribed(ada, browser), "it to be removed")
    assert pushed.to(browser.path) == []


@pytest.mark.slow
def test_a_hanging_push_service_does_not_delay_the_others(
    pushing_stores: Stores, pushed: PushService, other: PushService, here: str, ada: Person, bob: Person
) -> None:
    hanging, well = [Browser(f"http://localhost:{other.port}") for _ in range(15)], Browser(here)
    for browser in hanging:
        browser.subscribe(bob)
        other.answers[browser.path] = ["hang"]
    well.subscribe(ada)
    ask(pushing_stores, bob)
    wait_for(lambda: other.sent, "a push to hang")
    for number in range(1, 6):
        began = time.monotonic()
        ask(pushing_stores, ada)
        wait_for(lambda number=number: len(pushed.to(well.path)) == number, "the other to be pushed to")
        assert time.monotonic() - began < 10
        time.sleep(0.5)
    lane = pushing_stores.lanes
    wait_for(
        lambda: lane.overview().lanes[PUSH].waiting + lane.overview().lanes[PUSH].running == 0, "all to be put off"
    )
    for browser in hanging:
        bob.call("DELETE", f"{SUBSCRIPTIONS}/{browser.id}")


def test_no_log_tells_the_key_or_an_endpoint(
    service: Service, pushing_stores: Stores, pushed: PushService, here: str, ada: Person
) -> None:
    browser = Browser(here)
    browser.subscribe(ada)
    pushed.answers[browser.path] = [403]
    ask(pushing_stores, ada)
    wait_for(lambda: '"status": 403' in service.log("worker"), "the refusal to be logged")
    logs = service.log("worker") + service.log("serve")
    for secret in (KEY, browser.path, browser.subscription["keys"]["auth"]):
        assert secret not in logs
    assert KEY not in repr(pushing_stores.pushes)
