"""`barker jobs`: the lanes, and the jobs that were given up."""

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from barker.cli.opening import opened

if TYPE_CHECKING:
    from barker.stores.lanes import Lanes, Parked

_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_ids = click.argument("ids", nargs=-1, metavar="[ID]...")
_all = click.option("--all", "everything", is_flag=True, help="All that are parked now.")


@click.group(invoke_without_command=True)
@_json
@click.pass_context
def jobs(context: click.Context, as_json: bool) -> None:
    """Show the lanes of jobs; see to those that were given up."""
    if context.invoked_subcommand:
        if as_json:
            raise click.UsageError(f"--json comes last: barker jobs {context.invoked_subcommand} --json")
        return
    with opened() as stores:
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
    with opened() as stores:
        for one in stores.lanes.all_parked():
            click.echo(json.dumps(_fields(one)) if as_json else _line(one))


@jobs.command()
@_ids
@_all
def retry(ids: Sequence[str], everything: bool) -> None:
    """Put parked jobs back into their lanes, as new."""
    with opened() as stores:
        number = stores.lanes.retry(_chosen(stores.lanes, ids, everything))
    click.echo(f"Put back: {number}.")


@jobs.command()
@_ids
@_all
@click.option("--yes", is_flag=True, help="Do not ask.")
def drop(ids: Sequence[str], everything: bool, yes: bool) -> None:
    """Forget parked jobs for good."""
    with opened() as stores:
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
