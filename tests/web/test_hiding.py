"""Whom one would rather not see: muted for a while or blocked, from a menu; listed in the settings, and ended there."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.barker_process import Person, Service, wait_for
from tests.web.browsing import OpenScreen
from tests.web.screen import ROUTED, Screen, serious

pytestmark = pytest.mark.slow


@pytest.fixture
def pair(service: Service) -> tuple[Person, Person]:
    """Ada follows Bob and Cleo, who have barked."""
    ada, bob, cleo = service.sign_up("ada"), service.sign_up("bob", name="Bob"), service.sign_up("cleo")
    for one in (bob, cleo):
        ada.follow(one)
    bob.bark("from bob")
    cleo.bark("from cleo")
    wait_for(lambda: len(ada.feed()) == 2, "both barks")
    return ada, bob


def menu(screen: Screen, person: Person, choice: str) -> None:
    """Open the menu about somebody and choose."""
    screen.page.get_by_label(f"Mute or block @{person.handle}").first.click()
    screen.page.get_by_role("dialog").get_by_role("button", name=choice, exact=True).click()


def test_who_is_blocked_goes_from_the_screen_and_comes_back_in_the_settings(
    pair: tuple[Person, Person], screen_of: OpenScreen
) -> None:
    ada, bob = pair
    screen = screen_of(ada)
    screen.is_live()
    screen.shows("from cleo", "from bob")
    screen.page.get_by_label(f"Mute or block @{bob.handle}").click()
    screen.page.get_by_role("dialog").wait_for()
    assert serious(screen) == []
    screen.page.keyboard.press("Escape")
    menu(screen, bob, f"Block @{bob.handle}")
    screen.shows("from cleo")
    wait_for(lambda: ada.get(f"/v1/users/{bob.handle}")["you"]["blocks"], "the block")
    screen.open(f"/@{bob.handle}")
    expect(screen.page.locator(".empty")).to_contain_text("You block")
    expect(screen.page.locator("main .follow")).to_have_count(0)
    screen.open("/settings")
    screen.page.get_by_label(f"End for @{bob.handle}").click()
    expect(screen.page.get_by_label(f"End for @{bob.handle}")).to_have_count(0)
    assert ada.get("/v1/me/blocks")["items"] == []


def test_a_mute_lasts_as_long_as_was_chosen_and_can_be_ended(
    pair: tuple[Person, Person], screen_of: OpenScreen
) -> None:
    ada, bob = pair
    screen = screen_of(ada)
    screen.is_live()
    menu(screen, bob, "A week")
    screen.shows("from cleo")
    wait_for(lambda: ada.get(f"/v1/users/{bob.handle}")["you"]["muted_until"], "the mute")
    screen.open("/settings")
    expect(screen.page.locator(".person", has_text=bob.handle)).to_contain_text("Muted until")
    screen.open(f"/@{bob.handle}")
    expect(screen.page.locator(".profile-hidden")).to_contain_text("Muted until")
    expect(screen.page.locator(".list .bark-text")).to_have_text(["from bob"])  # she looked for him
    screen.page.locator(".profile-hidden button").click()
    expect(screen.page.locator(".profile-hidden")).to_have_count(0)
    assert ada.get("/v1/me/mutes")["items"] == []
    screen.open("/")
    expect(screen.page.locator(".list .bark-text")).to_have_text(["from cleo", "from bob"])


def test_a_mute_that_was_chosen_before_the_end_of_another_was_answered_stands(
    pair: tuple[Person, Person], screen_of: OpenScreen
) -> None:
    ada, bob = pair
    ada.call("PUT", f"/v1/me/mutes/{bob.handle}", json={"seconds": None}).raise_for_status()
    screen = screen_of(ada, f"/@{bob.handle}", **ROUTED)
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "DELETE":
            held.append(route)
        else:
            route.continue_()

    screen.route("**/v1/me/mutes/*", hold)
    screen.page.locator(".profile-hidden button").click()
    menu(screen, bob, "A day")
    wait_for(lambda: screen.turn() and held, "the end to be asked for")
    held[0].continue_()
    wait_for(lambda: screen.turn() and ada.get(f"/v1/users/{bob.handle}")["you"]["muted_until"], "the mute of a day")
    expect(screen.page.locator(".toast").last).to_contain_text("is muted")
    expect(screen.page.locator(".profile-hidden")).to_have_text(re.compile("Muted until (?!further notice)"))


def test_a_block_that_is_refused_is_taken_back(pair: tuple[Person, Person], screen_of: OpenScreen) -> None:
    ada, bob = pair
    screen = screen_of(ada, **ROUTED)
    screen.is_live()
    screen.route("**/v1/me/blocks/*", lambda route: route.fulfill(status=503, body="{}"))
    menu(screen, bob, f"Block @{bob.handle}")
    expect(screen.page.locator(".toast")).to_contain_text("Try again")
    screen.shows("from cleo", "from bob")
    assert screen.forgive("status of 503")


def test_who_is_dismissed_is_not_suggested_again(service: Service, screen_of: OpenScreen) -> None:
    ada, bob, far = service.sign_up("ada"), service.sign_up("bob", name="Bob"), service.sign_up("far")
    ada.follow(bob)
    bob.follow(far)
    bob.bark("from bob")
    wait_for(lambda: ada.feed() == ["from bob"], "the bark")
    wide = {"width": 1280, "height": 800}
    screen = screen_of(ada, viewport=wide)
    row = screen.page.locator(".aside .person", has_text="Followed by Bob")
    expect(row).to_have_count(1)
    screen.page.get_by_label(f"Do not suggest @{far.handle} again").click()
    expect(row).to_have_count(0)
    suggested = "/v1/me/suggestions"
    wait_for(lambda: far.handle not in str(ada.get(suggested)), "it to be noted")
    screen.open("/people")
    screen.page.locator(".skeleton").first.wait_for(state="detached")
    expect(screen.page.get_by_label(f"Do not suggest @{far.handle} again")).to_have_count(0)
