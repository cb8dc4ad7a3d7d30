"""The command `barker`."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from barker import __version__, vapid
from barker.cli.doctor import doctor
from barker.cli.jobs import jobs
from barker.cli.opening import opened, read_settings
from barker.cli.rebuild import rebuild

if TYPE_CHECKING:
    from barker.stores.migrations import Progress


@click.group()
@click.version_option(__version__)
def main() -> None:
    """Barker: the backend of a Twitter-style app. Settings are BARKER_* in the environment."""


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
    with opened() as stores:
        stores.prepare(_tell)
    click.echo("The stores are prepared.")


def _tell(progress: "Progress") -> None:
    end = "done" if progress.done else f"of about {progress.about:,}"
    click.echo(f"{progress.step}: {progress.seen:,} looked at, {end}")


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
    read_settings()
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
    read_settings()
    os.execv(sys.executable, [sys.executable, "-P", "-m", "barker.worker"])


@main.command("push-key")
def push_key() -> None:
    """Make a key for Web Push, to be put into the environment of all processes; a new one ends all subscriptions."""
    key = vapid.new_key()
    click.echo(f"# Browsers know it by its public half, {vapid.public_key(key)}")
    click.echo("# Whom push services may turn to:\nBARKER_PUSH_CONTACT=mailto:you@example.org")
    click.echo(f"# Secret:\nBARKER_PUSH_KEY={key}")


main.add_command(doctor)
main.add_command(jobs)
main.add_command(rebuild)
