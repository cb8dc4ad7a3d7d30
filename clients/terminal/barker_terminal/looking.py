"""Reading: the feed, what happened, who and what there is."""

from collections.abc import Callable
from typing import TypeVar

import click

from barker_client import Page
from barker_client.shapes import Near
from barker_terminal import screen
from barker_terminal.caller import Caller, json_option

Command = TypeVar("Command", bound=Callable[..., object])


def paged(command: Command) -> Command:
    """Let a command take which part of a list to show."""
    limit = click.option("--limit", "-n", type=click.IntRange(1, 100), default=20, show_default=True, help="How many.")
    return limit(click.option("--cursor", help="Go on where a page ended.")(command))


@click.command()
@paged
@json_option
@click.pass_obj
def feed(caller: Caller, limit: int, cursor: str | None) -> None:
    """Read what those you follow barked, newest first."""
    with caller.client() as client:
        page = client.feed(limit=limit).page(cursor)
    if caller.json:
        return screen.show_json(page.raw)
    screen.barks(page.items)
    if not page.items:
        screen.note("Nothing yet. Follow somebody: bark follow @handle")
    return screen.more(page.raw, "feed")


@click.command()
@click.option("--read", is_flag=True, help="Note that you have read them.")
@paged
@json_option
@click.pass_obj
def notifications(caller: Caller, read: bool, limit: int, cursor: str | None) -> None:
    """Read what happened to you, newest first."""
    with caller.client() as client:
        page = client.notifications(limit=limit).page(cursor)
        if read and page.items:
            client.read_notifications(page.items[0].id)
    if caller.json:
        return screen.show_json(page.raw)
    screen.notifications(page.items)
    if not page.items:
        screen.note("Nothing yet.")
    return screen.more(page.raw, "notifications")


@click.command()
@click.argument("words")
@click.option("--people", is_flag=True, help="Search people, not barks.")
@paged
@json_option
@click.pass_obj
def search(caller: Caller, words: str, people: bool, limit: int, cursor: str | None) -> None:
    """Search barks, or people."""
    with caller.client() as client:
        if people:
            found = client.find_people(words, limit=limit).page(cursor)
            rows = [(user, user.about.replace("\n", " ")[:60]) for user in found.items]
            return screen.show_json(found.raw) if caller.json else screen.people(rows)
        page = client.find_barks(words, limit=limit).page(cursor)
    if caller.json:
        return screen.show_json(page.raw)
    screen.barks(page.items)
    return screen.note("Nothing found.") if not page.items else None


@click.command()
@click.option("--limit", "-n", type=click.IntRange(1, 100), default=7, show_default=True, help="How many.")
@click.option("--radius", type=click.IntRange(1), metavar="METRES", help="How far away at most.")
@click.option("--interest", help="Only who has this interest.")
@json_option
@click.pass_obj
def nearby(caller: Caller, limit: int, radius: int | None, interest: str | None) -> None:
    """See who is near you, nearest first; share your own place by `bark place`."""
    with caller.client() as client:
        page = client.nearby(radius=radius, interest=interest, limit=limit).page()
    if caller.json:
        return screen.show_json(page.raw)
    screen.people((near.user, _where(near)) for near in page.items)
    return _say_of_nobody(page)


def _where(near: Near) -> str:
    far = f"{near.distance_m:.0f} m" if near.distance_m < 1000 else f"{near.distance_m / 1000:.1f} km"
    return f"{far} {near.direction or ''}".strip()


def _say_of_nobody(page: Page[Near]) -> None:
    if not page.items:
        screen.note("Nobody is near.")


COMMANDS = (feed, notifications, search, nearby)
