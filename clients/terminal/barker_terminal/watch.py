"""The live view."""

import click

from barker_client import BarkerError, Event
from barker_terminal import screen
from barker_terminal.caller import Caller, json_option

TOLD = {
    "feed-changed": "Your feed has changed: bark feed",
    "gap": "More happened than the service keeps: bark feed",
    "delayed": "The service is slow just now; nothing is lost.",
}


@click.command()
@click.option("--since", metavar="ID", help="Begin behind this event, whose id --json prints; else from now.")
@json_option
@click.pass_obj
def watch(caller: Caller, since: str | None) -> None:
    """See what happens as it happens, until Ctrl-C; comes back by itself, and misses nothing.

    With --json a line each: {"id", "event", "data"}.
    """
    with caller.client() as client, client.stream(since, waits=_wait) as stream:
        try:
            for event in stream:
                _json(event) if caller.json else _show(event)
        except KeyboardInterrupt:  # which is how it is meant to end
            if not caller.json:
                click.echo(err=True)


def _wait(error: BarkerError, seconds: float) -> None:
    if seconds > 1:  # what is mended at once is not worth a word
        screen.note(f"{screen.safe(error.detail)} Trying again in {seconds:.0f} s.")


def _json(event: Event) -> None:
    screen.show_json({"id": event.id, "event": event.name, "data": event.data})


def _show(event: Event) -> None:
    if event.name == "bark" and event.bark:
        screen.barks([event.bark])
    elif event.notification:
        screen.notifications([event.notification])
    elif event.name == "delete":
        screen.note(f"Deleted: {screen.safe(str(event.data.get('id')))}")
    elif event.name == "ready":
        screen.note("Listening. Ctrl-C ends it.")
    elif event.name in TOLD:
        screen.note(TOLD[event.name])


COMMANDS = (watch,)
