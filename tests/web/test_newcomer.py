"""The way of somebody new: from the address to an answer that comes in live, without reading anything."""

import secrets
import time

import pytest
from playwright.sync_api import expect

from tests.barker_process import PASSWORD, Service, wait_for
from tests.web.browsing import OpenScreen
from tests.web.screen import Screen

WAY_MAX_SECONDS = 60  # of which a person would need most to think of a name


def sign_up(screen: Screen) -> str:
    handle = f"newcomer_{secrets.token_hex(4)}"
    for field, text in (("name", "Nina"), ("handle", handle), ("password", PASSWORD)):
        screen.page.fill(f"#{field}", text)
    screen.page.click("form button[type=submit]")
    screen.page.wait_for_url("**/people")
    return handle


@pytest.mark.slow
def test_somebody_new_has_an_answer_within_a_minute(service: Service, screen_of: OpenScreen) -> None:
    known = [service.sign_up(f"known{number}") for number in range(3)]
    for one in known:
        one.bark("Here already")
        for other in known:
            if one is not other:
                one.follow(other)
    began = time.monotonic()
    screen = screen_of()
    page = screen.page
    handle = sign_up(screen)
    expect(page.locator(".first")).to_contain_text("Follow a few people")
    page.locator(".list .follow").nth(2).wait_for()
    for number in range(3):
        page.locator(".list .follow").nth(number).click()
    expect(page.locator(".first")).to_contain_text("You follow 3")
    page.get_by_role("link", name="See your feed").click()
    screen.is_live()
    screen.write("Hello! Who is there?")
    page.locator(".list .bark", has_text="Hello!").wait_for()
    friend = known[0]
    barks = f"/v1/users/{handle}/barks"
    wait_for(lambda: friend.get(barks)["items"], "the bark")
    friend.bark(f"I am, @{handle}!", in_reply_to=friend.get(barks)["items"][0]["id"])
    expect(page.get_by_role("link", name="Notifications")).to_contain_text("1")
    page.get_by_role("link", name="Notifications").click()
    expect(page.locator(".notice")).to_contain_text("answers your bark")
    took = time.monotonic() - began
    print(f"\nfrom the address to the answer: {took:.1f} s")
    assert took < WAY_MAX_SECONDS
