"""A browser that has an older version of the app: it comes by the new one, and nothing that was typed is lost."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.barker_process import Person, Service, wait_for
from tests.web.screen import Screen

pytestmark = pytest.mark.slow

IS_OLDER = "document.documentElement.dataset.build === 'older'"
CACHES = "caches.keys()"


def aged(built: Path) -> None:
    """Make an older build of one: of other files, and with a mark on its page."""
    names = {path.name: f"{path.stem.rpartition('-')[0]}-older{path.suffix}" for path in (built / "assets").iterdir()}
    for name, older in names.items():
        (built / "assets" / name).rename(built / "assets" / older)
    for path in [*(built / "assets").iterdir(), built / "index.html", built / "sw.js"]:
        text = path.read_text()
        for name, older in names.items():
            text = text.replace(name, older)
        path.write_text(text.replace("<html ", '<html data-build="older" '))
    worker = (built / "sw.js").read_text()
    version = worker.partition('"')[2].partition('"')[0]
    assert version.startswith("barker-")
    (built / "sw.js").write_text(worker.replace(version, "barker-older"))


class Upgradable(Service):
    """A service that begins as an older version."""

    def upgrade(self, folder: str) -> None:
        """Go on as the version that is in this folder."""
        if "serve" in self.processes:
            self.stop("serve")
        self.environ = {**self.environ, "PYTHONPATH": folder}
        self.start("serve")
        wait_for(self._is_ready, "the service to be ready", 60)


@pytest.fixture
def older(service: Service, root: Path, tmp_path: Path) -> Iterator[Upgradable]:
    """The same service on the same stores, with an older app."""
    shutil.copytree(root / "service/barker", tmp_path / "older/barker")
    aged(tmp_path / "older/barker/web")
    own = Upgradable(service.environ, tmp_path)
    try:
        own.upgrade(str(tmp_path / "older"))
        yield own
    finally:
        for name in list(own.processes):
            own.stop(name)


@pytest.fixture
def ada(service: Service) -> Person:
    """Somebody."""
    return service.sign_up("ada")


@pytest.fixture
def screen(browser: Browser, older: Upgradable, ada: Person, request: pytest.FixtureRequest) -> Iterator[Screen]:
    """A browser in which the older app was opened, and kept by its service worker where that may be."""
    screen = Screen(browser, older, ada, **getattr(request, "param", {}))
    screen.open("/")
    screen.is_live()
    assert screen.evaluate(IS_OLDER)
    if not hasattr(request, "param"):
        wait_for(lambda: screen.turn() and screen.evaluate("navigator.serviceWorker.controller !== null"), "the worker")
        assert screen.evaluate(CACHES) == ["barker-older"]
    yield screen
    screen.close()
    screen.forgive("status of 50[234]")
    assert screen.faults == []


def is_new(screen: Screen) -> bool:
    return screen.turn() and len(screen.evaluate(CACHES)) == 1 and "barker-older" not in screen.evaluate(CACHES)


def test_who_comes_back_after_an_upgrade_has_the_new_app_and_keeps_it(
    screen: Screen, older: Upgradable, root: Path
) -> None:
    older.upgrade(str(root / "service"))
    screen.open("/")
    assert not screen.evaluate(IS_OLDER)
    wait_for(lambda: is_new(screen), "what is kept of the older one to go")
    older.stop("serve")
    screen.open("/")  # from what is kept
    assert not screen.evaluate(IS_OLDER)
    screen.page.get_by_role("link", name="Nearby", exact=True).click()
    expect(screen.heading).to_have_text("Nearby")


def test_an_older_tab_whose_files_are_gone_loads_anew_once_with_what_was_typed(
    screen: Screen, older: Upgradable, root: Path
) -> None:
    screen.page.get_by_label("Your bark").fill("Half a thought")
    older.upgrade(str(root / "service"))
    other = screen.context.new_page()
    other.goto("/")
    wait_for(lambda: is_new(screen), "the other tab to bring the new version")
    other.close()
    assert screen.evaluate(IS_OLDER)
    look_nearby(screen)


@pytest.mark.parametrize("screen", [{"service_workers": "block"}], indirect=True, ids=["no-worker"])
def test_so_does_one_that_has_no_service_worker(screen: Screen, older: Upgradable, root: Path) -> None:
    screen.page.get_by_label("Your bark").fill("Half a thought")
    older.upgrade(str(root / "service"))
    look_nearby(screen)


def look_nearby(screen: Screen) -> None:
    """Open a page that the older tab has not loaded yet."""
    # The browser keeps files longer than it has to; here it does not.
    screen.context.new_cdp_session(screen.page).send("Network.clearBrowserCache")
    loaded: list[str] = []
    screen.page.on("load", lambda page: loaded.append(page.url))
    screen.page.get_by_role("link", name="Nearby", exact=True).click()
    expect(screen.page.get_by_role("switch")).to_have_count(1)
    assert not screen.evaluate(IS_OLDER)
    screen.page.wait_for_timeout(500)
    assert [url.rpartition("/")[2] for url in loaded] == ["nearby"]
    screen.page.keyboard.press("n")
    expect(screen.page.get_by_label("Your bark")).to_have_value("Half a thought")
    assert screen.forgive("status of 404")
    screen.forgive("dynamically imported|preload|MIME")
