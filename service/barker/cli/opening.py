"""What commands begin with: the settings, and stores that are there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from barker.errors import BadSettings, StoreDown
from barker.metrics import folder
from barker.settings import Settings

if TYPE_CHECKING:
    from barker.stores import Stores


def read_settings() -> Settings:
    """Return the settings, or end with words about them."""
    try:
        return Settings.read()
    except BadSettings as error:
        raise click.ClickException(f"These settings are wrong:\n{error}") from None


@contextmanager
def opened() -> Iterator["Stores"]:
    """Open the stores for a command that ends; one that does not answer is named."""
    settings = read_settings()
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
