"""A place that is no longer to be shared is not: whichever tab says so, and however slow the line is."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.barker_process import Person, Service, wait_for
from tests.web.browsing import OpenScreen
from tests.web.screen import ROUTED

pytestmark = pytest.mark.slow

HERE: dict[str, Any] = {"geolocation": {"latitude": 52.5, "longitude": 13.4}, "permissions": ["geolocation"]}


@pytest.fixture
def ada(service: Service) -> Person:
    """Somebody."""
    return service.sign_up("ada")


def switch(page: Page) -> Locator:
    return page.get_by_role("switch", name="Share my place")


def turn(page: Page) -> None:
    page.locator("label", has_text="place").first.click()


def test_switched_off_in_one_tab_is_off_in_all(ada: Person, screen_of: OpenScreen) -> None:
    screen = screen_of(ada, "/nearby", **HERE)
    screen.page.clock.install()
    turn(screen.page)
    expect(switch(screen.page)).to_be_checked()
    expect(screen.page.locator("main .empty, main .radar").first).to_be_visible()
    other = screen.context.new_page()
    other.goto("/nearby")
    expect(switch(other)).to_be_checked()
    turn(other)
    expect(switch(other)).not_to_be_checked()
    told: list[str] = []
    screen.context.on("request", lambda one: told.append(one.method) if one.url.endswith("/v1/me/place") else None)
    screen.page.clock.run_for(130_000)
    screen.page.wait_for_timeout(500)
    assert told == []
    expect(switch(screen.page)).not_to_be_checked()
    turn(other)
    expect(switch(screen.page)).to_be_checked()


def test_switched_off_while_it_is_told_is_off_and_forgotten(ada: Person, screen_of: OpenScreen) -> None:
    screen = screen_of(ada, "/nearby", **HERE, **ROUTED)
    held: list[Route] = []
    done: list[str] = []

    def hold(route: Route) -> None:
        if route.request.method == "PUT":
            return held.append(route)
        done.append("DELETE")
        return route.continue_()

    screen.route("**/v1/me/place", hold)
    turn(screen.page)
    wait_for(lambda: screen.turn() and held, "the place to be told")
    screen.page.locator("label.switch").click()
    wait_for(lambda: screen.turn() and done, "it to be forgotten")
    held[0].continue_()  # it comes last
    wait_for(lambda: screen.turn() and len(done) == 2, "it to be forgotten once more")
    expect(switch(screen.page)).not_to_be_checked()
    assert screen.evaluate("localStorage.getItem('barker.sharing')") is None
