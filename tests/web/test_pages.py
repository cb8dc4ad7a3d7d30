"""Every page: finished to look at, silent on the console, closed to other hosts, and open to everybody."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.barker_process import PASSWORD, Person, Service, wait_for
from tests.web.browsing import OpenScreen
from tests.web.screen import Screen, serious

pytestmark = pytest.mark.slow

SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 800}}
PAGES = {
    "feed": "/",
    "profile": "/@{other}",
    "followers": "/@{other}/followers",
    "following": "/@{me}/following",
    "graph": "/@{other}/graph",
    "bark": "/barks/{bark}",
    "search": "/search",
    "found": "/search?q=dog&kind=people",
    "tag": "/tags/dogs",
    "nearby": "/nearby",
    "people": "/people",
    "notifications": "/notifications",
    "settings": "/settings",
}


@pytest.fixture(scope="module")
def village(service: Service) -> tuple[Person, Person, str]:
    """Somebody with a feed, whom people follow and who follows people."""
    me = service.sign_up("mira", name="Mira Berg", about="Dogs, maps. https://example.org", interests=["dogs", "maps"])
    friends = [service.sign_up(f"friend{number}", name=f"Friend {number}") for number in range(5)]
    for number, friend in enumerate(friends):
        me.follow(friend)
        if number % 2:
            friend.follow(me)
        if number:
            friends[0].follow(friend)
        friend.bark(f"Morning round number {number}, with @{me.handle} #dogs https://example.org/walk?n={number}")
    mine = me.bark("The first of mine")
    for friend in friends:
        assert friend.call("PUT", f"/v1/barks/{mine['id']}/like").status_code == 200
    wait_for(lambda: len(me.feed()) == 6, "the feed to fill")
    return me, friends[0], mine["id"]


def fits(screen: Screen) -> bool:
    return bool(screen.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_every_page_is_sound(
    screen_of: OpenScreen, village: tuple[Person, Person, str], size: str, scheme: str
) -> None:
    me, other, bark = village
    screen = screen_of(me, viewport=SIZES[size], color_scheme=scheme)
    screen.is_live()
    for name, path in PAGES.items():
        screen.open(path.format(me=me.handle, other=other.handle, bark=bark))
        screen.page.wait_for_load_state("networkidle") if name == "graph" else screen.page.wait_for_timeout(300)
        expect(screen.page.locator(".skeleton")).to_have_count(0)
        screen.shot(f"{size}-{scheme}-{name}")
        assert serious(screen) == [], name
        assert fits(screen), f"{name} is wider than the screen"


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/", "/login", "/signup"])
def test_what_strangers_see_is_sound(screen_of: OpenScreen, path: str) -> None:
    for size, viewport in SIZES.items():
        for scheme in ("light", "dark"):
            screen = screen_of(None, path, viewport=viewport, color_scheme=scheme)
            screen.shot(f"{size}-{scheme}-stranger{path.replace('/', '-').rstrip('-')}")
            assert serious(screen) == []
            assert fits(screen)


def test_a_stranger_signs_up_logs_out_and_comes_back(service: Service, screen_of: OpenScreen) -> None:
    screen = screen_of()
    page = screen.page
    handle = service.sign_up("taken").handle
    page.fill("#name", "Zoë")
    page.fill("#handle", handle)
    page.fill("#password", PASSWORD)
    page.click("form button[type=submit]")
    page.get_by_role("alert").wait_for()
    assert screen.forgive("status of 409")
    page.fill("#handle", f"{handle}x")
    page.click("form button[type=submit]")
    page.wait_for_url("**/people")
    assert [cookie["httpOnly"] for cookie in screen.context.cookies()] == [True]
    assert page.evaluate("document.cookie") == ""
    page.get_by_role("link", name="Settings").last.click()
    page.get_by_role("button", name="Log out", exact=True).click()
    page.wait_for_selector("text=Join the pack")
    assert screen.context.cookies() == []
    screen.open("/login")
    page.fill("#handle", f"{handle}x")
    page.fill("#password", PASSWORD)
    page.click("form button[type=submit]")
    screen.is_live()


@pytest.mark.slow
def test_keys_walk_through_the_feed(screen_of: OpenScreen, village: tuple[Person, Person, str]) -> None:
    screen = screen_of(village[0])
    screen.is_live()
    page, focused = screen.page, "document.activeElement.dataset.bark ?? ''"
    page.locator(".list .bark").first.wait_for()
    ids: list[str] = page.locator(".list .bark").evaluate_all("all => all.map(card => card.dataset.bark)")
    for key, expected in (("j", ids[0]), ("j", ids[1]), ("k", ids[0])):
        page.keyboard.press(key)
        assert page.evaluate(focused) == expected
    page.keyboard.press("l")
    page.locator(".list .bark").first.locator("[aria-pressed=true]").wait_for()
    page.keyboard.press("l")
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.type("Typed n j k / ?")
    assert page.get_by_label("Your bark").last.input_value() == "Typed n j k / ?"
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.wait_for_url("**/search")


@pytest.mark.slow
def test_links_in_a_text_are_links_and_markup_is_not(service: Service, screen_of: OpenScreen) -> None:
    ada = service.sign_up("ada")
    text = "<img src=x onerror=alert(1)> see https://example.org/a?b=c, @Somebody #Hundeträume javascript:alert(1)"
    ada.bark(text)
    screen = screen_of(ada, f"/@{ada.handle}")
    shown = screen.page.locator(".bark-text")
    shown.wait_for()
    assert shown.inner_text().startswith("<img src=x")
    links = shown.locator("a").evaluate_all("all => all.map(a => [a.getAttribute('href'), a.rel])")
    assert links == [
        ["https://example.org/a?b=c", "noopener noreferrer nofollow ugc"],
        ["/@somebody", ""],
        ["/tags/Hundetr%C3%A4ume", ""],
    ]


COUNTED = ["plain", "  ends do not count \u3000\u001c", "cafe\u0301", "🐕‍🦺 and 👩‍👩‍👧", "one\r\ntwo"]


@pytest.mark.slow
@pytest.mark.parametrize("text", COUNTED, ids=["plain", "blanks", "combining", "emoji", "lines"])
def test_the_counter_counts_as_the_service_does(screen_of: OpenScreen, service: Service, text: str) -> None:
    ada = service.sign_up("ada")
    screen = screen_of(ada)
    screen.page.get_by_label("Your bark").fill(text)
    told = screen.page.locator(".count").inner_text().partition(" /")[0]
    assert int(told) == len(ada.bark(text)["text"])


@pytest.mark.slow
def test_nearby_shows_who_is_around_by_rounded_distances(service: Service, screen_of: OpenScreen) -> None:
    ada, bob = service.sign_up("ada"), service.sign_up("bob", name="Bob")
    assert bob.call("PUT", "/v1/me/place", json={"lat": 52.53, "lon": 13.40}).status_code == 204
    here = {"latitude": 52.50, "longitude": 13.40}
    screen = screen_of(ada, "/nearby", geolocation=here, permissions=["geolocation"])
    screen.page.get_by_role("switch").check(force=True)
    screen.page.locator(".radar .node").first.wait_for()
    assert "Bob" in (screen.page.locator(".radar").text_content() or "")
    screen.page.get_by_role("switch").uncheck(force=True)
    screen.page.locator(".radar").wait_for(state="detached")


@pytest.mark.slow
def test_sharing_a_place_is_off_until_it_is_switched_on(service: Service, screen_of: OpenScreen) -> None:
    ada = service.sign_up("ada")
    here = {"latitude": 52.50, "longitude": 13.40}
    screen = screen_of(ada, "/nearby", geolocation=here, permissions=["geolocation"])
    sent: list[str] = []
    screen.context.on("request", lambda one: sent.append(one.method) if one.url.endswith("/v1/me/place") else None)
    switch: Callable[[], bool] = screen.page.get_by_role("switch").is_checked
    assert not switch()
    assert sent == []
    screen.page.get_by_role("switch").check(force=True)
    wait_for(lambda: screen.turn() and sent == ["PUT"], "the place to be shared")
    screen.page.get_by_role("switch").uncheck(force=True)
    wait_for(lambda: screen.turn() and sent[:2] == ["PUT", "DELETE"], "the place to be forgotten")
    assert not switch()
    screen.page.wait_for_timeout(300)
    screen.forgive(r"409 \(CONFLICT\) .*/v1/nearby")  # who is near may be asked for just before, and answered after
