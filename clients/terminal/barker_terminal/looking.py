"""Reading: the feed, what happened, who and what there is."""

from collections.abc import Callable
from itertools import islice
from typing import TypeVar

import click

from barker_client.shapes import Near
from barker_terminal import screen
from barker_terminal.caller import Caller, json_option

LOOKED_AT = 5  # pages: where an interest is asked for, one may be empty and not the last
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
        pages = islice(client.nearby(radius=radius, interest=interest, limit=limit).pages(), LOOKED_AT)
        found = list(islice((near for page in pages for near in page.items), limit))
    if caller.json:
        return screen.show_json({"items": [near.raw for near in found]})
    screen.people((near.user, _where(near)) for near in found)
    return None if found else screen.note("Nobody is near.")


def _where(near: Near) -> str:
    if near.direction == "here":
        return "here"
    metres = near.distance_m
    return f"{f'{metres} m' if metres < 1000 else f'{metres / 1000:.1f} km'} {near.direction.upper()}"


COMMANDS = (feed, notifications, search, nearby)
