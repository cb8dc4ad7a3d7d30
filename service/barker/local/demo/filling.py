"""Fill a running service with the demo, and tell who to sign in as."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from random import Random
from typing import TypeVar

from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn

from barker import ids
from barker.actions import passwords
from barker.errors import StoreDown
from barker.local.demo.people import cast
from barker.local.demo.world import World, imagine, place_of
from barker.local.display import print_line
from barker.local.errors import StartFailed
from barker.models import Bark, User
from barker.settings import Settings
from barker.stores import Stores, connect

PASSWORD = "ada-likes-dogs"  # noqa: S105 (everybody's, and told to everybody)
SEED = 7
DAY_MS = 24 * 3600 * 1000
STAY_SECONDS = 365 * 24 * 3600  # nobody renews where the people of the demo are
BARKS, FOLLOWS = 100, 250  # a step of the progress bar

T = TypeVar("T")


def demo(env: Mapping[str, str]) -> None:
    """Fill the service of these settings, with a progress bar, and say what to look at."""
    with closing(connect(Settings.read(env))) as stores:
        try:
            world = _fill_visibly(stores)
        except StoreDown as error:
            raise StartFailed(f"The demo could not be filled in. {error.detail} ({error.__cause__})") from error
    print_line(_summary(world))


def fill(stores: Stores, *, progress: Callable[[float], None] | None = None, seed: int = SEED) -> World:
    """Put the demo into the stores and return it; where it is already, return its people alone.

    People come last: until they are there nobody is shown what else is, so an interrupted fill can be repeated.
    """
    now_ms = ids.now_ms()
    rng = Random(seed)  # noqa: S311 (a world that can be made again, not a secret)
    people = cast(rng, now_ms)
    known = {person.handle: stores.users.by_handle(person.handle) for person in people}
    ours = [user for person in people if (user := known[person.handle]) and user.name == person.name]
    if ours:
        _put_back(stores, ours)
        return World(ours, [], [], {})
    world = imagine(rng, [person for person in people if not known[person.handle]], now_ms)
    steps = _steps(stores, world, now_ms)
    for done, step in enumerate(steps, 1):
        step()
        if progress:
            progress(done / len(steps))
    return world


def _steps(stores: Stores, world: World, now_ms: int) -> list[Callable[[], None]]:
    return [
        *(partial(stores.barks.insert_many, barks) for barks in _parts(world.barks, BARKS)),
        *(partial(stores.follows.add_many, pairs, now_ms) for pairs in _parts(world.follows, FOLLOWS)),
        partial(stores.places.put_many, world.places, STAY_SECONDS),
        partial(_count_tags, stores, [bark for bark in world.barks if ids.ms_of(bark.id) > now_ms - DAY_MS]),
        lambda: stores.users.insert_many(world.people, passwords.hashed(PASSWORD)),
    ]


def _parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _count_tags(stores: Stores, barks: Sequence[Bark]) -> None:
    for bark in barks:
        if bark.tags:
            stores.trends.count(bark.tags, bark.author_id)


def _put_back(stores: Stores, people: list[User]) -> None:
    """Put people where they were: places are short-lived, and a restart forgets them all."""
    places = {user.id: place for user in people if (place := place_of(user.handle))}
    if not any(stores.places.of(user_id) for user_id in places):
        stores.places.put_many(places, STAY_SECONDS)


def _fill_visibly(stores: Stores) -> World:
    spinner = SpinnerColumn(finished_text="[green]✓")
    with Progress(spinner, TextColumn("{task.description:<20}"), BarColumn(), TaskProgressColumn()) as bar:
        task = bar.add_task("Demo", total=1.0)
        world = fill(stores, progress=lambda done: bar.update(task, completed=done))
        bar.update(task, completed=1.0)
    return world


def _summary(world: World) -> str:
    if not world.people:
        return "The demo is not filled in: others have all its handles."
    guide = world.people[0].handle
    famous = max(world.people[1:], key=lambda user: user.counts.followers, default=world.people[0]).handle
    added = f"{len(world.people)} people, {len(world.follows)} follows, {len(world.barks)} barks"
    return "\n".join(
        (
            f"The demo is filled in: {added}." if world.barks else "The demo was here already: nothing is added.",
            f"Sign in as {guide}, password {PASSWORD} (it is everybody's here): the feed of {guide} is full.",
            f"Look at {famous}, whom most follow.",
        )
    )
