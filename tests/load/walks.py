"""Suggestions, people within two steps and paths, on graphs with hubs; beside a plain walk of two hops.

How many follow somebody, and how many she follows, both fall off as a power law. The whole action is timed, with the
reading of profiles from MongoDB; of the plain walk its one query.
"""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import LiteralString

from barker.actions import seeing, suggesting, walking
from barker.models import User
from tests.load.bench import Bench
from tests.load.report import Figure
from tests.load.world import World, new_user

SIZES, SIZES_QUICK = (10_000, 30_000, 100_000), (3_000, 10_000)
FOLLOWS = 20  # of each, on the average
HUBS = 8  # whom half of all follow
MOST_FOLLOWING = 0.02  # of all, whom one person follows at most
SAMPLES, SAMPLES_QUICK = 500, 200
PEERS = 0.4  # as many samples of the plain walk, which may take seconds
PART, LISTS = 10_000, 1_000  # people, and those with all whom they follow, a transaction
LIMIT = 40  # of a page
P99_GOAL_MS, SPREAD_GOAL = 150.0, 10.0
SECONDS = 30.0
WARM = 60  # calls until a query is planned and compiled

CREATE: LiteralString = """
UNWIND $lists AS list MATCH (a:User {id: list[0]}) UNWIND list[1..] AS id MATCH (b:User {id: id})
CREATE (a)-[:FOLLOWS {since: 0}]->(b)"""
CREATE_USERS: LiteralString = "UNWIND $users AS id CREATE (:User {id: id})"
PLAIN: LiteralString = """
MATCH (me:User {id: $user})-[:FOLLOWS]->(a)-[:FOLLOWS]->(u) WHERE u <> me AND NOT EXISTS {(me)-[:FOLLOWS]->(u)}
RETURN u.id AS id, count(a) AS count ORDER BY count DESC, id DESC LIMIT $limit"""
PLAIN_FOLLOWERS: LiteralString = """
MATCH (:User {id: $user})<-[:FOLLOWS]-(a) OPTIONAL MATCH (a)<-[:FOLLOWS]-(u) UNWIND [[a, 1], [u, 2]] AS pair
WITH pair[0] AS u, min(pair[1]) AS distance WHERE u IS NOT NULL
RETURN u.id AS id, distance ORDER BY distance, id DESC LIMIT $limit"""


def measure(bench: Bench, world: World) -> None:
    """Measure each size, the smallest first."""
    del world  # its people follow an author each and nobody else
    for number in SIZES_QUICK if bench.quick else SIZES:
        people = [new_user() for _ in range(number)]
        _make(bench, people)
        _measure(bench, people)
    bench.report.note(
        f"walks: viewers and targets at random, one call at a time, pages of {LIMIT}; of each {FOLLOWS} follows on the "
        f"average, {HUBS} hubs whom half of all follow, some who follow {MOST_FOLLOWING:.0%} of all."
    )


def _make(bench: Bench, people: Sequence[User]) -> None:
    lists = drawn([user.id for user in people])
    follows = sum(map(len, lists)) - len(lists)
    bench.say(f"walks: {len(people):,} people, {follows:,} follows")
    for part in bench.parts(people, PART, "people"):
        bench.stores.users.insert_many(part, "no password")
        bench.stores.graph.write(CREATE_USERS, SECONDS, users=[user.id for user in part])
    for some in bench.parts(lists, LISTS, "follows"):
        bench.stores.graph.write(CREATE, SECONDS, lists=some)


def drawn(people: Sequence[int]) -> list[list[int]]:
    """Return lists of somebody and whom she follows: the hubs by half of all, others by ever fewer; some very many."""
    draw, number = random.Random(len(people)), len(people)
    fame = list(accumulate(1 / (rank + 10) ** 0.8 for rank in range(number)))
    most, zeal = round(number * MOST_FOLLOWING), [draw.paretovariate(1.3) for _ in people]
    scale = (FOLLOWS - HUBS / 2) * number / sum(zeal)
    follows = []
    for follower, wish in enumerate(zeal):
        others = set(draw.choices(range(number), cum_weights=fame, k=min(most, round(wish * scale))))
        others |= {hub for hub in range(HUBS) if draw.random() < 1 / 2}
        follows.append([people[follower], *(people[other] for other in others if other != follower)])
    while (missing := FOLLOWS * number - sum(map(len, follows)) + number) > 0:  # drawn twice, or too much for one
        for follower in draw.choices(range(number), k=missing):
            other = people[draw.choices(range(number), cum_weights=fame)[0]]
            if other not in follows[follower]:
                follows[follower].append(other)
    draw.shuffle(follows)
    return follows


def _measure(bench: Bench, people: Sequence[User]) -> None:
    stores, draw = bench.stores, random.Random(7)
    samples = SAMPLES_QUICK if bench.quick else SAMPLES

    def within(me: User, _: User) -> None:
        found, _bounded = walking.within(stores, "followers", me.id, 2, None, LIMIT)
        seeing.people(stores, me.id, [one for _, one in found])

    actions: dict[str, Callable[[User, User], object]] = {
        "suggestions": lambda me, _: suggesting.suggestions(stores, me.id, None, LIMIT),
        "followers at depth 2": within,
        "path": lambda me, other: walking.path(stores, me.id, other.handle),
        "plain suggestions": lambda me, _: stores.graph.read(PLAIN, SECONDS, user=me.id, limit=LIMIT),
        "plain depth 2": lambda me, _: stores.graph.read(PLAIN_FOLLOWERS, SECONDS, user=me.id, limit=LIMIT),
    }
    for name, action in actions.items():
        number = round(samples * PEERS) if name.startswith("plain") else samples
        bench.say(f"walks: {len(people):,} people, {number} times: {name}")
        pairs = [draw.sample(people, 2) for _ in range(number)]
        for me, other in pairs[:WARM]:  # until it is planned and compiled
            action(me, other)
        _report(bench, f"{len(people):>7,} people: {name}", [_timed(action, *pair) for pair in pairs])


def _timed(action: Callable[[User, User], object], me: User, other: User) -> float:
    began = time.perf_counter()
    action(me, other)
    return (time.perf_counter() - began) * 1000


def _report(bench: Bench, what: str, times: Sequence[float]) -> None:
    p50, p99 = statistics.median(times), statistics.quantiles(times, n=100)[98]
    goal = f"p99 <= {P99_GOAL_MS:g} ms, <= {SPREAD_GOAL:g} x p50"
    ours = "plain" not in what
    met = p99 <= P99_GOAL_MS and p99 <= SPREAD_GOAL * p50
    bench.report.add(Figure("walks", f"{what}, p50", "ms", times))
    bench.report.add(
        Figure(
            *("walks", f"{what}, p99", "ms", times, p99, p99 / p50, "p50"),
            goal=goal if ours else "",
            met=met if ours and not bench.quick else None,
        )
    )
    bench.say(f"walks: {what}: p50 {p50:.1f} ms, p99 {p99:.1f} ms")
