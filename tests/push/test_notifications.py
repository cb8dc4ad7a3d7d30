"""What happened to somebody who is not connected is pushed to her; to who is, an open screen tells it."""

from tests.barker_process import Person, Service, wait_for
from tests.push.browsers import Browser, PushService


def unread(person: Person) -> int:
    return int(person.get("/v1/me/notifications")["unread"])


def test_who_is_not_connected_gets_a_push_and_who_is_hears_it_on_the_screen(
    pushed: PushService, here: str, ada: Person, bob: Person
) -> None:
    browser = Browser(here)
    browser.subscribe(ada)
    bark = ada.bark("Good morning!")
    with ada.stream() as events:
        events.next()
        bob.follow(ada)
        while events.next().name != "notification":
            pass
    wait_for(lambda: unread(ada) == 1, "the notification")
    bob.call("PUT", f"/v1/barks/{bark['id']}/like")
    wait_for(lambda: pushed.to(browser.path), "the push")
    wait_for(lambda: unread(ada) == 2, "the other notification")
    found = [browser.opened(sent) for sent in pushed.to(browser.path)]
    assert [(one["title"], one["body"]) for one in found] == [(f"{bob.handle} likes your bark", "Good morning!")]


def test_a_bark_that_everybody_likes_is_pushed_a_few_times(
    service: Service, pushed: PushService, here: str, ada: Person
) -> None:
    browser = Browser(here)
    browser.subscribe(ada)
    bark = ada.bark("Good morning!")
    for number in range(6):
        assert service.sign_up(f"fan{number}").call("PUT", f"/v1/barks/{bark['id']}/like").status_code == 200
    wait_for(lambda: unread(ada) == 6, "the notifications")
    wait_for(lambda: len(pushed.to(browser.path)) >= 3, "the pushes")
    assert len(pushed.to(browser.path)) == 3
