"""Places that nobody shares with another test."""

from collections.abc import Callable, Iterator

import pytest
from redis import Redis

from barker import ids
from barker.stores.places import Places

Where = tuple[float, float]
NewPlaces = Callable[..., Places]


@pytest.fixture(scope="session")
def new_places(stores_urls: dict[str, str]) -> Iterator[NewPlaces]:
    """Make stores with a grid, and so with keys, of their own, on which nobody is yet."""
    made: list[Places] = []

    def new(near_metres: int = 150) -> Places:
        metres = near_metres + (len(made) + 1) / 10_000  # unlike any other, and no dice: hypothesis loads them
        made.append(Places(stores_urls["BARKER_PLACES_URL"], 5, metres))
        return made[-1]

    yield new
    for places in made:
        places.close()


@pytest.fixture(scope="session")
def redis(stores_urls: dict[str, str]) -> Iterator[Redis]:
    """The server of places, as somebody may look at it who sees all keys."""
    url = stores_urls.get("ADMIN_PLACES_URL", stores_urls["BARKER_PLACES_URL"])
    with Redis.from_url(url, decode_responses=True) as redis:
        yield redis


def made(wheres: list[Where]) -> dict[int, Where]:
    """Return new people, by id, who are there."""
    first = ids.new()
    return {first + number: where for number, where in enumerate(wheres)}
