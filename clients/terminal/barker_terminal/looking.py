"""Reading: the feed, and what happened."""

from collections.abc import Callable
from typing import TypeVar

import click

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


COMMANDS = (feed, notifications)
