"""Narrow phones and large letters, with names and words as long as can be: nothing is cut off, nothing covered."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.barker_process import PASSWORD, Person, Service, wait_for
from tests.web.browsing import OpenScreen
from tests.web.narrow import amiss, enlarge
from tests.web.screen import Screen

pytestmark = pytest.mark.slow

HERE = {"latitude": 47.10, "longitude": 8.20}
PHONE = {"width": 320, "height": 568}
LONG_NAME = "Wilhelmina-Alexandra Featherstonehaugh-Cholmondele"
ONE_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebsw"
TAG = "Rindfleischetikettierung" * 2
ENDLESS = "Aa" * 80
LINK = f"https://example.org/{'walk' * 30}"
PAGES = {
    "feed": "/",
    "profile": "/@{other}",
    "mine": "/@{me}",
    "followers": "/@{other}/followers",
    "graph": "/@{other}/graph",
    "bark": "/barks/{bark}",
    "trends": "/search",
    "people-found": "/search?q=dog&kind=people",
    "barks-found": "/search?q=morning&kind=barks",
    "nothing-found": f"/search?q={TAG}{TAG}&kind=barks",
    "tag": f"/tags/{TAG}",
    "nobody": f"/@{'a' * 30}",
    "nearby": "/nearby",
    "people": "/people",
    "notifications": "/notifications",
    "settings": "/settings",
}
DIALOGS = {"composer": "n", "keys": "?", "menu": "Mute or block", "delete": "Delete this bark"}


def device(person: Person) -> None:
    """Sign in on a device with a long name."""
    body = {"handle": person.handle, "password": PASSWORD, "device": "Gerätebezeichnung" * 4}
    assert person.service.call("POST", "/v1/sessions", json=body).status_code == 201


@pytest.fixture(scope="module")
def village(service: Service) -> tuple[Person, Person, str]:
    """Somebody with long words around her."""
    about = f"Dogs, maps and {ENDLESS}. {LINK}"
    interests = ["dogs", "Hundespaziergangsgemeinschaften", "a b c"]
    me = service.sign_up("mira_of_the_villag", name=ONE_WORD, about=about, interests=interests)
    names = [LONG_NAME, ONE_WORD] * 3
    more = {"about": about, "interests": interests}
    friends = [service.sign_up(f"friend_number_{number:05}", name=name, **more) for number, name in enumerate(names)]
    for number, friend in enumerate(friends):
        if number < 4:
            me.follow(friend)
        if number % 2 or number == 4:
            friend.follow(me)
        if number:
            friends[0].follow(friend)
            friend.follow(friends[0])
        friend.bark(f"Morning {number}, @{me.handle} #{TAG} {ENDLESS} {LINK}")
        place = {"lat": 47.10 + number / 100, "lon": 8.20}
        assert friend.call("PUT", "/v1/me/place", json=place).status_code == 204
    mine = me.bark(f"The first of mine {ENDLESS}")
    for friend in friends:
        assert friend.call("PUT", f"/v1/barks/{mine['id']}/like").status_code == 200
    friends[0].bark("An answer, " + "of words " * 30, in_reply_to=mine["id"])
    assert me.call("PUT", f"/v1/me/mutes/{friends[3].handle}", json={"seconds": 86_400}).status_code == 200
    blocked = service.sign_up("blocked_of_the_end", name=ONE_WORD)
    assert me.call("PUT", f"/v1/me/blocks/{blocked.handle}").status_code == 200
    device(me)
    wait_for(lambda: len(me.feed()) > 3, "the feed to fill")
    return me, friends[0], mine["id"]


def settled(screen: Screen, name: str) -> None:
    """Wait until what was asked for is there."""
    screen.page.wait_for_load_state("networkidle") if name == "graph" else screen.page.wait_for_timeout(400)
    expect(screen.page.locator(".skeleton")).to_have_count(0)
    if name == "nearby" and not screen.page.get_by_role("switch").is_checked():
        screen.page.get_by_role("switch").check(force=True)
    if name == "nearby":
        screen.page.locator(".radar").wait_for()
    if name == "profile":
        screen.page.locator(".between p, .between-known").first.wait_for()


WAYS: dict[str, dict[str, Any]] = {
    "narrow-light": {"viewport": PHONE, "color_scheme": "light"},
    "narrow-dark": {"viewport": PHONE, "color_scheme": "dark"},
    "large-letters": {"viewport": {"width": 640, "height": 900}},
}


@pytest.mark.parametrize("way", WAYS)
def test_every_page_fits(screen_of: OpenScreen, village: tuple[Person, Person, str], way: str) -> None:
    me, other, bark = village
    screen = screen_of(me, **WAYS[way], geolocation=HERE, permissions=["geolocation"])
    screen.is_live()
    wrong: dict[str, list[str]] = {}
    for name, path in PAGES.items():
        screen.open(path.format(me=me.handle, other=other.handle, bark=bark))
        settled(screen, name)
        if way == "large-letters":
            enlarge(screen)
        screen.shot(f"{way}-{name}", full_page=True)
        wrong[name] = amiss(screen)
    screen.forgive("status of 404")
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.parametrize("way", ["narrow-dark", "large-letters"])
def test_what_opens_over_a_page_fits(screen_of: OpenScreen, village: tuple[Person, Person, str], way: str) -> None:
    me, other, bark = village
    screen = screen_of(me, f"/@{other.handle}", **WAYS[way])
    page = screen.page
    for name, opener in DIALOGS.items():
        screen.open(f"/barks/{bark}" if name == "delete" else f"/@{other.handle}")
        settled(screen, name)
        page.keyboard.press(opener) if len(opener) == 1 else page.get_by_label(opener).first.click()
        page.get_by_role("dialog").wait_for()
        if name == "composer":
            page.get_by_label("Your bark").fill(f"{ENDLESS} {ENDLESS}")
        if way == "large-letters":
            enlarge(screen)
        screen.shot(f"{way}-over-{name}")
        assert amiss(screen) == [], name
    screen.open(f"/@{other.handle}")
    page.get_by_label("Mute or block").first.click()
    page.get_by_role("button", name="A day").click()
    page.locator(".toast").wait_for()
    screen.shot(f"{way}-over-toast")
    assert amiss(screen) == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("path", ["/", "/login", "/signup"])
def test_what_strangers_see_fits(screen_of: OpenScreen, path: str, way: str) -> None:
    screen = screen_of(None, path, **WAYS[way])
    screen.page.fill("#handle", "a" * 30)
    screen.page.fill("#password", "b" * 40)
    if way == "large-letters":
        enlarge(screen)
    skip = screen.page.locator(".skip").bounding_box()
    assert skip
    assert skip["y"] + skip["height"] <= 0, "what is shown to keys alone looks in"
    doors = [door.bounding_box() for door in screen.page.locator(".stranger .button").all()]
    assert len({door["y"] for door in doors if door}) == 1 or way == "large-letters", "one below the other"
    screen.shot(f"{way}-stranger{path.replace('/', '-').rstrip('-')}", full_page=True)
    assert amiss(screen) == []
