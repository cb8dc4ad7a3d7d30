"""Like it! The author's open screen hears of it at once, and she finds it in her list."""

from typing import Any

from tests.barker_process import Event, Events, Person, Service, wait_for


def notifications(person: Person, **query: Any) -> dict[str, Any]:
    return dict(person.get("/v1/me/notifications", **query))


def like(person: Person, bark: dict[str, Any], method: str = "PUT") -> Any:
    return person.call(method, f"/v1/barks/{bark['id']}/like")


def notification(events: Events) -> Event:
    """Return the next event that is not one's own bark."""
    while (event := events.next()).name == "bark":
        pass
    return event


def test_an_open_screen_hears_of_a_like_and_of_a_follow(service: Service) -> None:
    ada, bob = service.sign_up("ada"), service.sign_up("bob")
    bark = ada.bark("hello")
    with ada.stream() as events:
        assert events.next().name == "ready"
        bob.follow(ada)
        event = notification(events)
        assert (event.name, event.data["kind"], event.data["user"]["handle"]) == ("notification", "follow", bob.handle)
        assert event.data["bark"] is None
        like(bob, bark)
        event = notification(events)
        assert (event.name, event.data["kind"], event.data["user"]["handle"]) == ("notification", "like", bob.handle)
        assert (event.data["bark"]["id"], event.data["bark"]["counts"]["likes"]) == (bark["id"], 1)
        like(bob, bark, "DELETE")
        like(bob, bark)
        assert events.rest() == []


def test_a_like_shows_wherever_the_bark_does(service: Service) -> None:
    ada, bob, eve = (service.sign_up(name) for name in ("ada", "bob", "eve"))
    for reader in (bob, eve):
        reader.follow(ada)
    bark = ada.bark("hello")
    wait_for(lambda: bob.feed() == eve.feed() == ["hello"], "the bark to arrive")
    answer = like(bob, bark)
    assert answer.status_code == 200
    assert (answer.json()["you"]["liked"], answer.json()["counts"]["likes"]) == (True, 1)
    for person, liked in ((bob, True), (eve, False)):
        for found in (person.get(f"/v1/barks/{bark['id']}"), person.get("/v1/feed")["items"][0]):
            assert (found["you"]["liked"], found["counts"]["likes"]) == (liked, 1)
    stranger = service.call("GET", f"/v1/barks/{bark['id']}").json()
    assert (stranger["you"], stranger["counts"]["likes"]) == (None, 1)
    with bob.stream("1-0") as events:  # older than the queue: nothing is claimed of it
        assert [events.next().name, events.next().name] == ["ready", "gap"]
    assert like(bob, bark, "DELETE").status_code == 204
    found = bob.get("/v1/feed")["items"][0]
    assert (found["you"]["liked"], found["counts"]["likes"]) == (False, 0)


def test_who_likes_a_bark_is_listed_newest_like_first_page_by_page(service: Service) -> None:
    ada = service.sign_up("ada")
    bark = ada.bark("hello")
    people = [service.sign_up(f"fan{number}") for number in range(5)]
    for person in people:
        like(person, bark)
    like(people[4], bark, "DELETE")
    like(people[0], bark)  # again: it is no newer for that
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = ada.get(f"/v1/barks/{bark['id']}/likes", limit=2, **cursor)
        found += [user["handle"] for user in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert found == [person.handle for person in reversed(people[:4])]
    assert service.call("GET", "/v1/barks/123/likes").status_code == 404


def test_notifications_are_unread_until_they_are_read(service: Service) -> None:
    ada, bob, eve = (service.sign_up(name) for name in ("ada", "bob", "eve"))
    bark = ada.bark("hello")
    for person in (bob, eve):
        like(person, bark)
    wait_for(lambda: notifications(ada)["unread"] == 2, "the notifications")
    first = notifications(ada, limit=1)
    assert first["next"]
    second = notifications(ada, limit=1, cursor=first["next"])
    older = second["items"][0]
    answer = ada.call("PUT", "/v1/me/notifications/read", json={"id": older["id"]})
    assert (answer.status_code, answer.json()) == (200, {"id": older["id"], "unread": 1})
    assert [item["read"] for item in notifications(ada)["items"]] == [False, True]
    answer = ada.call("PUT", "/v1/me/notifications/read", json={"id": "1"})
    assert answer.json() == {"id": older["id"], "unread": 1}  # never back
    assert notifications(bob)["items"] == []


def test_bad_input_is_named(service: Service) -> None:
    ada = service.sign_up("ada")
    for path in ("/v1/barks/0/like", "/v1/barks/x/like", "/v1/barks/99999999999999999999/like"):
        assert ada.call("PUT", path).status_code == 404
    for body in ({}, {"id": 5}, {"id": "x"}, {"id": "1", "more": 1}, {"id": str(2**63 - 1)}):
        answer = ada.call("PUT", "/v1/me/notifications/read", json=body)
        assert answer.status_code == 422, (body, answer.text)
    assert (
        ada.call("GET", "/v1/me/notifications", params={"cursor": "nonsense"}).json()["errors"][0]["field"] == "cursor"
    )
