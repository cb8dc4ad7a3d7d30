"""A screen with the app on it, and all that goes wrong there."""

import json
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Route, expect

from tests.barker_process import Person, Service

PATIENCE_MS = 15_000
SHOTS = Path(__file__).parents[2] / "build/screenshots"
# On a busy machine the graph may take too long for what it tells beside the page; the app then goes without.
BUSY = re.compile(r"status of 503.*/v1/(me/(suggestions|matches)|users/\w+/(followers-you-know|path))")
ROUTED = {"service_workers": "block"}
BLOCKED = re.compile("Service Worker registration blocked")
CUT_OFF = re.compile(r"net::ERR_(INTERNET_DISCONNECTED|NETWORK_CHANGED|FAILED|CONNECTION|INCOMPLETE)")


class Screen:
    """A browser profile with one page of the app."""

    def __init__(self, browser: Browser, service: Service, person: Person | None, **options: Any) -> None:
        self.service = service
        self.faults: list[str] = []
        self.is_routed = "service_workers" in options
        self.context = browser.new_context(base_url=service.url, **options)
        self.context.set_default_timeout(PATIENCE_MS)
        if person:
            self.context.add_cookies([{"name": "barker_token", "value": person.token, "url": service.url}])
            note = json.dumps(json.dumps(person.user))
            self.context.add_init_script(
                f"localStorage.getItem('barker.me') ?? localStorage.setItem('barker.me', {note})"
            )
        self.page: Page = self.context.new_page()
        self.page.on("console", self._note_words)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.context.on("request", self._note_request)

    def _note_words(self, message: ConsoleMessage) -> None:
        told = f"{message.type}: {message.text} ({message.location.get('url')})"
        if message.type in ("error", "warning") and not any(one.search(told) for one in (BLOCKED, BUSY, CUT_OFF)):
            self.faults.append(told)

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith(f"{self.service.url}/"):
            self.faults.append(f"another host is asked: {request.url}")

    def open(self, path: str) -> None:
        """Go to a page and wait until its heading stands."""
        self.page.goto(path)
        self.heading.wait_for()

    def route(self, pattern: str | re.Pattern[str], handle: Callable[[Route], object], **options: Any) -> None:
        """Answer requests in the service's place, on a screen that was opened as ROUTED.

        While a service worker takes a page over, Playwright loses one request in some thirty that it was to route.
        """
        assert self.is_routed, "open the screen with **ROUTED"
        self.page.route(pattern, handle, **options)

    def close(self) -> None:
        """Close it."""
        self.context.close()

    @property
    def heading(self) -> Locator:
        """The heading of the page."""
        return self.page.locator("main h1")

    @property
    def pill(self) -> Locator:
        """What says that there are new barks."""
        return self.page.locator("[data-fresh]")

    @property
    def drafts(self) -> Locator:
        """Barks on their way."""
        return self.page.locator(".draft")

    def barks(self) -> list[str]:
        """The texts of the barks that are listed."""
        return self.page.locator(".list .bark-text").all_text_contents()

    def is_live(self) -> None:
        """Wait until the feed was read and the stream stands."""
        self.page.locator("html[data-line=open]").wait_for()
        self.page.locator(".list, .empty").first.wait_for()

    def write(self, text: str) -> None:
        """Write a bark and send it."""
        self.page.get_by_label("Your bark").first.fill(text)
        self.page.locator(".composer button[type=submit]").first.click()

    def shows(self, *texts: str) -> None:
        """Wait until exactly these barks are listed."""
        expect(self.page.locator(".list .bark-text")).to_have_text(list(texts), timeout=PATIENCE_MS)

    def turn(self) -> bool:
        """Let the browser tell what it did meanwhile."""
        self.page.wait_for_timeout(20)
        return True

    def forgive(self, pattern: str) -> int:
        """Take what fits out of the faults, and return how many there were."""
        left = [fault for fault in self.faults if not re.search(pattern, fault)]
        number = len(self.faults) - len(left)
        self.faults[:] = left
        return number

    def shot(self, name: str, **options: Any) -> None:
        """Keep a picture of what is seen."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", **options)

    def evaluate(self, script: str, given: Any = None) -> Any:
        """Run a script in the page; the policy of the page does not bind the browser's own tools."""
        return cast(Any, self.page.evaluate(script, given))


def serious(screen: Screen) -> list[str]:
    """Return what axe finds serious."""
    screen.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text())
    found = json.loads(screen.evaluate("axe.run(document, {resultTypes: ['violations']}).then(JSON.stringify)"))
    return [
        f"{one['id']}: {one['help']}: {[node['html'][:120] for node in one['nodes'][:3]]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
