"""Ways through the app: links from elsewhere, back, what is typed and left, keys alone, files that are gone."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.barker_process import Person, Service, wait_for
from tests.web.browsing import OpenScreen
from tests.web.screen import ROUTED, Screen

pytestmark = pytest.mark.slow

TOP = "scrollY"


@pytest.fixture
def ada(service: Service) -> Person:
    """Somebody whom many follow."""
    return service.sign_up("ada")


def scrolled(screen: Screen, to: int) -> bool:
    """Tell whether the page stands about there."""
    return screen.turn() and abs(int(screen.evaluate(TOP)) - to) < 40


def test_a_link_that_is_no_encoding_of_anything_is_a_tag(service: Service, screen_of: OpenScreen) -> None:
    screen = screen_of(None, "/tags/100%")
    expect(screen.heading).to_have_text("#100%")
    screen.forgive("status of 4")


def test_back_on_a_page_that_was_opened_from_elsewhere_leads_home(ada: Person, screen_of: OpenScreen) -> None:
    bark = ada.bark("Deep")
    screen = screen_of(ada, f"/barks/{bark['id']}")
    screen.page.get_by_role("button", name="Back").click()
    expect(screen.heading).to_have_text("Home")
    screen.page.get_by_role("link", name="Profile").click()
    screen.page.get_by_role("button", name="Back").click()
    expect(screen.heading).to_have_text("Home")
    screen.page.go_back()
    expect(screen.heading).to_have_text("Bark")


def test_back_leads_to_the_place_in_a_list_and_to_the_top_of_what_was_not_left_by_a_link(
    service: Service, ada: Person, screen_of: OpenScreen
) -> None:
    for number in range(14):
        service.sign_up(f"fan{number}").follow(ada)
    screen = screen_of(ada, f"/@{ada.handle}/followers", viewport={"width": 390, "height": 450})
    page = screen.page
    rows = page.locator(".list .person")
    expect(rows).to_have_count(14)
    screen.evaluate("scrollTo(0, 600)")
    at = int(screen.evaluate(TOP))
    assert at > 300
    rows.nth(9).locator(".person-link").evaluate("link => link.click()")  # a mouse would scroll before
    expect(page.locator(".profile")).to_contain_text("Follow")
    wait_for(lambda: scrolled(screen, 0), "the top")
    page.go_back()
    expect(rows).to_have_count(14)
    wait_for(lambda: scrolled(screen, at), f"the place in the list, {at}")
    page.go_forward()
    expect(page.locator(".profile .follow")).to_have_count(1)
    wait_for(lambda: scrolled(screen, 0), "the top again")


def test_who_left_the_search_is_not_taken_back(ada: Person, screen_of: OpenScreen) -> None:
    screen = screen_of(ada, "/search")
    box = screen.page.get_by_label("Search", exact=True)
    box.press_sequentially("somebody")
    screen.page.keyboard.press("Tab")
    screen.page.get_by_role("link", name="Notifications").click()
    screen.page.wait_for_timeout(600)
    expect(screen.heading).to_have_text("Notifications")


def test_what_is_searched_for_is_what_the_address_says(ada: Person, screen_of: OpenScreen) -> None:
    screen = screen_of(ada, "/search?q=first")
    box = screen.page.get_by_label("Search", exact=True)
    expect(box).to_have_value("first")
    screen.page.get_by_role("link", name="Search").first.click()
    expect(box).to_have_value("")
    box.press_sequentially("a ")
    screen.page.wait_for_url(re.compile("q=a"))
    box.press_sequentially("b")
    screen.page.get_by_role("navigation", name="What to search for").get_by_role("link", name="Barks").click()
    screen.page.wait_for_url(re.compile(r"q=a\+b&kind=barks"))
    expect(box).to_have_value("a b")


def test_keys_alone_skip_what_stands_around(ada: Person, screen_of: OpenScreen) -> None:
    screen = screen_of(ada, "/people")
    screen.page.keyboard.press("Tab")
    screen.page.keyboard.press("Enter")
    assert screen.evaluate("document.activeElement.id") == "main"
    assert screen.page.url.endswith("/people")


def test_a_page_whose_files_cannot_be_had_says_so_and_is_not_loaded_for_ever(
    ada: Person, screen_of: OpenScreen
) -> None:
    screen = screen_of(ada, **ROUTED)
    loaded: list[str] = []
    screen.page.on("load", lambda page: loaded.append(page.url))
    screen.route("**/assets/NearbyPage-*", lambda route: route.fulfill(status=404, body="{}"))
    screen.page.get_by_role("link", name="Nearby", exact=True).click()
    expect(screen.page.locator(".empty")).to_contain_text("could not be loaded")
    screen.page.wait_for_timeout(1_000)
    assert len(loaded) == 1
    screen.forgive("404|dynamically imported|MIME|preload")


def test_a_heart_that_is_touched_twice_ends_as_it_shows(ada: Person, screen_of: OpenScreen) -> None:
    bark = ada.bark("Touch me")
    screen = screen_of(ada, f"/barks/{bark['id']}", **ROUTED)
    held: list[Route] = []
    asked: list[str] = []

    def slow_like(route: Route) -> None:
        asked.append(route.request.method)
        if route.request.method == "PUT":
            return held.append(route)
        return route.continue_()

    screen.route("**/like", slow_like)
    heart = screen.page.locator(".act-like")
    heart.click()
    heart.click()
    expect(heart).to_have_attribute("aria-pressed", "false")
    wait_for(lambda: screen.turn() and held, "the first to be asked")
    screen.page.wait_for_timeout(200)
    held[0].continue_()
    wait_for(lambda: screen.turn() and asked == ["PUT", "DELETE"], "the second")
    wait_for(lambda: ada.get(f"/v1/barks/{bark['id']}")["counts"]["likes"] == 0, "it to be liked no longer")
