"""The command `barker`."""

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from barker import __version__, vapid
from barker.errors import BadSettings, StoreDown
from barker.metrics import folder
from barker.settings import Settings

if TYPE_CHECKING:
    from barker.stores import Stores
    from barker.stores.lanes import Lanes, Parked


@click.group()
@click.version_option(__version__)
def main() -> None:
    """Barker: the backend of a Twitter-style app. Settings are BARKER_* in the environment."""


def _settings() -> Settings:
    try:
        return Settings.read()
    except BadSettings as error:
        raise click.ClickException(f"These settings are wrong:\n{error}") from None


@main.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("var"),
    show_default=True,
    help="Where everything is kept.",
)
@click.option("--host", default="127.0.0.1", envvar="BARKER_HOST", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8000,
    envvar="BARKER_PORT",
    show_default=True,
    type=click.IntRange(1, 65535),
    help="Port to listen on; a free one if it is taken.",
)
@click.option("--fresh", is_flag=True, help="Start empty: deletes what is in the data folder.")
@click.option("--demo", is_flag=True, help="Fill in a small, lively world.")
def up(data: Path, host: str, port: int, fresh: bool, demo: bool) -> None:
    """Run it all on this machine: four stores, the API, a worker."""
    from barker.local.demo import demo as fill  # noqa: PLC0415 (drivers take half a second to import)
    from barker.local.up import up as run  # noqa: PLC0415 (needs the extra `local`)

    sys.exit(run(data=data, host=host, port=port, fresh=fresh, demo=fill if demo else None))


@main.command()
def prepare() -> None:
    """Create indexes, constraints, lanes and functions in the stores; may be repeated."""
    with _stores() as stores:
        stores.prepare()
    click.echo("The stores are prepared.")


@contextmanager
def _stores() -> Iterator["Stores"]:
    """Open the stores for a command that ends; one that does not answer is named."""
    settings = _settings()
    os.environ.pop(folder.VARIABLE, None)  # what runs for a moment leaves no file to be read for ever
    from barker.stores import connect  # noqa: PLC0415 (drivers take half a second to import)

    stores = connect(settings)
    try:
        yield stores
    except StoreDown as error:
        raise click.ClickException(
            f"The {error.store} store does not answer; see its BARKER_*_URL. ({error.__cause__})"
        ) from None
    finally:
        stores.close()


@main.command()
@click.option(
    "--group",
    type=click.Choice(["all", "api", "stream"]),
    default="all",
    envvar="BARKER_GROUP",
    show_default=True,
    help="What to answer: everything, all but streams, or streams alone.",
)
def serve(group: str) -> None:
    """Serve HTTP, by gunicorn, on BARKER_HOST and BARKER_PORT."""
    os.environ["BARKER_GROUP"] = group
    _settings()
    os.execv(sys.executable, [sys.executable, "-P", "-m", "gunicorn", "-c", "python:barker.server", "barker.wsgi:app"])


@main.command()
@click.option(
    "--processes",
    default=1,
    envvar="BARKER_WORKER_PROCESSES",
    show_default=True,
    type=click.IntRange(1, 64),
    help="How many; with more than one, those that die are started again.",
)
def worker(processes: int) -> None:
    """Run jobs until Ctrl-C or SIGTERM; a second one, or BARKER_WORKER_STOP_SECONDS, ends it at once."""
    os.environ["BARKER_WORKER_PROCESSES"] = str(processes)
    _settings()
    os.execv(sys.executable, [sys.executable, "-P", "-m", "barker.worker"])


@main.command("push-key")
def push_key() -> None:
    """Make a key for Web Push, to be put into the environment of all processes; a new one ends all subscriptions."""
    key = vapid.new_key()
    click.echo(f"# Browsers know it by its public half, {vapid.public_key(key)}")
    click.echo("# Whom push services may turn to:\nBARKER_PUSH_CONTACT=mailto:you@example.org")
    click.echo(f"# Secret:\nBARKER_PUSH_KEY={key}")


_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_ids = click.argument("ids", nargs=-1, metavar="[ID]...")
_all = click.option("--all", "everything", is_flag=True, help="All that are parked now.")


@main.group(invoke_without_command=True)
@_json
@click.pass_context
def jobs(context: click.Context, as_json: bool) -> None:
    """Show the lanes of jobs; see to those that were given up."""
    if context.invoked_subcommand:
        if as_json:
            raise click.UsageError(f"--json comes last: barker jobs {context.invoked_subcommand} --json")
        return
    with _stores() as stores:
        found = stores.lanes.overview()
    if as_json:
        click.echo(json.dumps(asdict(found)))
        return
    click.echo(f"{'lane':<8}{'waiting':>10}{'running':>10}{'oldest':>12}")
    for name, lane in found.lanes.items():
        click.echo(f"{name:<8}{lane.waiting:>10}{lane.running:>10}{lane.oldest_seconds:>10.1f} s")
    click.echo(f"\nlater    {found.due} due, {found.not_due} not due yet")
    click.echo(f"parked   {found.parked}" + ("   (see: barker jobs parked)" if found.parked else ""))


@jobs.command()
@_json
def parked(as_json: bool) -> None:
    """List the jobs that were given up, oldest first."""
    with _stores() as stores:
        for one in stores.lanes.all_parked():
            click.echo(json.dumps(_fields(one)) if as_json else _line(one))


@jobs.command()
@_ids
@_all
def retry(ids: Sequence[str], everything: bool) -> None:
    """Put parked jobs back into their lanes, as new."""
    with _stores() as stores:
        number = stores.lanes.retry(_chosen(stores.lanes, ids, everything))
    click.echo(f"Put back: {number}.")


@jobs.command()
@_ids
@_all
@click.option("--yes", is_flag=True, help="Do not ask.")
def drop(ids: Sequence[str], everything: bool, yes: bool) -> None:
    """Forget parked jobs for good."""
    with _stores() as stores:
        chosen = _chosen(stores.lanes, ids, everything)
        if everything and not yes:
            _ask(len(chosen))
        number = stores.lanes.drop(chosen)
    click.echo(f"Dropped: {number}.")


def _ask(number: int) -> None:
    """Ask a person; a script has to say --yes."""
    if not sys.stdin.isatty():
        raise click.UsageError("To drop all without being asked, say --yes.")
    click.confirm(f"Drop {number} parked jobs for good?", abort=True)


def _chosen(lanes: "Lanes", ids: Sequence[str], everything: bool) -> list["Parked"]:
    """Return what a command is about. Raises UsageError for what is no id, ClickException for what is not parked."""
    if bool(ids) == everything:
        raise click.UsageError("Name the ids of parked jobs (see: barker jobs parked), or say --all.")
    if everything:
        return list(lanes.all_parked())
    for id_ in ids:
        if not re.fullmatch(r"\d{1,15}-\d{1,19}", id_):
            raise click.UsageError(f"{id_!r} is no id: they look like 1790000000000-0.")
    found = lanes.by_ids(ids)
    if missing := [id_ for id_ in ids if id_ not in found]:
        raise click.ClickException(f"Nothing was done: not parked, or not any more: {', '.join(missing)}")
    return list(found.values())


def _fields(one: "Parked") -> dict[str, object]:
    job = {"name": one.job.name, "arguments": one.job.arguments, "attempts": one.job.attempt}
    return {"id": one.id, "at": _at(one), **job, "lane": one.lane, "reason": one.reason, "text": one.text}


def _line(one: "Parked") -> str:
    what = one.text[:80] if one.job.name == "unreadable" else json.dumps(one.job.arguments)
    return f"{one.id}  {_at(one)}  {one.lane}  {one.job.name} {what}  attempts: {one.job.attempt}  {one.reason}"


def _at(one: "Parked") -> str:
    return datetime.fromtimestamp(one.parked_ms / 1000, UTC).isoformat(timespec="seconds")


if __name__ == "__main__":
    main()
