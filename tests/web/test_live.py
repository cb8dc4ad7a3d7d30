"""The promise, on screens: at once, and nothing missed or doubled by sleep, a lost line or an answer that was lost."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.barker_process import Person, Service, wait_for
from tests.web.browsing import OpenScreen
from tests.web.screen import ROUTED


def said(person: Person) -> list[str]:
    """What somebody barked, in truth: feeds hear of it a moment later."""
    return [bark["text"] for bark in person.get(f"/v1/users/{person.handle}/barks")["items"]]


def test_one_barks_and_the_other_sees_it_live(service: Service, screen_of: OpenScreen) -> None:
    ada, bob = service.sign_up("ada", name="Ada"), service.sign_up("bob")
    bob.follow(ada)
    hers, his = screen_of(ada), screen_of(bob)
    hers.is_live()
    his.is_live()
    hers.write("Hello from <b>Ada</b> & co")
    hers.shows("Hello from <b>Ada</b> & co")
    expect(hers.pill).to_have_count(0)
    expect(his.pill).to_have_text("1 new bark")
    assert his.barks() == []  # nothing jumps by itself
    his.pill.click()
    his.shows("Hello from <b>Ada</b> & co")


def test_what_was_barked_while_offline_is_there_on_return_once(service: Service, screen_of: OpenScreen) -> None:
    ada, bob = service.sign_up("ada"), service.sign_up("bob")
    bob.follow(ada)
    ada.bark("before")
    wait_for(lambda: bob.feed() == ["before"], "the first bark")
    screen = screen_of(bob)
    screen.is_live()
    screen.shows("before")
    screen.context.set_offline(True)
    expect(screen.page.locator(".line")).to_contain_text("offline")
    for text in ("one", "two", "three"):
        ada.bark(text)
    wait_for(lambda: bob.feed() == ["three", "two", "one", "before"], "them to be delivered before the return")
    screen.context.set_offline(False)
    expect(screen.pill).to_have_text("3 new barks")
    ada.bark("four")
    expect(screen.pill).to_have_text("4 new barks")
    screen.pill.click()
    screen.shows("four", "three", "two", "one", "before")


@pytest.mark.slow
def test_a_bark_written_offline_is_sent_on_return_once(service: Service, screen_of: OpenScreen) -> None:
    ada = service.sign_up("ada")
    screen = screen_of(ada)
    screen.is_live()
    screen.context.set_offline(True)
    screen.write("from the tunnel")
    screen.write("and another")
    expect(screen.drafts).to_have_count(2)
    assert said(ada) == []
    screen.context.set_offline(False)
    expect(screen.drafts).to_have_count(0)
    screen.shows("and another", "from the tunnel")
    assert said(ada) == ["and another", "from the tunnel"]


@pytest.mark.slow
def test_an_answer_that_is_lost_makes_no_second_bark(service: Service, screen_of: OpenScreen) -> None:
    ada = service.sign_up("ada")
    screen = screen_of(ada, **ROUTED)
    screen.is_live()
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().text())
            route.abort("connectionreset")
        else:
            route.continue_()

    screen.route("**/v1/barks", lose_the_first)
    screen.write("once")
    screen.shows("once")
    expect(screen.drafts).to_have_count(0)
    expect(screen.pill).to_have_count(0)
    assert lost
    assert said(ada) == ["once"]


@pytest.mark.slow
def test_what_waits_outlives_the_page(service: Service, screen_of: OpenScreen) -> None:
    ada = service.sign_up("ada")
    screen = screen_of(ada, **ROUTED)
    screen.is_live()
    screen.route("**/v1/barks", lambda route: route.abort("connectionfailed"))
    screen.write("kept")
    expect(screen.drafts).to_contain_text("Waiting")
    screen.page.unroute("**/v1/barks")
    screen.open("/")
    screen.shows("kept")
    assert said(ada) == ["kept"]


@pytest.mark.slow
def test_a_feed_that_was_asked_for_before_does_not_hide_what_was_sent_meanwhile(
    service: Service, screen_of: OpenScreen
) -> None:
    ada = service.sign_up("ada")
    screen = screen_of(ada, **ROUTED)
    screen.is_live()
    late: list[Route] = []
    feed = re.compile(r"/v1/feed\?limit=40$")
    screen.route(feed, lambda route: late.append(route))  # noqa: PLW0108 (Playwright notes its own on it)
    screen.page.reload()
    wait_for(lambda: screen.turn() and late, "the feed to be asked for")
    with screen.page.expect_response("**/v1/barks"):
        screen.write("sent meanwhile")
    with screen.page.expect_response(feed):
        late[0].fulfill(json={"items": [], "next": None})
    screen.turn()
    screen.shows("sent meanwhile")
    expect(screen.pill).to_have_count(0)


@pytest.mark.slow
def test_a_deleted_bark_goes_from_an_open_screen(service: Service, screen_of: OpenScreen) -> None:
    ada, bob = service.sign_up("ada"), service.sign_up("bob")
    bob.follow(ada)
    ada.bark("regretted")
    wait_for(lambda: bob.feed() == ["regretted"], "the bark")
    hers, his = screen_of(ada), screen_of(bob)
    his.is_live()
    his.shows("regretted")
    hers.page.get_by_label("Delete this bark").click()
    hers.page.get_by_role("button", name="Delete", exact=True).click()
    hers.shows()
    his.shows()


@pytest.mark.slow
def test_a_follow_and_a_like_are_told_at_once(service: Service, screen_of: OpenScreen) -> None:
    ada, bob = service.sign_up("ada"), service.sign_up("bob")
    ada.bark("like me")
    hers, his = screen_of(ada), screen_of(bob, f"/@{ada.handle}")
    hers.is_live()
    his.page.get_by_role("button", name=f"Follow @{ada.handle}").click()
    his.page.get_by_label("Like, 0 likes").click()
    expect(his.page.get_by_label("Like, 1 like")).to_have_attribute("aria-pressed", "true")
    bell = hers.page.get_by_role("link", name="Notifications")
    expect(bell).to_contain_text("2")
    bell.click()
    expect(hers.page.locator(".notice")).to_have_count(2)
    expect(bell).not_to_contain_text("2")
    wait_for(lambda: ada.get("/v1/me/notifications")["unread"] == 0, "them to be noted as read")
