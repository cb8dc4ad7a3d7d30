"""The command `barker`."""

import os
import sys
from pathlib import Path

import click

from barker import __version__
from barker.errors import BadSettings, StoreDown
from barker.settings import Settings


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
    from barker.stores import connect  # noqa: PLC0415 (drivers take half a second to import)

    stores = connect(_settings())
    try:
        stores.prepare()
    except StoreDown as error:
        raise click.ClickException(
            f"The {error.store} store does not answer; see its BARKER_*_URL. ({error.__cause__})"
        ) from None
    finally:
        stores.close()
    click.echo("The stores are prepared.")


@main.command()
def serve() -> None:
    """Serve HTTP, by gunicorn, on BARKER_HOST and BARKER_PORT."""
    _settings()
    os.execv(sys.executable, [sys.executable, "-P", "-m", "gunicorn", "-c", "python:barker.server", "barker.wsgi:app"])


@main.command()
def worker() -> None:
    """Run jobs until Ctrl-C or SIGTERM."""
    _settings()
    os.execv(sys.executable, [sys.executable, "-P", "-m", "barker.worker"])


if __name__ == "__main__":
    main()
