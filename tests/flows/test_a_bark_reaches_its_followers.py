"""The promise: online at once, offline on return, none missed, none twice."""

from tests.barker_process import Person, Service, wait_for


def test_an_open_stream_tells_a_follower_of_a_bark(service: Service) -> None:
    ada, bob = service.sign_up("ada"), service.sign_up("bob")
    bob.follow(ada)
    with bob.stream() as events:
        assert events.next().name == "ready"
        sent = ada.bark("hello")
        event = events.bark()
    assert (event.data["id"], event.data["text"]) == (sent["id"], "hello")
    assert event.data["author"]["handle"] == ada.handle


def test_an_offline_follower_finds_exactly_what_she_missed_in_order(service: Service) -> None:
    ada, bob = service.sign_up("ada"), service.sign_up("bob")
    bob.follow(ada)
    with bob.stream() as events:
        events.next()
        ada.bark("one")
        assert events.barks(1) == ["one"]
        cursor = events.cursor
    ada.bark("two")
    ada.bark("three")
    wait_for(lambda: bob.feed() == ["three", "two", "one"], "the barks to arrive")
    with bob.stream(cursor) as events:
        assert events.next().name == "ready"
        assert events.barks(2) == ["two", "three"]
        assert events.rest() == []


def test_resuming_again_and_again_tells_each_bark_once(service: Service) -> None:
    ada, bob = service.sign_up("ada"), service.sign_up("bob")
    bob.follow(ada)
    with bob.stream() as events:
        cursor = events.next().id
    heard: list[str] = []
    sent = [str(number) for number in range(12)]
    for number in range(0, 12, 3):
        for text in sent[number : number + 3]:
            ada.bark(text)
        with bob.stream(cursor) as events:
            events.next()
            heard += events.barks(3)
            cursor = events.cursor
    assert heard == sent


def test_the_feed_shows_followees_and_oneself_and_nobody_else(service: Service) -> None:
    ada, bob, eve = (service.sign_up(name) for name in ("ada", "bob", "eve"))
    bob.follow(ada)
    bob.feed()
    ada.bark("from ada")
    eve.bark("from eve")
    bob.bark("from bob")
    wait_for(lambda: set(bob.feed()) == {"from ada", "from bob"}, "the barks to arrive")
    assert eve.feed() == ["from eve"]


def test_barks_from_before_the_first_read_are_in_the_feed(service: Service) -> None:
    ada, bob = service.sign_up("ada"), service.sign_up("bob")
    for number in range(5):
        ada.bark(str(number))
    bob.follow(ada)
    assert bob.feed() == ["4", "3", "2", "1", "0"]


def test_a_follow_brings_older_barks_into_a_feed_that_is_open(service: Service) -> None:
    ada, bob = service.sign_up("ada"), service.sign_up("bob")
    _bark_to_all(ada, "before")
    assert bob.feed() == []
    with bob.stream() as events:
        events.next()
        bob.follow(ada)
        assert events.next().name == "feed-changed"
        assert bob.feed() == ["before"]
        ada.bark("after")
        assert events.barks(1) == ["after"]
    assert bob.feed() == ["after", "before"]


def test_after_an_unfollow_nothing_of_the_author_is_shown(service: Service) -> None:
    ada, bob = service.sign_up("ada"), service.sign_up("bob")
    bob.follow(ada)
    with bob.stream() as events:
        events.next()
        ada.bark("seen")
        assert events.barks(1) == ["seen"]
        assert bob.call("DELETE", f"/v1/me/following/{ada.handle}").status_code == 204
        assert bob.feed() == []
        _bark_to_all(ada, "unseen")
        assert {event.name for event in events.rest()} <= {"feed-changed"}
    assert bob.feed() == []


def test_a_deleted_bark_disappears_everywhere(service: Service) -> None:
    ada, bob = service.sign_up("ada"), service.sign_up("bob")
    bob.follow(ada)
    with bob.stream() as events:
        events.next()
        sent = ada.bark("regretted")
        events.barks(1)
        assert ada.call("DELETE", f"/v1/barks/{sent['id']}").status_code == 204
        event = events.next()
    assert (event.name, event.data) == ("delete", {"id": sent["id"]})
    assert bob.feed() == []
    assert service.call("GET", f"/v1/barks/{sent['id']}").status_code == 404
    assert service.call("GET", f"/v1/users/{ada.handle}/barks").json()["items"] == []
    assert _counts(ada)["barks"] == 0


def test_counts_follow_what_happened(service: Service) -> None:
    ada, bob = service.sign_up("ada"), service.sign_up("bob")
    bob.follow(ada)
    bob.follow(ada)
    first = ada.bark("a question")
    answer = bob.bark("an answer", in_reply_to=first["id"])
    assert answer["thread"] == first["thread"] == first["id"]
    assert ada.get(f"/v1/barks/{first['id']}")["counts"]["replies"] == 1
    wait_for(lambda: _counts(bob)["following"] == 1, "the count of followees")
    assert _counts(ada) == {"barks": 1, "followers": 1, "following": 0}


def test_the_feed_pages_through_everything_without_a_hole_or_a_double(service: Service) -> None:
    ada, bob = service.sign_up("ada"), service.sign_up("bob")
    for number in range(7):
        ada.bark(f"before {number}")
    bob.follow(ada)
    bob.feed()
    for number in range(6):
        ada.bark(f"after {number}")
    wait_for(lambda: "after 5" in bob.feed(), "the last bark")
    pages, path = [], "/v1/feed?limit=3"
    while path:
        answer = bob.call("GET", path)
        page = answer.json()
        pages.append([bark["text"] for bark in page["items"]])
        link = answer.links.get("next", {}).get("url", "")
        assert bool(link) == bool(page["next"])
        path = link.removeprefix(service.url)
    texts = [text for page in pages for text in page]
    assert texts == [f"after {n}" for n in range(5, -1, -1)] + [f"before {n}" for n in range(6, -1, -1)]
    assert [len(page) for page in pages] == [3, 3, 3, 3, 1]


def _bark_to_all(author: Person, text: str) -> None:
    """Bark, and wait until it is fanned out: the author's own queue is served with her followers'."""
    author.feed()
    author.bark(text)
    wait_for(lambda: author.feed()[:1] == [text], "the fan-out")


def _counts(person: Person) -> dict[str, int]:
    return dict(person.get("/v1/me")["counts"])


def test_a_sign_out_ends_the_streams_of_its_token_at_once(service: Service) -> None:
    ada = service.sign_up("ada")
    with ada.stream() as events:
        events.next()
        (session,) = ada.get("/v1/me/sessions")["items"]
        assert ada.call("DELETE", f"/v1/me/sessions/{session['id']}").status_code == 204
        event = events.next(5)  # the next heartbeat, which would find it out too, comes after fifteen seconds
        assert (event.name, event.data) == ("bye", {"reason": "signed_out"})
