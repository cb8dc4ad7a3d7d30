"""The people of the demo: names, handles, interests that come in clusters, and what they say of themselves."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from random import Random

from barker import ids
from barker.local.demo.names import ABOUTS, GUIDE, GUIDE_ABOUT, GUIDE_INTERESTS, HANDLES, JOBS, LETTERS, NAMES, QUARTERS
from barker.local.demo.pen import Pen
from barker.local.demo.topics import TOPICS

DAY_MS = 24 * 3600 * 1000
ACCOUNT_DAYS = (10, 400)  # how old accounts are
HOME, SECOND, ELSEWHERE = 12.0, 4.0, 0.4  # how an interest draws somebody: of the first cluster, the second, others
SIZES = {2: 1, 3: 3, 4: 4, 5: 3, 6: 2}  # how many interests: how often
LOUDEST = 20.0  # times the quietest


@dataclass(frozen=True)
class Person:
    """Somebody of the demo, not stored yet. `loud` is how much she barks, against others."""

    id: int
    handle: str
    name: str
    about: str
    interests: tuple[str, ...]
    language: str
    loud: float

    def shares(self, other: "Person") -> int:
        """Return how many interests the two have in common."""
        return len({*self.interests} & {*other.interests})


def cast(rng: Random, now_ms: int) -> list[Person]:
    """Make up everybody; the guide comes first."""
    pen = Pen(rng)
    people: list[Person] = []
    for name, latin, language in _names():
        handle = _handle(rng, latin, {person.handle for person in people})
        people.append(_person(rng, pen, now_ms, (name, handle, language)))
    return people


def _names() -> list[tuple[str, str, str]]:
    """Return names, the same in Latin letters, and languages."""
    return [
        (name, latin or name, language)
        for language, names in NAMES.items()
        for name, _, latin in (entry.strip().partition("/") for entry in names.split(","))
    ]


def _handle(rng: Random, latin: str, taken: Collection[str]) -> str:
    first, *_, last = plain(latin).split()
    if latin == GUIDE:
        return first
    parts = {"first": first, "last": last, "initial": last[0]}
    handles = [form.format(**parts, number=rng.randint(60, 99)) for form in rng.sample(HANDLES, len(HANDLES))]
    return next(handle for handle in handles if handle not in taken)


def plain(latin: str) -> str:
    """Return a name in the letters that a handle may have."""
    letters = "".join(LETTERS.get(letter, letter) for letter in latin.lower())
    return unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode()


def _person(rng: Random, pen: Pen, now_ms: int, named: tuple[str, str, str]) -> Person:
    name, handle, language = named
    is_guide = name == GUIDE
    interests = GUIDE_INTERESTS if is_guide else _interests(rng)
    return Person(
        id=ids.at(now_ms - int(rng.uniform(*ACCOUNT_DAYS) * DAY_MS)) | rng.getrandbits(ids.LOW_BITS),
        handle=handle,
        name=name,
        about=GUIDE_ABOUT if is_guide else _about(rng, pen, interests),
        interests=interests,
        language=language,
        loud=LOUDEST / 5 if is_guide else min(rng.paretovariate(1.1), LOUDEST),
    )


def _interests(rng: Random) -> tuple[str, ...]:
    """Draw interests: most of one cluster, some of a second, few from elsewhere."""
    home, second = rng.sample(list(TOPICS), 2)
    pull = {home: HOME, second: SECOND}
    # An exponential clock for each, faster with more pull: the first to ring are a weighted draw without repeats.
    rings = {
        interest: rng.expovariate(pull.get(cluster, ELSEWHERE))
        for cluster, interests in TOPICS.items()
        for interest in interests
    }
    size = rng.choices(list(SIZES), list(SIZES.values()))[0]
    return tuple(sorted(rings, key=rings.__getitem__)[:size])


def _about(rng: Random, pen: Pen, interests: tuple[str, ...]) -> str:
    first, second = interests[:2]
    given = {"job": rng.choice(JOBS), "quarter": rng.choice(QUARTERS), "first": first, "second": second}
    return pen.fill(pen.draw(ABOUTS), given)
