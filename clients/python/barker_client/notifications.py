"""What happened to oneself, and how much of it was read."""

from functools import partial

from barker_client.calls import Calls
from barker_client.pages import Pages
from barker_client.reading import read
from barker_client.shapes import Notification, Position, ReadMarker


class Notifications(Calls):
    """The list of what happened, and positions in it and in the stream."""

    def notifications(self, *, limit: int | None = None) -> Pages[Notification]:
        """Read what happened, newest first; `raw["unread"]` of a page says how much was not read."""
        return Pages(partial(self.call, "GET"), "/v1/me/notifications", Notification, {"limit": limit})

    def read_notifications(self, notification_id: str) -> ReadMarker:
        """Note up to which notification all are read, which only moves on."""
        return read(ReadMarker, self.call("PUT", "/v1/me/notifications/read", body={"id": notification_id}))

    def read_position(self) -> Position:
        """Look how far one has read on this device."""
        return read(Position, self.call("GET", "/v1/me/read-position"))

    def move_read_position(self, event_id: str) -> Position:
        """Note how far one has read on this device: the id of an event; a position never moves back."""
        return read(Position, self.call("PUT", "/v1/me/read-position", body={"id": event_id}))
