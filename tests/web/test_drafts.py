"""What somebody was writing is not lost: not by a session that ends, a dialog that closes, or an answer cut short."""

import pytest
from playwright.sync_api import Route, expect

from tests.barker_process import PASSWORD, Service
from tests.web.browsing import OpenScreen
from tests.web.screen import ROUTED

pytestmark = pytest.mark.slow


def test_what_was_being_written_is_there_again_after_the_session_was_ended_elsewhere(
    service: Service, screen_of: OpenScreen
) -> None:
    ada = service.sign_up("ada")
    screen = screen_of(ada)
    screen.is_live()
    page = screen.page
    page.keyboard.press("n")
    page.keyboard.type("Half a thought")
    assert ada.call("DELETE", "/v1/me/sessions").status_code == 204
    page.get_by_text("Join the pack").wait_for()
    expect(page.locator("dialog")).to_have_count(0)  # an empty one that covers all else
    page.locator(".toast").get_by_role("button", name="Log in").click()
    page.fill("#handle", ada.handle)
    page.fill("#password", PASSWORD)
    page.click("form button[type=submit]")
    expect(page.get_by_label("Your bark").first).to_have_value("Half a thought")
    assert screen.forgive("status of 401")


def test_what_was_being_written_outlives_a_look_elsewhere_and_no_log_out(
    service: Service, screen_of: OpenScreen
) -> None:
    screen = screen_of(service.sign_up("ada"))
    screen.is_live()
    page = screen.page
    page.get_by_label("Your bark").fill("Half a thought")
    page.get_by_role("link", name="Settings").first.click()
    page.keyboard.press("n")
    expect(page.get_by_label("Your bark")).to_have_value("Half a thought")
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("n")
    expect(page.get_by_label("Your bark")).to_have_value("Half a thought")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Log out", exact=True).click()
    page.get_by_text("Join the pack").wait_for()
    assert "Half a thought" not in str(screen.evaluate("Object.values({...sessionStorage})"))


def test_text_that_is_marked_beyond_the_edge_does_not_close_the_dialog(service: Service, screen_of: OpenScreen) -> None:
    screen = screen_of(service.sign_up("ada"))
    screen.is_live()
    page = screen.page
    page.keyboard.press("n")
    page.keyboard.type("Half a thought")
    box = page.locator("dialog textarea").bounding_box()
    assert box
    page.mouse.move(box["x"] + 80, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(5, 5)
    page.mouse.up()
    screen.turn()
    expect(page.locator("dialog")).to_have_count(1)
    page.mouse.click(5, 5)
    expect(page.locator("dialog")).to_have_count(0)


def test_an_answer_that_breaks_off_in_the_middle_is_asked_for_again_by_itself(
    service: Service, screen_of: OpenScreen
) -> None:
    ada = service.sign_up("ada")
    screen = screen_of(ada, **ROUTED)
    screen.is_live()
    cut: list[str] = []

    def cut_the_first(route: Route) -> None:
        if cut:
            return route.continue_()
        cut.append(route.fetch().text())
        return route.fulfill(status=201, content_type="application/json", body=cut[0][:40])

    screen.route("**/v1/barks", cut_the_first)
    screen.write("once")
    screen.shows("once")
    expect(screen.drafts).to_have_count(0)
    assert cut
    assert [bark["text"] for bark in ada.get(f"/v1/users/{ada.handle}/barks")["items"]] == ["once"]


def test_a_proxy_that_says_a_date_to_come_back_at_is_not_asked_all_the_time(
    service: Service, screen_of: OpenScreen
) -> None:
    screen = screen_of(service.sign_up("ada"), **ROUTED)
    screen.is_live()
    asked: list[str] = []

    def away(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=503, headers={"Retry-After": "Wed, 25 Nov 2026 07:28:00 GMT"}, body="{}")

    screen.route("**/v1/barks", away)
    screen.write("patiently")
    expect(screen.drafts).to_contain_text("Waiting")
    screen.page.wait_for_timeout(1_500)
    assert len(asked) <= 2
    assert screen.forgive("status of 503")
