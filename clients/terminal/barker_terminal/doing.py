"""Barking, and what one does with barks and people."""

import sys
from typing import Any

import click

from barker_terminal import screen
from barker_terminal.caller import Caller, json_option


def _done(caller: Caller, words: str, found: Any) -> None:
    screen.show_json(found) if caller.json else screen.show(words)


@click.command()
@click.argument("text", nargs=-1, required=True)
@click.option("--reply-to", metavar="ID", help="The bark that this answers.")
@json_option
@click.pass_obj
def say(caller: Caller, text: tuple[str, ...], reply_to: str | None) -> None:
    """Bark: the same as `bark "text"`; - reads the text from stdin."""
    if len(text) > 1:
        raise click.UsageError('Put what you want to bark between quotes: bark "Hello, world!"')
    try:
        words = sys.stdin.read() if text == ("-",) else text[0]
        words.encode()
    except UnicodeError:
        raise click.UsageError("That is no text: it is not written in UTF-8.") from None
    with caller.client() as client:
        bark = client.bark(words, in_reply_to=reply_to)
    _done(caller, f"Barked: {bark.id}", bark.raw)


@click.command()
@click.argument("bark_id", metavar="ID")
@json_option
@click.pass_obj
def delete(caller: Caller, bark_id: str) -> None:
    """Delete a bark of yours, everywhere."""
    with caller.client() as client:
        client.delete_bark(bark_id)
    _done(caller, "Deleted.", {"deleted": bark_id})


@click.command()
@click.argument("bark_id", metavar="ID")
@json_option
@click.pass_obj
def like(caller: Caller, bark_id: str) -> None:
    """Like a bark."""
    with caller.client() as client:
        bark = client.like(bark_id)
    _done(caller, f"You like what @{screen.safe(bark.author.handle)} barked.", bark.raw)


@click.command()
@click.argument("bark_id", metavar="ID")
@json_option
@click.pass_obj
def unlike(caller: Caller, bark_id: str) -> None:
    """Like a bark no longer."""
    with caller.client() as client:
        client.unlike(bark_id)
    _done(caller, "You like it no longer.", {"unliked": bark_id})


@click.command()
@click.argument("handle")
@json_option
@click.pass_obj
def follow(caller: Caller, handle: str) -> None:
    """Follow somebody: bark follow @ada."""
    with caller.client() as client:
        user = client.follow(handle)
    _done(caller, f"You follow @{screen.safe(user.handle)}.", user.raw)


@click.command()
@click.argument("handle")
@json_option
@click.pass_obj
def unfollow(caller: Caller, handle: str) -> None:
    """Follow somebody no longer."""
    with caller.client() as client:
        client.unfollow(handle)
    _done(caller, f"You follow {screen.safe(handle)} no longer.", {"unfollowed": handle.removeprefix("@")})


@click.command()
@click.argument("lat", type=click.FloatRange(-90, 90), required=False)
@click.argument("lon", type=click.FloatRange(-180, 180), required=False)
@click.option("--off", is_flag=True, help="Share it no longer.")
@json_option
@click.pass_obj
def place(caller: Caller, lat: float | None, lon: float | None, off: bool) -> None:
    """Share where you are, roughly, so that you find and are found: bark place -- 48.14 11.58."""
    if off == (lat is not None) or (lat is None) != (lon is None):
        raise click.UsageError("Give latitude and longitude, or --off: bark place -- 48.14 11.58")
    with caller.client() as client:
        client.hide_place() if lat is None or lon is None else client.share_place(lat, lon)
    _done(caller, "Nobody sees where you are." if off else "Shared, for a while.", {"shared": not off})


COMMANDS = (say, delete, like, unlike, follow, unfollow, place)
