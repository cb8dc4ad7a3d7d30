"""Buttons that are touched twice: what was wanted last is so in the end, on the screen and in the service."""

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.barker_process import Person, Service, wait_for
from tests.web.browsing import OpenScreen
from tests.web.screen import ROUTED, Screen

pytestmark = pytest.mark.slow


class Held:
    """What is asked about follows; the first of it is held back until it is let go."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.asked: list[str] = []
        self.first: list[Route] = []
        screen.route("**/v1/me/following/*", self._take)

    def _take(self, route: Route) -> None:
        self.asked.append(route.request.method)
        if len(self.asked) == 1:
            self.first.append(route)
        else:
            route.continue_()

    def let_go(self, *expected: str) -> None:
        """Look that nothing else was asked for meanwhile, let the first go, and wait for what is expected."""
        wait_for(lambda: self.screen.turn() and self.first, "the first to be asked")
        self.screen.page.wait_for_timeout(300)
        assert self.asked == [expected[0]]
        self.first[0].continue_()
        wait_for(lambda: self.screen.turn() and self.asked == list(expected), "the others")


@pytest.fixture
def pair(service: Service) -> tuple[Person, Person]:
    """Somebody, and whom she may follow."""
    return service.sign_up("ada"), service.sign_up("bob")


def follows(ada: Person, bob: Person) -> bool:
    return bool(ada.get(f"/v1/users/{bob.handle}")["you"]["follows"])


def button(screen: Screen) -> Locator:
    return screen.page.locator(".profile .follow")


@pytest.mark.parametrize("touches", [2, 3])
@pytest.mark.parametrize("before", [False, True], ids=["a-stranger", "a-followee"])
def test_a_follow_that_is_touched_again_ends_as_it_shows(
    pair: tuple[Person, Person], screen_of: OpenScreen, before: bool, touches: int
) -> None:
    ada, bob = pair
    if before:
        ada.follow(bob)
    screen = screen_of(ada, f"/@{bob.handle}", **ROUTED)
    expect(button(screen)).to_have_attribute("aria-pressed", str(before).lower())
    held = Held(screen)
    for _ in range(touches):
        button(screen).click()
    after = before if touches == 2 else not before
    expect(button(screen)).to_have_attribute("aria-pressed", str(after).lower())
    ways = ["DELETE", "PUT"] if before else ["PUT", "DELETE"]
    held.let_go(*[ways[turn % 2] for turn in range(touches)])
    wait_for(lambda: screen.turn() and follows(ada, bob) == after, "what was wanted last")
    screen.page.wait_for_timeout(300)
    assert follows(ada, bob) == after
    expect(button(screen)).to_have_attribute("aria-pressed", str(after).lower())
    expect(button(screen)).to_have_text("Following" if after else "Follow")


def test_who_was_suggested_before_stays_followed(
    service: Service, pair: tuple[Person, Person], screen_of: OpenScreen
) -> None:
    ada, bob = pair
    screen = screen_of(ada, f"/@{bob.handle}", viewport={"width": 390, "height": 800}, **ROUTED)
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    suggestions = "**/v1/me/suggestions*"
    screen.route(suggestions, hold)
    screen.page.set_viewport_size({"width": 1280, "height": 800})  # nothing stands beside a narrow page
    wait_for(lambda: screen.turn() and late, "the suggestions to be asked for")
    people = [ada.get(f"/v1/users/{one.handle}") for one in (bob, service.sign_up("cleo"))]
    with screen.page.expect_response("**/v1/me/following/*"):
        button(screen).click()
    items = [{"user": one, "because": [], "count": 0} for one in people]
    with screen.page.expect_response(suggestions):
        late[0].fulfill(json={"items": items, "next": None})
    expect(screen.page.locator(".aside .person")).to_have_count(1)
    expect(button(screen)).to_have_attribute("aria-pressed", "true")
    expect(screen.page.locator("main .tabs")).to_contain_text("1 follower")


@pytest.mark.parametrize(("refused", "after"), [((True, True), False), ((True, False, False), True)])
def test_touches_that_are_refused_end_as_the_service_has_it(
    pair: tuple[Person, Person], screen_of: OpenScreen, refused: tuple[bool, ...], after: bool
) -> None:
    ada, bob = pair
    screen = screen_of(ada, f"/@{bob.handle}", **ROUTED)
    asked: list[Route] = []

    def answer(turn: int) -> None:
        if refused[turn]:
            asked[turn].fulfill(status=503, body="{}")
        else:
            asked[turn].continue_()

    def take(route: Route) -> None:
        asked.append(route)
        if len(asked) > 1:
            answer(len(asked) - 1)

    screen.route("**/v1/me/following/*", take)
    for _ in refused:
        button(screen).click()
    wait_for(lambda: screen.turn() and asked, "the first to be asked")
    answer(0)
    wait_for(lambda: screen.turn() and len(asked) == len(refused), "the others")
    wait_for(lambda: screen.turn() and follows(ada, bob) == after, "what was wanted last")
    screen.page.wait_for_timeout(300)
    expect(button(screen)).to_have_attribute("aria-pressed", str(after).lower())
    expect(screen.page.locator("main .tabs")).to_contain_text("1 follower" if after else "0 followers")
    assert follows(ada, bob) == after
    assert screen.forgive("status of 503") == sum(refused)


def test_where_an_answer_is_lost_the_next_page_tells_the_truth(
    pair: tuple[Person, Person], screen_of: OpenScreen
) -> None:
    ada, bob = pair
    screen = screen_of(ada, f"/@{bob.handle}", **ROUTED)

    def lose(route: Route) -> None:
        assert route.fetch().ok
        route.abort("connectionreset")

    screen.route("**/v1/me/following/*", lose)
    button(screen).click()
    expect(screen.page.locator(".toast")).to_contain_text("cannot be reached")
    expect(button(screen)).to_have_attribute("aria-pressed", "false")
    screen.page.get_by_role("link", name="Notifications").click()
    expect(screen.heading).to_have_text("Notifications")
    screen.page.go_back()
    expect(button(screen)).to_have_attribute("aria-pressed", "true")


def test_what_is_between_us_is_told_where_only_the_notification_was_known(
    pair: tuple[Person, Person], screen_of: OpenScreen
) -> None:
    ada, bob = pair
    bob.follow(ada)
    wait_for(lambda: ada.get("/v1/me/notifications")["items"], "the notification")
    screen = screen_of(ada, "/notifications")
    screen.page.locator(".notice .follow").click()
    expect(screen.page.locator(".notice .follow")).to_have_attribute("aria-pressed", "true")
    screen.page.locator(f".notice a[href='/@{bob.handle}']").first.click()
    expect(screen.page.locator(".profile")).to_contain_text("Follows you")
    expect(button(screen)).to_have_attribute("aria-pressed", "true")
