"""Push: a device that is told while the app is closed, by the service worker that the browser wakes."""

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from barker.stores import Stores
from tests.barker_process import Service, wait_for
from tests.push.browsers import Browser, PushService
from tests.push.conftest import here, other, push_settings, pushed, pushing_stores, service  # noqa: F401 (fixtures)
from tests.web.browsing import OpenScreen
from tests.web.screen import Screen

# No browser here reaches the push service of its maker: it subscribes at one of this machine.
SUBSCRIBED = """(given) => {
  let now = null;
  const made = () => ({endpoint: given.endpoint, toJSON: () => given, unsubscribe: async () => ((now = null), true)});
  PushManager.prototype.getSubscription = async () => now;
  PushManager.prototype.subscribe = async (options) => ((window.asked = options), (now ??= made()));
}"""
TITLES = """async () => {
  const told = await (await navigator.serviceWorker.ready).getNotifications();
  return told.map(one => [one.title, one.body, one.tag]);
}"""
CLICK = """async () => {
  const [notification] = await self.registration.getNotifications();
  self.dispatchEvent(new NotificationEvent('notificationclick', {notification}));
}"""


def deliver(screen: Screen, words: dict[str, Any]) -> None:
    """Wake the service worker as the browser does when a push comes."""
    session = screen.context.new_cdp_session(screen.page)
    found: list[dict[str, Any]] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(told["registrations"]))
    session.send("ServiceWorker.enable")
    wait_for(lambda: screen.turn() and found, "the service worker")
    origin = found[-1]["scopeURL"].rstrip("/")
    given = {"origin": origin, "registrationId": found[-1]["registrationId"], "data": json.dumps(words)}
    session.send("ServiceWorker.deliverPushMessage", given)


@pytest.fixture
def device(here: str) -> Browser:  # noqa: F811
    """Where the browser is pushed to."""
    return Browser(here)


@pytest.fixture
def screen(service: Service, screen_of: OpenScreen, device: Browser) -> Screen:  # noqa: F811
    """The settings of somebody whose browser may show notifications."""
    screen = screen_of(service.sign_up("ada"), "/settings", permissions=["notifications"])
    screen.page.add_init_script(f"({SUBSCRIBED})({json.dumps(device.subscription)})")
    screen.page.reload()
    return screen


@pytest.mark.slow
def test_a_device_that_is_told_shows_it_and_leads_there(
    service: Service,  # noqa: F811
    screen: Screen,
    device: Browser,
    pushed: PushService,  # noqa: F811
    pushing_stores: Stores,  # noqa: F811
) -> None:
    switch = screen.page.get_by_role("switch", name="Tell this device")
    expect(switch).not_to_be_checked()
    screen.page.locator("label", has_text="Tell this device").click()
    expect(switch).to_be_checked()
    screen.page.reload()
    expect(switch).to_be_checked()
    key = service.call("GET", "/v1/push-key").json()["key"]
    assert screen.evaluate("asked") == {"userVisibleOnly": True, "applicationServerKey": key}
    bob = service.sign_up("bob")
    ada = json.loads(screen.evaluate("localStorage.getItem('barker.me')"))
    screen.page.goto("/healthz")  # nobody looks at the app
    wait_for(lambda: not pushing_stores.queues.is_connected(int(ada["id"])), "the stream to be seen to have ended")
    assert bob.call("PUT", f"/v1/me/following/{ada['handle']}").status_code == 200
    wait_for(lambda: pushed.to(device.path), "the push")
    words = device.opened(pushed.to(device.path)[0])
    screen.open("/")
    deliver(screen, words)
    wait_for(lambda: screen.turn() and screen.evaluate(TITLES), "the notification")
    assert screen.evaluate(TITLES) == [[f"{bob.handle} follows you", f"@{bob.handle}", words["tag"]]]
    screen.context.service_workers[0].evaluate(CLICK)
    screen.page.wait_for_url("**/notifications")


@pytest.mark.slow
def test_a_device_is_told_no_longer_when_it_is_switched_off(screen: Screen, device: Browser) -> None:
    switch = screen.page.get_by_role("switch", name="Tell this device")
    screen.page.locator("label", has_text="Tell this device").click()
    expect(switch).to_be_checked()
    screen.page.locator("label", has_text="Tell this device").click()
    expect(switch).not_to_be_checked()
    screen.page.reload()
    expect(switch).not_to_be_checked()


@pytest.mark.slow
def test_a_device_that_cannot_reach_its_push_service_can_be_switched_off(screen: Screen) -> None:
    switch = screen.page.get_by_role("switch", name="Tell this device")
    screen.page.locator("label", has_text="Tell this device").click()
    expect(switch).to_be_checked()
    unreachable = "PushManager.prototype.subscribe = async () => { throw new DOMException('', 'AbortError') }"
    screen.page.add_init_script(unreachable)
    screen.page.reload()
    expect(switch).to_be_checked()
    screen.page.locator("label", has_text="Tell this device").click()
    expect(switch).not_to_be_checked()
    noted = "localStorage.getItem('barker.push')"
    wait_for(lambda: screen.turn() and screen.evaluate(noted) is None, "the service to be told")
