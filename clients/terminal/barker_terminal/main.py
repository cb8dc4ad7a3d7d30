"""The command `bark`."""

import sys
from difflib import get_close_matches
from io import TextIOWrapper
from typing import Any

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

from barker_terminal import __version__, account, doing, finding, looking, parting, watch
from barker_terminal.caller import DEFAULT_URL, Caller, Refused, json_option, told

ALIKE = 0.7  # of a word and the name of a command, from which on the word is taken for a slip


class Bark(click.Group):
    """A group of commands in which text that is none is barked."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command. A slip of the keyboard must not be told to the world."""
        first = args[0]
        if ctx.resilient_parsing or first.startswith("-") or self.get_command(ctx, first):
            return super().resolve_command(ctx, args)
        slip = get_close_matches(first.lower(), self.commands, 1, ALIKE)
        if slip:
            meant = f"Did you mean: bark {slip[0]}? To bark it: bark say {first!r}"
            raise click.UsageError(f"There is no {first!r}. {meant}")
        return "say", doing.say, args

    def invoke(self, ctx: click.Context) -> Any:
        """Run it, and tell what goes wrong in words."""
        try:
            with told():
                return super().invoke(ctx)
        except Refused as error:
            caller = ctx.find_object(Caller)
            error.as_json = bool(caller and caller.json)
            raise


@click.group(cls=Bark, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bark")
@click.option("--url", envvar="BARK_URL", help=f"The service; else where you signed in, or {DEFAULT_URL}.")
@json_option
@click.pass_context
def bark(context: click.Context, url: str | None) -> None:
    """Bark from the command line.

    \b
    bark "Hello, world!"    everybody who follows you sees it
    bark watch              see what happens as it happens
    bark COMMAND --help     says more
    """  # noqa: D301 (click wants the character itself)
    context.ensure_object(Caller).url = url
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal of another alphabet is no reason to fail


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what teaches your shell to complete: eval "$(bark completion bash)"."""
    known = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}
    click.echo(known[shell](bark, {}, "bark", "_BARK_COMPLETE").source())


@click.command("help")
@click.argument("name", required=False)
@click.pass_context
def help_(context: click.Context, name: str | None) -> None:
    """Show this, or say more about a command: bark help feed."""
    root = context.find_root()
    if name is None:
        return click.echo(root.get_help())
    command = bark.get_command(root, name)
    if command is None:
        raise click.UsageError(f"There is no {name!r}.")
    return click.echo(command.get_help(click.Context(command, info_name=name, parent=root)))


for module in (account, doing, looking, finding, parting, watch):
    for command in module.COMMANDS:
        bark.add_command(command)
bark.add_command(completion)
bark.add_command(help_)


def run() -> None:
    """Be the command."""
    bark(prog_name="bark")
