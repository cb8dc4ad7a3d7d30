"""The client: all that a service can be asked, a noun a file."""

from typing import Any

from barker_client.accounts import Accounts
from barker_client.barks import Barks
from barker_client.blocks import Blocks
from barker_client.follows import Follows
from barker_client.notifications import Notifications
from barker_client.people import People
from barker_client.profile import Profile
from barker_client.push import Push
from barker_client.stream import SILENCE_SECONDS, Stream, Waits


class Client(Accounts, Profile, People, Follows, Blocks, Barks, Notifications, Push):
    """Somebody who talks to a service: `Client("https://barker.example", token)`, or without a token before sign-in."""

    def stream(
        self, cursor: str | None = None, *, silence: float = SILENCE_SECONDS, waits: Waits | None = None
    ) -> Stream:
        """Hear of everything at once, and for ever: it comes back by itself, and tells each thing once.

        With the `id` of an event as `cursor` it goes on behind that event, else from now. A connection that brings
        nothing, no heartbeat either, for `silence` seconds is given up. `waits(error, seconds)` is told of each pause.
        """
        return Stream(self, cursor, silence=silence, waits=waits)

    def health(self) -> Any:
        """Ask whether the process that answers lives."""
        return self.call("GET", "/healthz")

    def readiness(self) -> Any:
        """Ask whether all stores of the service answer. Raises ServiceDown, which names those that do not."""
        return self.call("GET", "/readyz")
