"""What one connection acknowledges: the read position of its user on its device, written now and then."""

import time

import structlog

from barker import ids
from barker.actions import positions
from barker.actions.accounts import Caller
from barker.errors import StoreDown
from barker.models import entry_order
from barker.stores import Stores
from barker.stores.positions import Device

WRITE_SECONDS = 1.0  # a burst of acks is one write

log = structlog.get_logger()


class Acks:
    """The acks of one connection."""

    def __init__(self, stores: Stores, caller: Caller) -> None:
        self._stores, self._caller = stores, caller
        self._device: Device | None = None
        self._taken = ""
        self._due: float | None = None

    def resume(self) -> str | None:
        """Return the entry up to which everything was taken before, None for somebody new. Raises StoreDown."""
        self._device = positions.device_of(self._stores, self._caller)
        return self._stores.positions.of(self._caller.user_id, self._device).entry_id

    def take(self, entry_id: str) -> None:
        """Note that everything up to this entry was taken. Raises Invalid for what is from no stream."""
        positions.check(entry_id, "ack")
        if not self._taken or entry_order(entry_id) > entry_order(self._taken):
            self._taken = entry_id
            self._due = self._due or time.monotonic() + WRITE_SECONDS

    def wait(self) -> float | None:
        """Return in how many seconds there is something to write, None for nothing."""
        return None if self._due is None else max(0.0, self._due - time.monotonic())

    def save(self) -> None:
        """Write what was taken since the last time; later, if the store is down."""
        if self._due is None:
            return
        self._due = None
        try:
            if self._device is None:
                self._device = positions.device_of(self._stores, self._caller)
            self._stores.positions.move(self._caller.user_id, self._device, self._taken, ids.now_ms())
        except StoreDown as error:  # an ack that is lost means something told twice, nothing missing
            log.warning("left_for_later", what="read position", store=error.store)
            self._due = time.monotonic() + WRITE_SECONDS
