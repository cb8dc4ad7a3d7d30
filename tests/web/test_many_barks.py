"""A thousand barks that arrive live, and a feed of five thousand: all are there. How quick it is, is printed (`-s`)."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import expect

from barker import ids, models
from barker.stores import Stores
from tests.barker_process import Service
from tests.web.browsing import OpenScreen
from tests.web.screen import Screen

LIVE, SHORT, LONG = 1_000, 240, 5_000

WATCH = """() => {
  window.tasks = []; window.gaps = []; let before = performance.now();
  const note = list => list.getEntries().forEach(one => tasks.push(one.duration));
  new PerformanceObserver(note).observe({type: 'longtask'});
  const frame = now => { gaps.push(now - before); before = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
}"""
SEEN = """() => { const sorted = [...gaps].sort((a, b) => a - b); return {
  frames: gaps.length, p50: sorted[sorted.length >> 1], p99: sorted[Math.floor(sorted.length * .99)],
  longest: sorted.at(-1), tasks: tasks.length, longestTask: Math.max(0, ...tasks) }; }"""


def report(screen: Screen, what: str) -> None:
    seen: dict[str, Any] = screen.evaluate(SEEN)
    print(f"\n{what}: " + ", ".join(f"{name} {value:.0f}" for name, value in seen.items()))


def scrolling(screen: Screen, until: int) -> None:
    """Scroll down until the feed is so long, and up again; how that went is told."""
    while screen.page.locator(".list .bark").count() < until:
        screen.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        screen.page.wait_for_timeout(30)
    screen.page.mouse.move(400, 400)
    screen.evaluate(WATCH)
    for _ in range(40):
        screen.page.mouse.wheel(0, -600)
        screen.page.wait_for_timeout(25)
    report(screen, f"scrolling in {until}")


@pytest.mark.slow
def test_a_thousand_barks_arrive_live_and_the_page_goes_on(service: Service, screen_of: OpenScreen) -> None:
    ada, bob = service.sign_up("ada"), service.sign_up("bob")
    bob.follow(ada)
    screen = screen_of(bob)
    screen.is_live()
    screen.evaluate(WATCH)
    began = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(lambda number: ada.bark(f"bark {number}")["text"], range(LIVE)))
    expect(screen.pill).to_have_text(f"{LIVE} new barks", timeout=60_000)
    print(f"\n{LIVE} barks were made and told in {time.monotonic() - began:.1f} s")
    report(screen, "while they came")
    screen.pill.click()
    expect(screen.page.locator(".list .bark")).to_have_count(LIVE, timeout=30_000)
    assert sorted(screen.barks()) == sorted(sent)


@pytest.mark.slow
def test_a_feed_of_five_thousand_can_be_scrolled_and_liked(
    service: Service, stores: Stores, screen_of: OpenScreen
) -> None:
    ada, bob = service.sign_up("ada"), service.sign_up("bob")
    made = [ids.new() for _ in range(LONG)]
    author = int(ada.user["id"])
    stores.barks.insert_many([models.Bark(one, author, f"old bark {one} #dogs", one) for one in made])
    bob.follow(ada)
    screen = screen_of(bob)
    screen.is_live()
    screen.page.locator(".list .bark").first.wait_for()
    scrolling(screen, SHORT)
    scrolling(screen, LONG)
    like = screen.page.get_by_label("Like, 0 likes").nth(2_500)
    took = like.evaluate(
        "async b => { const at = performance.now(); b.click(); await 0; return performance.now() - at; }"
    )
    print(f"a like among them is drawn in {took:.1f} ms")
    expect(screen.page.get_by_label("Like, 1 like")).to_have_count(1)
