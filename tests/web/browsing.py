"""Debian's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Error, expect, sync_playwright

from tests.barker_process import Person, Service
from tests.web.giving_up import give_up
from tests.web.screen import PATIENCE_MS, Screen

expect.set_options(timeout=PATIENCE_MS)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests; each screen is a profile of its own."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if not found:
        give_up("no Chromium: apt-get install chromium, or name one in CHROMIUM")
    with sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        except Error as error:
            give_up(f"Chromium does not start: {error}")
        yield browser
        browser.close()


OpenScreen = Callable[..., Screen]


@pytest.fixture
def screen_of(browser: Browser, service: Service) -> Iterator[OpenScreen]:
    """Open the app as somebody who is signed in, or as a stranger; nothing may go wrong on any screen."""
    screens: list[Screen] = []

    def new(person: Person | None = None, path: str = "/", **options: object) -> Screen:
        screen = Screen(browser, service, person, **options)
        screens.append(screen)
        screen.open(path)
        return screen

    yield new
    for screen in screens:
        screen.close()
    for screen in screens:
        assert screen.faults == [], screen.faults
