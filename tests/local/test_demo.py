import itertools
import unicodedata
from collections import Counter
from math import cos, hypot, radians
from random import Random

import pytest

from barker import ids
from barker.actions import accounts, feed
from barker.api.bodies import NewBark, SignUp
from barker.local.demo import PASSWORD, World, demo, fill
from barker.local.demo.filling import SEED
from barker.local.demo.people import cast
from barker.local.demo.world import CITY, CITY_METRES, imagine
from barker.models import Bark, Counts, User
from barker.stores import Stores
from barker.stores.grid import METRES_A_DEGREE

DAY_MS = 24 * 3600 * 1000


@pytest.fixture(scope="module")
def stranger(stores: Stores) -> User:
    """Somebody who was here before, and has a handle that the demo would give."""
    user = User(ids.new(), cast(Random(SEED), ids.now_ms())[20].handle, "Somebody else")
    assert stores.users.insert(user, "no password")
    return user


@pytest.fixture(scope="module")
def world(stores: Stores, stranger: User) -> World:
    """The demo, filled in at the second attempt."""

    def interrupt(done: float) -> None:
        if done > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill(stores, progress=interrupt)
    progress: list[float] = []
    world = fill(stores, progress=progress.append)
    assert progress == sorted(progress)
    assert progress[-1] == 1
    return world


@pytest.fixture(scope="module")
def people(world: World) -> dict[int, User]:
    return {user.id: user for user in world.people}


def barks_by_id(world: World) -> dict[int, Bark]:
    return {bark.id: bark for bark in world.barks}


def share(one: User, other: User) -> bool:
    return bool({*one.interests} & {*other.interests})


def test_a_hundred_people_live_there_and_what_they_say_could_have_been_sent(world: World, stranger: User) -> None:
    assert 100 <= len(world.people) <= 130
    assert len({user.handle for user in world.people} | {stranger.handle}) == len(world.people) + 1
    for user in world.people:
        given = {"handle": user.handle, "name": user.name, "about": user.about, "interests": list(user.interests)}
        sent = SignUp.model_validate({**given, "password": PASSWORD})
        assert sent.model_dump(include=set(given)) == given
        assert user.name
        assert user.about
        assert 2 <= len(set(user.interests)) == len(user.interests) <= 6
    for bark in world.barks:
        assert NewBark(text=bark.text).text == bark.text
        assert "{" not in bark.text


def test_people_are_stored_and_share_a_password(world: World, stores: Stores, people: dict[int, User]) -> None:
    assert stores.users.by_ids(list(people)) == people
    for user in (world.people[0], world.people[-1]):
        assert accounts.sign_in(stores, user.handle, PASSWORD, "test").user == user
    assert world.people[0].handle == "ada"


def test_who_has_a_handle_keeps_it(stores: Stores, world: World, stranger: User) -> None:
    assert stores.users.by_handle(stranger.handle) == stranger
    assert stranger.handle not in {user.handle for user in world.people}


def test_follows_look_like_those_of_a_real_graph(world: World, people: dict[int, User]) -> None:
    follows = set(world.follows)
    mean = len(follows) / len(people)
    followers = sorted(Counter(followee for _, followee in follows).values())

    assert len(follows) == len(world.follows)
    assert all(one != other for one, other in follows)
    assert 11 <= mean <= 13
    assert followers[-1] > 2.5 * mean  # hubs
    assert sum(followers[-12:]) > 0.2 * len(follows)
    assert followers[len(followers) // 2] < mean
    mutual = sum((other, one) in follows for one, other in follows) / len(follows)
    assert 0.25 < mutual < 0.42
    alike = sum(share(people[one], people[other]) for one, other in follows) / len(follows)
    pairs = list(itertools.combinations(world.people, 2))
    assert alike > 1.5 * sum(share(*pair) for pair in pairs) / len(pairs)


def test_counts_are_true(stores: Stores, world: World) -> None:
    for user in world.people[::4]:
        degrees = stores.follows.degrees(user.id, user.id)
        barks = stores.barks.by_authors([user.id], ids.MAX_ID, 1_000)
        assert Counts(len(barks), degrees.followers, degrees.following) == user.counts


def test_barks_are_stored_as_told_to_everybody(stores: Stores, world: World) -> None:
    stored = stores.barks.by_ids([bark.id for bark in world.barks])

    assert 500 <= len(world.barks) <= 700
    assert len(stored) == len(world.barks)
    assert all(bark.fanned_out for bark in stored.values())
    assert all(stored[bark.id].text == bark.text for bark in world.barks)
    assert not stored.keys() & stores.barks.overdue(ids.now_ms() + DAY_MS, 10_000).keys()


def test_barks_come_from_the_last_days_and_some_people_bark_much_more_than_others(world: World) -> None:
    now_ms = ids.now_ms()
    ages = [now_ms - ids.ms_of(bark.id) for bark in world.barks]
    busiest = Counter(bark.author_id for bark in world.barks).most_common(len(world.people) // 10)

    assert min(ages) > 0
    assert 2 * DAY_MS < max(ages) < 3.1 * DAY_MS
    assert min(ids.ms_of(bark.id) - ids.ms_of(bark.author_id) for bark in world.barks) > DAY_MS
    assert len(str(min(user.id for user in world.people))) == 19  # ids of one width, as Lua compares them
    assert sum(number for _, number in busiest) > 0.25 * len(world.barks)


def test_answers_come_after_what_they_answer_from_people_who_know_the_author(
    stores: Stores, world: World, people: dict[int, User]
) -> None:
    barks, follows = barks_by_id(world), set(world.follows)
    answers = [bark for bark in world.barks if bark.in_reply_to]
    replies = Counter(bark.in_reply_to for bark in answers)

    assert 0.2 < len(answers) / len(barks) < 0.3
    assert max(replies.values()) >= 3
    assert any(barks[bark.in_reply_to or 0].in_reply_to for bark in answers)  # dialogues
    for answer in answers:
        parent = barks[answer.in_reply_to or 0]
        one, other = people[answer.author_id], people[parent.author_id]
        assert ids.ms_of(answer.id) > ids.ms_of(parent.id)
        assert answer.thread == parent.thread
        assert one is not other
        assert (one.id, other.id) in follows or share(one, other)
    assert all(bark.thread == bark.id for bark in world.barks if not bark.in_reply_to)
    stored = stores.barks.by_ids(list(barks))
    assert all(bark.replies == replies[bark.id] for bark in stored.values())


def test_texts_are_varied(world: World) -> None:
    texts = [bark.text for bark in world.barks if not bark.in_reply_to]
    letters = {unicodedata.name(char, "").split()[0] for text in texts for char in text if char.isalpha()}

    assert len(set(texts)) > 0.85 * len(texts)
    assert {"LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "DEVANAGARI", "HIRAGANA", "CJK", "HANGUL"} <= letters
    assert any("#" in text for text in texts)
    assert any("\n" in text for text in texts)
    assert any(unicodedata.category(char) == "So" for text in texts for char in text)  # emoji
    assert max(Counter((bark.author_id, bark.text) for bark in world.barks if not bark.in_reply_to).values()) == 1


def test_there_are_trends(stores: Stores, world: World) -> None:
    said = {tag for bark in world.barks for tag in bark.tags}
    assert said & {trend.tag for trend in stores.trends.top(50)}  # there are those of other tests, too


def test_the_guide_has_a_full_feed(stores: Stores, world: World) -> None:
    guide = world.people[0]
    whom = {followee for follower, followee in world.follows if follower == guide.id} | {guide.id}

    page, next_ = feed.read_feed(stores, guide.id, ids.MAX_ID, 40)
    assert len(page) == 40
    assert next_
    more, _ = feed.read_feed(stores, guide.id, next_, 100)
    read = [shown.bark.id for shown in page + more]
    assert read == sorted((bark.id for bark in world.barks if bark.author_id in whom), reverse=True)[:140]


def test_people_are_around_the_city_most_of_them_near_its_centre(stores: Stores, world: World) -> None:
    metres = []
    for user_id in world.places:
        place = stores.places.of(user_id)
        assert place
        north, east = place.lat - CITY[0], (place.lon - CITY[1]) * cos(radians(CITY[0]))
        metres.append(METRES_A_DEGREE * hypot(north, east))
    metres.sort()

    assert 0.8 < len(metres) / len(world.people) < 1
    assert metres[-1] < CITY_METRES + stores.places.grid.metres
    assert metres[len(metres) // 2] < CITY_METRES / 4
    assert metres[-1] > CITY_METRES / 2


def test_a_second_fill_changes_nothing_and_says_so(
    stores: Stores, world: World, stores_urls: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    guide, last = world.people[0], world.people[-1]
    before = feed.read_feed(stores, guide.id, ids.MAX_ID, 100)
    place = stores.places.of(next(iter(world.places)))

    demo({**stores_urls, "HOME": "/nowhere"})

    said = capsys.readouterr().out
    assert "here already" in said
    assert f"as {guide.handle}, password {PASSWORD}" in said
    assert fill(stores) == World(world.people, [], [], {})
    assert fill(stores, seed=SEED + 1).barks == []
    assert feed.read_feed(stores, guide.id, ids.MAX_ID, 100) == before
    assert stores.users.by_id(last.id) == last
    assert stores.places.of(next(iter(world.places))) == place


def test_people_are_put_back_where_they_were_when_all_places_are_forgotten(stores: Stores, world: World) -> None:
    before = {user_id: stores.places.of(user_id) for user_id in world.places}
    for user_id in world.places:
        stores.places.remove(user_id)

    fill(stores)

    assert {user_id: stores.places.of(user_id) for user_id in world.places} == before


@pytest.mark.parametrize("size", [0, 1, 5, 60])
def test_a_world_is_made_of_any_number_of_people_and_can_be_made_again(size: int) -> None:
    now_ms = ids.now_ms()
    worlds = [imagine(rng, cast(rng, now_ms)[:size], now_ms) for rng in (Random(3), Random(3))]

    assert len(worlds[0].people) == size
    assert worlds[0] == worlds[1]
