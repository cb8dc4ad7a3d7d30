"""Finding people among a million, beside a bare find of as many by an index of the same collection, in turns."""

import math
import random
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from barker import ids
from barker.actions.searching import sought_of
from tests.load.bench import Bench
from tests.load.report import Figure
from tests.load.world import World

PEOPLE, PEOPLE_QUICK = 1_000_000, 20_000
ASKED, ASKED_QUICK = 150, 30  # queries of a kind and round
STORED = 2_000  # documents a write
PAGE = 40
BARE = "a bare find of 40 by handle"
NAMES, WORDS, INTERESTS = 20_000, 30_000, 400
SYLLABLES = (
    "an be cor da el fi gra ho in jo ka lo ma ni os pe qui ra si ta un vo wy xe yu za ber lin mar ton".split()  # noqa: SIM905 (readable)
)

Query = tuple[str | None, str | None]


class Person(NamedTuple):
    """What somebody says of herself."""

    handle: str
    first: str
    last: str
    about: list[str]
    likes: tuple[str, ...]


class Pool:
    """Words of which the first are far more frequent than the last, as in any language."""

    def __init__(self, rng: random.Random, number: int, syllables: tuple[int, int]) -> None:
        made = (("".join(rng.choices(SYLLABLES, k=rng.randint(*syllables)))) for _ in range(2 * number))
        self.words = list(dict.fromkeys(made))[:number]
        self._weights = list(accumulate(1 / (at + 3) for at in range(len(self.words))))
        self._rng = rng

    def some(self, number: int) -> list[str]:
        """Return so many of them."""
        return self._rng.choices(self.words, cum_weights=self._weights, k=number)


def measure(bench: Bench, world: World) -> None:
    """Store the people, then ask."""
    rng = random.Random(11)  # the same people and queries in every run
    people = _store(bench, rng, PEOPLE_QUICK if bench.quick else PEOPLE)
    kinds = _kinds(rng, people)
    asked = ASKED_QUICK if bench.quick else ASKED
    times: dict[str, list[list[float]]] = {name: [] for name in (BARE, *kinds)}
    for _ in bench.rounds("search"):
        for name, rounds in times.items():
            of_round = []
            for _ in range(asked):
                ask = _bare(bench, rng.choice(people).handle) if name == BARE else _search(bench, kinds[name]())
                began = time.perf_counter()
                ask()
                of_round.append(1000 * (time.perf_counter() - began))
            rounds.append(sorted(of_round))
            bench.check_time()
    _report(bench, times)


def _store(bench: Bench, rng: random.Random, number: int) -> list[Person]:
    """Store people in bulk, indexes after; returns some of them."""
    names, words, interests = Pool(rng, NAMES, (2, 3)), Pool(rng, WORDS, (1, 4)), Pool(rng, INTERESTS, (2, 3))
    users = bench.stores.documents.collection("users")
    users.drop_indexes()
    kept: list[Person] = []
    try:
        for part in bench.parts(range(number), STORED, "search: people"):
            people = []
            for at in part:
                first, last = names.some(2)
                likes = tuple(dict.fromkeys(interests.some(rng.randrange(5))))
                people.append(Person(f"{first[:20]}_{at}", first, last, words.some(8), likes))
            kept += people[:: max(1, number // 5_000)]
            users.insert_many([document(rng, person) for person in people], ordered=False)
    finally:
        bench.say("search: indexes")
        bench.stores.documents.prepare()  # whatever went wrong, the next measurement needs them
    return kept


def document(rng: random.Random, person: Person) -> dict[str, Any]:
    """Return what `users` stores of somebody; her keys are plain words here, which need no folding."""
    handle, first, last, about, likes = person
    named = [handle, *handle.split("_"), first, last]
    keys = {f"h{handle}", *(f"n{word}" for word in named), *(f"a{word}" for word in (*named, *about))}
    followers = min(int(rng.paretovariate(0.9)) - 1, PEOPLE)
    return {
        "_id": ids.new(),
        "handle": handle,
        "name": f"{first.title()} {last.title()}",
        "about": " ".join(about),
        "interests": likes,
        "counts": {"barks": 0, "followers": followers, "following": 0},
        "password": "none",
        "words": sorted({*keys, *(f"i{like}" for like in likes), *(["i"] if likes else [])}),
        "folded": [f"i{like}" for like in likes],
        "reach": followers.bit_length(),
    }


def _kinds(rng: random.Random, people: Sequence[Person]) -> Mapping[str, Callable[[], Query]]:
    def one() -> Person:
        return rng.choice(people)

    def liking() -> Person:
        return next(person for person in iter(one, None) if person.likes)

    return {
        "a whole @handle": lambda: (f"@{one().handle}", None),
        "the beginning of a @handle": lambda: (f"@{one().handle[: rng.randint(2, 6)]}", None),
        "the beginning of a name": lambda: (one().first[: rng.randint(2, 5)], None),
        "a name, as it is typed": lambda: ((person := one()).first[:3] + " " + person.last[:3], None),
        "a whole name": lambda: ((person := one()).first + " " + person.last, None),
        "a word of about": lambda: (rng.choice(one().about), None),
        "three words of about": lambda: (" ".join(rng.sample(one().about, 3)), None),
        "a single letter": lambda: (rng.choice("abcefgh"), None),
        "an interest": lambda: (None, liking().likes[0]),
        "an interest and a letter": lambda: ((person := liking()).first[0], person.likes[0]),
        "what nobody is called": lambda: ("zq" + rng.choice("aeiou"), None),
    }


def _search(bench: Bench, query: Query) -> Callable[[], object]:
    sought = sought_of(*query)
    return lambda: bench.stores.people_search.page(sought, None, PAGE)


def _bare(bench: Bench, handle: str) -> Callable[[], object]:
    users = bench.stores.documents.collection("users")
    return lambda: list(users.find({"handle": {"$gte": handle}}, {"handle": 1}).sort("handle", 1).limit(PAGE))


def _report(bench: Bench, times: Mapping[str, list[list[float]]]) -> None:
    def at(of_rounds: list[list[float]], part: float) -> list[float]:
        return [of_round[min(len(of_round) - 1, math.floor(part * len(of_round)))] for of_round in of_rounds]

    whole = {name: [one for of_round in rounds for one in of_round] for name, rounds in times.items()}
    every = [one for name, found in whole.items() if name != BARE for one in found]
    bare = sorted(whole[BARE])
    for name, rounds in times.items():
        for label, part in (("p50", 0.5), ("p99", 0.99)):
            ratio = sorted(whole[name])[math.floor(part * len(whole[name]))] / bare[math.floor(part * len(bare))]
            of = None if name == BARE else ratio
            bench.report.add(Figure("search", f"{name}: {label}", "ms", at(rounds, part), ratio=of, of="bare"))
    p99 = sorted(every)[math.floor(0.99 * len(every))]
    ratio = p99 / bare[math.floor(0.99 * len(bare))]
    bench.report.add(Figure("search", "all queries: p99", "ms", [p99], ratio=ratio, of="bare"))
    bench.report.note("search: the ids of a page of 40, by MongoDB alone; what shows them is the same as in any list.")
