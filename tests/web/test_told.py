"""What the app tells beside the feed: mentions, answers, what it does not know yet, and who stands between."""

import json

import pytest
from playwright.sync_api import Route, expect

from tests.barker_process import Service, wait_for
from tests.web.browsing import OpenScreen
from tests.web.screen import ROUTED

pytestmark = pytest.mark.slow


def test_a_mention_and_an_answer_are_told_at_once_and_listed(service: Service, screen_of: OpenScreen) -> None:
    ada, bob = service.sign_up("ada"), service.sign_up("bob", name="Bob")
    asked = ada.bark("Who is there?")
    screen = screen_of(ada, "/notifications")
    screen.is_live()
    bob.bark(f"Look at this, @{ada.handle}")
    bob.bark("Me.", in_reply_to=asked["id"])
    notices = screen.page.locator(".notice")
    expect(notices).to_have_count(2)
    screen.open("/notifications")
    expect(notices.first).to_contain_text("answers your bark")
    expect(notices.last).to_contain_text("mentions you")
    screen.page.locator(".notice-bark", has_text="Me.").click()
    expect(screen.page.locator(".bark-alone")).to_contain_text("Me.")


def test_what_a_newer_service_tells_breaks_nothing(service: Service, screen_of: OpenScreen) -> None:
    ada, bob = service.sign_up("ada"), service.sign_up("bob")
    bob.follow(ada)
    wait = {"unread": 0, "next": None}
    told = {"id": "9", "kind": "constructor", "user": bob.user, "bark": None, "created_at": "2030-01-01T00:00:00Z"}

    def newer(route: Route) -> None:
        items = [told, {**told, "id": "8", "user": None}, {**told, "id": "7", "kind": "follow"}]
        route.fulfill(body=json.dumps({**wait, "items": items}), content_type="application/json")

    screen = screen_of(ada, **ROUTED)
    screen.route("**/v1/me/notifications?*", newer)
    screen.route("**/v1/me/notifications", newer)
    screen.page.get_by_role("link", name="Notifications").click()
    expect(screen.page.locator(".notice")).to_have_count(2)
    expect(screen.page.locator(".notice").first).to_contain_text("did something that concerns you")


def test_a_profile_says_who_follows_and_which_way_leads_there(service: Service, screen_of: OpenScreen) -> None:
    ada, bob, far = service.sign_up("ada"), service.sign_up("bob", name="Bob"), service.sign_up("far")
    ada.follow(bob)
    bob.follow(far)
    screen = screen_of(ada, f"/@{far.handle}")
    between = screen.page.locator(".between")
    expect(between).to_contain_text("Followed by Bob")
    expect(between).to_contain_text(f"2 steps away: you → @{bob.handle} → @{far.handle}")
    screen.open(f"/@{ada.handle}")
    expect(screen.page.locator(".profile")).to_be_visible()
    expect(between).to_have_count(0)


def test_what_many_bark_about_stands_beside_the_feed_and_is_asked_for_after_it(
    service: Service, screen_of: OpenScreen
) -> None:
    people = [service.sign_up(f"walker{number}") for number in range(4)]
    for one in people:
        one.bark("Out in the rain #trendingtonight")

    def trending() -> list[str]:
        return [one["tag"] for one in people[0].get("/v1/trends")["items"]]

    wait_for(lambda: "trendingtonight" in trending(), "it to be a trend", 60)  # which is looked at now and then
    asked: list[str] = []
    screen = screen_of(people[0], viewport={"width": 1280, "height": 800}, **ROUTED)
    screen.is_live()
    trends = screen.page.locator(".aside .trends")
    expect(trends).to_contain_text("#trendingtonight")  # the page that opened by itself has asked for all it wants
    screen.context.on("request", lambda one: asked.append(one.url.rpartition("/v1/")[2].partition("?")[0]))
    held: list[Route] = []

    def hold(one: Route) -> None:
        held.append(one)

    screen.route("**/v1/feed*", hold, times=1)
    screen.open("/")
    screen.page.wait_for_timeout(1_500)
    assert len(held) == 1
    assert not {"me/suggestions", "trends"} & set(asked)  # the feed is not there yet
    held[0].continue_()
    expect(trends).to_contain_text("#trendingtonight")
    asked.clear()
    screen.page.set_viewport_size({"width": 390, "height": 800})
    screen.open("/")
    screen.is_live()
    screen.page.wait_for_timeout(1_500)
    assert "trends" not in asked  # nobody would see them


def test_what_was_deleted_is_not_read_in_the_notifications(service: Service, screen_of: OpenScreen) -> None:
    ada, bob = service.sign_up("ada"), service.sign_up("bob")
    ada.follow(bob)
    screen = screen_of(ada, "/notifications")
    screen.is_live()
    bark = bob.bark(f"Regretted, @{ada.handle}")
    expect(screen.page.locator(".notice-bark")).to_have_text(f"Regretted, @{ada.handle}")
    assert bob.call("DELETE", f"/v1/barks/{bark['id']}").status_code == 204
    expect(screen.page.locator(".notice-bark")).to_have_count(0)


@pytest.mark.slow
def test_a_service_that_pushes_to_nobody_says_so_when_it_is_asked(service: Service, screen_of: OpenScreen) -> None:
    screen = screen_of(service.sign_up("ada"), "/settings", permissions=["notifications"])
    screen.page.locator("label", has_text="Tell this device").click()
    expect(screen.page.get_by_text("This Barker tells nobody who has it closed.")).to_be_visible()
    assert screen.forgive("status of 404.*push-key") == 1
