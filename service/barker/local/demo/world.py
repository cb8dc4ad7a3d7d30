"""The world of the demo, made up from dice: who lives there, where, who follows whom, who barks what and when.

Follows grow one by one. Who follows is drawn by eagerness; whom, by fame (who has followers gets more: hubs) times
likeness (shared interests, a shared language: communities); and some are followed back.
"""

from collections import Counter
from dataclasses import dataclass
from math import cos, pi, radians, sin
from random import Random

from barker.local.demo.barks import barks_of
from barker.local.demo.people import Person
from barker.models import Bark, Counts, User
from barker.stores.grid import METRES_A_DEGREE

CITY = (52.5200, 13.4050)  # Berlin: latitude, longitude
CITY_METRES = 22_000  # from the centre to the edge
TYPICAL_METRES = 4_500  # from the centre, on average
SHARING = 0.9  # so many share where they are
FOLLOWS_EACH = 12  # on average
FOLLOWED_BACK = 0.07  # beside those who find each other anyway
GUIDE_EAGER = 5.0  # times the average: her feed shall be full


@dataclass(frozen=True)
class World:
    """All that is put into the stores. The first of the people is the guide: who to sign in as."""

    people: list[User]
    follows: list[tuple[int, int]]
    barks: list[Bark]
    places: dict[int, tuple[float, float]]


def imagine(rng: Random, people: list[Person], now_ms: int) -> World:
    """Make up what these people do."""
    follows = follows_of(rng, people)
    barks = barks_of(rng, people, follows, now_ms)
    places = {person.id: place for person in people if (place := place_of(person.handle))}
    return World(_users(people, follows, barks), follows, barks, places)


def follows_of(rng: Random, people: list[Person]) -> list[tuple[int, int]]:
    """Return who follows whom, as pairs of ids, the older follow first."""
    likeness = [[_likeness(one, other) for other in people] for one in people]
    fame = [person.loud for person in people]
    eager = [GUIDE_EAGER, *(rng.lognormvariate(0, 0.6) for _ in people[1:])]
    follows: dict[tuple[int, int], None] = {}  # a set that keeps its order
    wanted = min(FOLLOWS_EACH, len(people) // 4) * len(people)
    while len(follows) < wanted:
        one = rng.choices(range(len(people)), eager)[0]
        pull = [famous * alike for famous, alike in zip(fame, likeness[one], strict=True)]
        other = rng.choices(range(len(people)), pull)[0]
        pairs = [(one, other), (other, one)] if rng.random() < FOLLOWED_BACK else [(one, other)]
        for follower, followee in pairs:
            fame[followee] += (follower, followee) not in follows
            follows[follower, followee] = None
    return [(people[follower].id, people[followee].id) for follower, followee in follows]


def _likeness(one: Person, other: Person) -> float:
    if one is other:
        return 0.0
    return 0.15 + one.shares(other) ** 2 + bool(one.language and one.language == other.language)


def place_of(handle: str) -> tuple[float, float] | None:
    """Return where somebody always is, if she shares it; the nearer to the centre, the more people are there."""
    rng = Random(handle)  # noqa: S311 (the same place each time)
    if rng.random() > SHARING:
        return None
    metres = min(rng.expovariate(1 / TYPICAL_METRES), CITY_METRES)
    angle = rng.uniform(0, 2 * pi)
    north, east = metres * cos(angle), metres * sin(angle)
    lat, lon = CITY
    return lat + north / METRES_A_DEGREE, lon + east / (METRES_A_DEGREE * cos(radians(lat)))


def _users(people: list[Person], follows: list[tuple[int, int]], barks: list[Bark]) -> list[User]:
    following = Counter(follower for follower, _ in follows)
    followers = Counter(followee for _, followee in follows)
    barked = Counter(bark.author_id for bark in barks)
    return [
        User(
            id=person.id,
            handle=person.handle,
            name=person.name,
            about=person.about,
            interests=person.interests,
            counts=Counts(barked[person.id], followers[person.id], following[person.id]),
        )
        for person in people
    ]
