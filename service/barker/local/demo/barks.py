"""Who barks what, and when, and who answers whom."""

from collections import Counter
from dataclasses import dataclass, replace
from random import Random

from barker import ids
from barker.local.demo.pen import Pen
from barker.local.demo.people import DAY_MS, Person
from barker.models import Bark

BARKS_EACH = 5  # on average, answers included
ANSWERS_SHARE = 0.25
OLDEST_MS, NEWEST_MS = 3 * DAY_MS, 600_000  # ago; answers may be newer
ANSWER_MS = 40 * 60_000  # a typical wait for an answer
RETURN_SHARE = 0.6  # of answers to an answer: by whom it was given to
HEAT = 1.4  # times, with every answer: what is talked about draws more
THREAD_HEAT = 2.0  # times, what is an answer itself
ALIKE = 2  # interests in common with somebody whom one answers without following


@dataclass(frozen=True)
class Said:
    """A bark, who said it, and the cluster it is about ('' for daily life)."""

    bark: Bark
    author: Person
    cluster: str


class Talk:
    """What was said until now."""

    def __init__(self, rng: Random, people: list[Person], follows: list[tuple[int, int]], now_ms: int) -> None:
        self._rng = rng
        self._pen = Pen(rng)
        self._now_ms = now_ms
        self._people = people
        self._listeners = _listeners(people, follows)
        self._said: dict[int, Said] = {}
        self._heat: dict[int, float] = {}  # how likely each of these is answered

    def bark(self, ms: int) -> None:
        """Let somebody say something."""
        author = self._rng.choices(self._people, [person.loud for person in self._people])[0]
        text, cluster = self._pen.bark(author.handle, author.interests, author.language)
        id_ = self._id(ms)
        self._add(Said(Bark(id_, author.id, text, id_), author, cluster))

    def answer(self) -> None:
        """Let somebody who knows the author answer what was said, if anybody listens to anybody."""
        if not any(self._heat.values()):
            return
        parent = self._said[self._rng.choices(list(self._heat), list(self._heat.values()))[0]]
        first = self._said.get(parent.bark.in_reply_to or 0)
        listeners = self._listeners[parent.author.id]
        returning = first is not None and first.author in listeners and self._rng.random() < RETURN_SHARE
        author = first.author if first and returning else self._rng.choice(listeners)
        text = self._pen.answer(parent.cluster, parent.author.handle, returning=returning)
        asked_ms = ids.ms_of(parent.bark.id)
        wait = min(self._rng.expovariate(1 / ANSWER_MS), (self._now_ms - asked_ms) / 2)
        id_ = self._id(asked_ms + max(1, int(wait)))
        self._add(Said(Bark(id_, author.id, text, parent.bark.thread, parent.bark.id), author, parent.cluster))
        self._heat[parent.bark.id] *= HEAT

    def barks(self) -> list[Bark]:
        """Return all, oldest first, with their counts of replies."""
        replies = Counter(one.bark.in_reply_to for one in self._said.values())
        return [replace(one.bark, replies=replies[id_]) for id_, one in sorted(self._said.items())]

    def _id(self, ms: int) -> int:
        return ids.at(ms) | self._rng.getrandbits(ids.LOW_BITS)

    def _add(self, one: Said) -> None:
        self._said[one.bark.id] = one
        self._heat[one.bark.id] = len(self._listeners[one.author.id]) * (THREAD_HEAT if one.bark.in_reply_to else 1)


def barks_of(rng: Random, people: list[Person], follows: list[tuple[int, int]], now_ms: int) -> list[Bark]:
    """Return barks and answers, oldest first."""
    talk = Talk(rng, people, follows, now_ms)
    total = BARKS_EACH * len(people)
    answers = round(total * ANSWERS_SHARE)
    # The square root of an even draw lies nearer to one, which is now: the world gets livelier.
    ages = sorted(OLDEST_MS - (OLDEST_MS - NEWEST_MS) * rng.random() ** 0.5 for _ in range(total - answers))
    for age in reversed(ages):
        talk.bark(now_ms - int(age))
    for _ in range(answers):
        talk.answer()
    return talk.barks()


def _listeners(people: list[Person], follows: list[tuple[int, int]]) -> dict[int, list[Person]]:
    """Return who may answer whom: followers, and who is much alike."""
    pairs = set(follows)
    return {
        one.id: [
            other
            for other in people
            if other is not one and ((other.id, one.id) in pairs or one.shares(other) >= ALIKE)
        ]
        for one in people
    }
