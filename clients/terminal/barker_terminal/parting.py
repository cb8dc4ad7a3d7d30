"""Blocking and muting."""

import click

from barker_terminal import screen
from barker_terminal.caller import Caller, json_option


@click.command()
@click.argument("handle")
@json_option
@click.pass_obj
def block(caller: Caller, handle: str) -> None:
    """Block somebody: neither of you sees the other any more."""
    with caller.client() as client:
        user = client.block(handle)
    screen.show_json(user.raw) if caller.json else screen.show(f"You block @{screen.safe(user.handle)}.")


@click.command()
@click.argument("handle")
@json_option
@click.pass_obj
def unblock(caller: Caller, handle: str) -> None:
    """Block somebody no longer."""
    with caller.client() as client:
        client.unblock(handle)
    name = handle.removeprefix("@")
    screen.show_json({"unblocked": name}) if caller.json else screen.show(f"You block @{name} no longer.")


@click.command()
@click.argument("handle")
@click.option("--seconds", type=click.IntRange(1), help="For so long; else until you unmute.")
@json_option
@click.pass_obj
def mute(caller: Caller, handle: str, seconds: int | None) -> None:
    """Hide what somebody barks; nobody is told."""
    with caller.client() as client:
        user = client.mute(handle, seconds=seconds)
    screen.show_json(user.raw) if caller.json else screen.show(f"You mute @{screen.safe(user.handle)}.")


@click.command()
@click.argument("handle")
@json_option
@click.pass_obj
def unmute(caller: Caller, handle: str) -> None:
    """Hide no longer what somebody barks."""
    with caller.client() as client:
        client.unmute(handle)
    name = handle.removeprefix("@")
    screen.show_json({"unmuted": name}) if caller.json else screen.show(f"You mute @{name} no longer.")


COMMANDS = (block, unblock, mute, unmute)
