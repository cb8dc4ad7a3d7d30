"""A page that the browser kept as it was left, and brings back: it shows who is signed in now, not who was then."""

import json

import pytest
from playwright.sync_api import expect

from tests.barker_process import Person, Service
from tests.web.browsing import OpenScreen
from tests.web.screen import Screen

pytestmark = pytest.mark.slow

# What a browser tells a page that it kept; of what happened in other tabs meanwhile it tells nothing.
BROUGHT_BACK = "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
NOTE = "barker.me"


@pytest.fixture
def left(service: Service, screen_of: OpenScreen) -> tuple[Screen, list[str]]:
    """The feed of somebody, as it was left, and what is loaded since."""
    screen = screen_of(service.sign_up("ada", name="Ada"))
    screen.is_live()
    loaded: list[str] = []
    screen.page.on("load", lambda page: loaded.append(page.url))
    return screen, loaded


def sign_in_elsewhere(screen: Screen, person: Person) -> None:
    """Do what another tab does; it tells others, but not who has been put aside."""
    screen.context.add_cookies([{"name": "barker_token", "value": person.token, "url": screen.service.url}])
    screen.evaluate("([key, note]) => localStorage.setItem(key, note)", [NOTE, json.dumps(person.user)])


def test_who_comes_back_as_somebody_else_sees_her_own_feed(service: Service, left: tuple[Screen, list[str]]) -> None:
    screen, loaded = left
    bob = service.sign_up("bob", name="Bob")
    bob.bark("Of Bob")
    sign_in_elsewhere(screen, bob)
    screen.evaluate(BROUGHT_BACK)
    expect(screen.page.locator(f'.bar a[href="/@{bob.handle}"]')).to_have_count(1)
    screen.shows("Of Bob")
    assert len(loaded) == 1


def test_who_comes_back_signed_out_sees_what_strangers_see(left: tuple[Screen, list[str]]) -> None:
    screen, loaded = left
    screen.context.clear_cookies()
    # An empty note, since a missing one would be written anew by what signs this screen in.
    screen.evaluate("key => localStorage.setItem(key, 'null')", NOTE)
    screen.evaluate(BROUGHT_BACK)
    screen.page.get_by_text("Join the pack").wait_for()
    assert len(loaded) == 1


def test_who_comes_back_as_herself_loads_nothing_anew(left: tuple[Screen, list[str]]) -> None:
    screen, loaded = left
    screen.evaluate(BROUGHT_BACK)
    screen.page.wait_for_timeout(500)
    assert loaded == []
