"""What comes out about where somebody is: her cell, and no more, whatever is asked, however often, from wherever.

Two people are where nobody else is, each somewhere in the same cell. Whoever attacks gets the same answers about the
one and about the other, so nothing that was asked tells them apart.
"""

import json
import math
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from barker.actions import nearby
from barker.models import User
from barker.stores import Stores
from barker.stores.grid import METRES_A_DEGREE, Point

Answers = list[Any]
Attack = Callable[["Attacker"], Answers]
HIGH = 150 / METRES_A_DEGREE
OCEAN = (-31.7, 88.1)


class Attacker:
    """Somebody with as many accounts as she likes, who asks about one victim."""

    def __init__(self, stores: Stores, new_user: Callable[..., User], victim: int, move: Callable[[], None]) -> None:
        self.stores, self._new_user, self.victim, self.move = stores, new_user, victim, move
        self.planted: dict[int, str] = {victim: "victim"}
        self.me = new_user("eve").id

    def plant(self, point: Point) -> None:
        """Put an account of hers somewhere."""
        user = self._new_user("decoy").id
        self.stores.places.put(user, point.lat, point.lon)
        self.planted[user] = f"decoy {len(self.planted)}"

    def remove_all(self) -> None:
        for user in self.planted:
            self.stores.places.remove(user)

    def ask(self, point: Point, within: int | None = None, limit: int = 20) -> Answers:
        """Return what is shown, in order, as it would be over HTTP."""
        wanted = nearby.Wanted(limit, within if within is not None else 100_000)
        found, end = nearby.people_near(self.stores, self.me, point, wanted)
        shown = [(self.planted[one.seen.user.id], one.near.metres, one.near.direction) for one in found]
        return [*shown, (end[0], self.planted[end[1]])] if end else shown


def moves_about(attacker: Attacker) -> Answers:
    """Ask often, while the victim moves in her cell: what is noise averages out."""
    found = []
    for _ in range(30):
        attacker.move()
        found.append(attacker.ask(Point(OCEAN[0] + 0.002, OCEAN[1] - 0.003)))
    return found


def from_everywhere(attacker: Attacker) -> Answers:
    """Ask from many points, near and far, to cut circles with each other."""
    rng = Random(5)
    points = [Point(OCEAN[0] + rng.gauss(0, 0.003), OCEAN[1] + rng.gauss(0, 0.003)) for _ in range(120)]
    return [attacker.ask(point) for point in points]


def by_order(attacker: Attacker) -> Answers:
    """Plant accounts all over the victim's cell and around it, and see who comes before her."""
    middle = attacker.stores.places.grid.middle(attacker.stores.places.grid.cell(*OCEAN))
    for north in range(-4, 5):
        for east in range(-4, 5):
            attacker.plant(Point(middle.lat + north * HIGH / 4.1, middle.lon + east * HIGH / 4.1))
    return [attacker.ask(middle, limit=100), *(attacker.ask(Point(OCEAN[0] + 0.001 * n, OCEAN[1])) for n in range(5))]


def by_bisection(attacker: Attacker) -> Answers:
    """Narrow a radius down until she is just in or just out."""
    found = []
    for angle in range(0, 360, 30):
        point = Point(OCEAN[0] + 0.01 * math.cos(math.radians(angle)), OCEAN[1] + 0.01 * math.sin(math.radians(angle)))
        low, high = 0, 10_000
        while high - low > 1:
            half = (low + high) // 2
            low, high = (low, half) if attacker.ask(point, half) else (half, high)
        found.append(high)
    return found


def by_own_moves(attacker: Attacker) -> Answers:
    """Ask from a place of one's own that creeps over the cell's edges."""
    found = []
    for step in range(-30, 31):
        attacker.stores.places.put(attacker.me, OCEAN[0] + step * HIGH / 10, OCEAN[1])
        centre = attacker.stores.places.of(attacker.me)
        assert centre
        found.append(attacker.ask(centre))
    attacker.stores.places.remove(attacker.me)
    return found


@pytest.mark.parametrize("attack", [moves_about, from_everywhere, by_order, by_bisection, by_own_moves])
def test_no_attack_tells_where_in_her_cell_somebody_is(
    stores: Stores, new_user: Callable[..., User], attack: Attack
) -> None:
    grid = stores.places.grid
    middle = grid.middle(grid.cell(*OCEAN))
    corners = [(0.0, 0.0), (0.49, 0.49), (-0.49, 0.49), (0.3, -0.49)]
    answers = []
    for north, east in corners:
        rng = Random(north)
        victim = new_user("victim").id

        def move(north: float = north, east: float = east, rng: Random = rng, victim: int = victim) -> None:
            around = (north + rng.uniform(-0.009, 0.009), east + rng.uniform(-0.009, 0.009))
            where = Point(middle.lat + around[0] * HIGH, middle.lon + around[1] * HIGH)
            assert grid.cell(where.lat, where.lon) == grid.cell(*OCEAN)
            stores.places.put(victim, where.lat, where.lon)

        move()
        attacker = Attacker(stores, new_user, victim, move)
        answers.append(attack(attacker))
        attacker.remove_all()
    assert any("victim" in json.dumps(answer) or isinstance(answer, int) for answer in answers[0])
    assert all(answer == answers[0] for answer in answers[1:])
