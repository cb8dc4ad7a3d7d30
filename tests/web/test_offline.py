"""The installed app while the service is away: it opens, says so, and goes on by itself."""

import pytest
from playwright.sync_api import expect

from tests.barker_process import Service, wait_for
from tests.web.browsing import OpenScreen
from tests.web.screen import ROUTED

pytestmark = pytest.mark.slow


def test_what_was_written_offline_hides_nothing_though_it_arrives_before_the_stream(
    service: Service, screen_of: OpenScreen
) -> None:
    ada, bob = service.sign_up("ada"), service.sign_up("bob")
    bob.follow(ada)
    ada.bark("before")
    wait_for(lambda: bob.feed() == ["before"], "the bark")
    screen = screen_of(bob, "/notifications", **ROUTED)
    screen.route("**/v1/feed*", lambda one: one.abort())
    screen.route("**/v1/stream*", lambda one: one.abort())
    screen.open("/")
    expect(screen.page.locator(".empty")).to_contain_text("cannot be reached")
    screen.page.unroute("**/v1/feed*")
    screen.write("written meanwhile")
    screen.shows("written meanwhile", "before")


def test_the_app_opens_while_the_service_is_away_and_recovers(service: Service, screen_of: OpenScreen) -> None:
    ada, bob = service.sign_up("ada", name="Ada"), service.sign_up("bob")
    bob.follow(ada)
    ada.bark("before")
    wait_for(lambda: bob.feed() == ["before"], "the bark")
    screen = screen_of(bob)
    screen.is_live()
    assert screen.evaluate("navigator.serviceWorker.ready.then(one => one.active.scriptURL)").endswith("/sw.js")
    service.stop("serve")
    try:
        screen.open("/")  # from the service worker: nothing listens
        expect(screen.page.locator(".line")).to_contain_text("Connecting again")
        expect(screen.page.locator(".empty")).to_contain_text("cannot be reached")
        expect(screen.page.locator(f'.bar a[href="/@{bob.handle}"]')).to_have_count(1)
        screen.write("written while it was away")
        expect(screen.drafts).to_contain_text("Waiting")
    finally:
        service.start("serve")
    screen.shows("written while it was away", "before")
    expect(screen.drafts).to_have_count(0)
    expect(screen.page.locator(".line")).to_be_empty()
