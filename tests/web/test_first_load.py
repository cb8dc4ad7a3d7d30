"""How long it takes until the feed is there on a slow line and a slow phone. The figure is printed (`-s`)."""

import statistics

import pytest
from playwright.sync_api import Browser

from tests.barker_process import Service, wait_for
from tests.web.screen import Screen

LINE = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
CPU = 4  # times slower
RUNS = 5
BARKS = 40

NOTE = """() => {
  new MutationObserver((_, watch) => {
    if (!document.querySelector('.list .bark')) return;
    watch.disconnect();
    requestAnimationFrame(() => { window.firstFeed = performance.now(); });
  }).observe(document, {childList: true, subtree: true});
}"""


@pytest.mark.slow
def test_the_feed_is_there_on_a_slow_line(service: Service, browser: Browser) -> None:
    ada, bob = service.sign_up("ada"), service.sign_up("bob")
    bob.follow(ada)
    for number in range(BARKS):
        ada.bark(f"Bark number {number}, long enough to look like one that people write #dogs")
    wait_for(lambda: len(bob.feed(limit=BARKS)) == BARKS, "the feed")
    took: dict[str, list[float]] = {"feed": [], "paint": []}
    for _ in range(RUNS):  # each is a profile of its own: nothing is kept
        screen = Screen(browser, service, bob, viewport={"width": 390, "height": 844})
        tools = screen.context.new_cdp_session(screen.page)
        tools.send("Network.enable")
        tools.send("Network.emulateNetworkConditions", LINE)
        tools.send("Emulation.setCPUThrottlingRate", {"rate": CPU})
        screen.context.add_init_script(f"({NOTE})()")
        screen.open("/")
        # Not by `wait_for_function`: where it has to ask twice, the policy of the page forbids it.
        wait_for(lambda shown=screen: shown.turn() and shown.evaluate("window.firstFeed"), "the feed to be painted")
        took["feed"].append(screen.evaluate("window.firstFeed"))
        took["paint"].append(screen.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        screen.close()
        assert screen.faults == []
    for what, found in took.items():
        print(f"\n{what}: median {statistics.median(found):.0f} ms of {sorted(map(round, found))}")
