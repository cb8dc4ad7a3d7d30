"""The read position: how far somebody has read on a device, so that it goes on there."""

from barker import ids
from barker.actions.accounts import Caller
from barker.errors import Invalid
from barker.models import Position, is_entry_id
from barker.stores import Stores
from barker.stores.delivery import CLOCKS_MS
from barker.stores.positions import Device


def check(entry_id: str, field: str) -> None:
    """Raise Invalid, naming the field, for what no stream can have handed out."""
    if not is_entry_id(entry_id) or int(entry_id.partition("-")[0]) > ids.now_ms() + CLOCKS_MS:
        raise Invalid("This is not from a stream: send the id of an event as it came.", field)


def device_of(stores: Stores, caller: Caller) -> Device:
    """Return by what the caller's device is known: a phone that signs in again under its name is the same."""
    session = stores.sessions.by_id(caller.user_id, caller.session_id)
    return session.device if session and session.device else caller.session_id


def position_of(stores: Stores, caller: Caller) -> Position:
    """Return how far the caller has read on this device."""
    return stores.positions.of(caller.user_id, device_of(stores, caller))


def move_position(stores: Stores, caller: Caller, entry_id: str) -> Position:
    """Move the caller's position on this device forward; a lower one changes nothing. Raises Invalid."""
    check(entry_id, "id")
    return stores.positions.move(caller.user_id, device_of(stores, caller), entry_id, ids.now_ms())
