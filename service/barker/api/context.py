"""What a request finds: the stores, the hub, and who is calling."""

from dataclasses import dataclass
from typing import cast

from flask import current_app, g

from barker.actions.accounts import Caller
from barker.live.caps import Caps
from barker.live.hub import Hub
from barker.settings import Settings
from barker.stores import Stores

EXTENSION = "barker"


@dataclass(frozen=True)
class Context:
    """One a process, kept by the app."""

    settings: Settings
    stores: Stores
    hub: Hub
    caps: Caps


def context() -> Context:
    """Return what this process has."""
    return cast(Context, current_app.extensions[EXTENSION])


def stores() -> Stores:
    """Return the stores."""
    return context().stores


def me() -> Caller:
    """Return who is calling; only for routes that are `signed_in`."""
    return cast(Caller, g.caller)


def viewer() -> int | None:
    """Return the id of who is looking, None for a stranger."""
    return g.caller.user_id if g.get("caller") else None
