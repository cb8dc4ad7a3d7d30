"""Words that are read from the right, mixed with handles, tags and numbers: each stands in the order it is read in."""

import pytest
from playwright.sync_api import Locator, expect

from tests.barker_process import Person, Service, wait_for
from tests.web.browsing import OpenScreen
from tests.web.screen import serious

pytestmark = pytest.mark.slow

HERE = {"latitude": 41.30, "longitude": 19.20}
LONG = "عبد الرحمن بن محمد الحسيني صاحب الكلاب الكثيرة جدا"
HEBREW = "דבורה בת אבינועם"
SIZES = {"phone": {"width": 320, "height": 568}, "desktop": {"width": 1280, "height": 800}}

LEFTS = """one => {
  const node = document.createTreeWalker(one, NodeFilter.SHOW_TEXT).nextNode();
  return [...node.data].map((_, at) => {
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getBoundingClientRect().left;
  });
}"""
DIRECTION = "one => getComputedStyle(one).direction"


def lefts(piece: Locator) -> list[float]:
    """Return where each letter of a piece stands."""
    return [float(left) for left in piece.evaluate(LEFTS)]


@pytest.fixture(scope="module")
def village(service: Service) -> tuple[Person, Person, Person]:
    """Ada follows Deborah and another, who follow somebody whom Ada does not know."""
    ada = service.sign_up("ada", name="Ada", interests=["dogs"])
    about = f"كلاب و خرائط 2026، @{ada.handle} #كلاب_صغيرة https://example.org/a"
    deborah = service.sign_up("deborah", name=HEBREW, about=about, interests=["כלבים", "dogs"])
    other = service.sign_up("rahman", name=LONG, about=about, interests=["كلاب"])
    far = service.sign_up("far", name="שרה 24", about="שלום")
    for one in (deborah, other):
        ada.follow(one)
        one.follow(far)
        one.follow(ada)
        place = {"lat": 41.31 if one is other else 41.30, "lon": 19.21}
        assert one.call("PUT", "/v1/me/place", json=place).status_code == 204
    deborah.bark(f"@{ada.handle} שלום! 3 כלבים #כלבים #dogs, https://example.org/a?b=1 (12:30)")
    other.bark("مرحبا @somebody في الساعة 12:30.")
    wait_for(lambda: len(ada.feed()) == 2, "the barks")
    return ada, deborah, far


Village = tuple[Person, Person, Person]


def test_a_bark_is_read_from_the_right_and_what_is_in_it_each_its_way(screen_of: OpenScreen, village: Village) -> None:
    ada, deborah, _ = village
    screen = screen_of(ada, f"/@{deborah.handle}")
    text = screen.page.locator(".list .bark-text")
    expect(text).to_contain_text("שלום")
    assert text.evaluate(DIRECTION) == "rtl"  # though a handle begins it
    handle, tag, latin, link = (text.locator("a").nth(number) for number in range(4))
    for piece in (handle, latin, link):
        assert lefts(piece) == sorted(lefts(piece)), piece.inner_text()
    assert lefts(tag) == sorted(lefts(tag), reverse=True)
    assert lefts(handle)[0] > lefts(tag)[0]  # the first is on the right
    screen.open("/notifications")
    told = screen.page.locator(".notice-bark")
    assert told.evaluate(DIRECTION) == "rtl"
    assert lefts(told.locator("bdi").first) == sorted(lefts(told.locator("bdi").first))
    screen.open(f"/@{deborah.handle}")
    for where in (".profile-name strong", ".profile-about", "h1"):
        assert screen.page.locator(where).evaluate(DIRECTION) == "rtl", where


def test_a_sentence_keeps_the_order_of_its_words_around_names(screen_of: OpenScreen, village: Village) -> None:
    ada, _, far = village
    screen = screen_of(ada, f"/@{far.handle}")
    names = screen.page.locator(".between-known bdi")
    expect(names).to_have_count(2)
    boxes = [name.bounding_box() for name in names.all()]
    assert boxes[0]
    assert boxes[1]
    is_after = boxes[1]["x"] > boxes[0]["x"] or boxes[1]["y"] > boxes[0]["y"]
    assert is_after
    screen.open("/people")
    row = screen.page.locator(".person", has_text=far.handle).locator(".person-about")
    expect(row.locator("bdi")).to_have_count(2)
    assert row.evaluate(DIRECTION) == "ltr"


def test_what_is_typed_goes_the_way_it_is_read(screen_of: OpenScreen, village: Village) -> None:
    screen = screen_of(village[0])
    for path, label in (("/", "Your bark"), ("/settings", "Name"), ("/settings", "About you"), ("/search", "Search")):
        screen.open(path)
        field = screen.page.get_by_label(label, exact=True).first
        for words, way in (("שלום", "rtl"), ("Hello", "ltr")):
            field.fill(words)
            assert field.evaluate(DIRECTION) == way, label


@pytest.mark.parametrize("size", SIZES)
def test_a_name_in_a_picture_ends_where_it_is_read_to(screen_of: OpenScreen, village: Village, size: str) -> None:
    ada = village[0]
    screen = screen_of(
        ada, f"/@{ada.handle}/graph", viewport=SIZES[size], geolocation=HERE, permissions=["geolocation"]
    )
    name = screen.page.locator(".node-name", has_text="דבורה")
    extents = "one => [0, one.getNumberOfChars() - 1].map((at) => one.getExtentOfChar(at).x)"
    first, last = name.evaluate(extents)
    assert last < first
    screen.shot(f"{size}-right-graph")
    screen.open("/nearby")
    screen.page.get_by_role("switch").check(force=True)
    first, last = name.evaluate(extents)
    assert last < first
    screen.shot(f"{size}-right-nearby")


@pytest.mark.parametrize("size", SIZES)
def test_pages_of_such_words_are_sound(screen_of: OpenScreen, village: Village, size: str) -> None:
    ada, deborah, far = village
    screen = screen_of(ada, viewport=SIZES[size])
    screen.is_live()
    paths = {"feed": "/", "profile": f"/@{deborah.handle}", "far": f"/@{far.handle}", "people": "/people"}
    for name, path in {**paths, "notifications": "/notifications", "following": f"/@{ada.handle}/following"}.items():
        screen.open(path)
        screen.page.wait_for_timeout(500)
        screen.shot(f"{size}-right-{name}")
        assert serious(screen) == [], name
