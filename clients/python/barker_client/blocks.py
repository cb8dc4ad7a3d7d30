"""Whom one wants to hear nothing of."""

from functools import partial

from barker_client.calls import Calls, handle_part
from barker_client.pages import Pages
from barker_client.reading import read
from barker_client.shapes import User


class Blocks(Calls):
    """Blocks part two people for both; a mute only hides barks, and nobody learns of it."""

    def block(self, handle: str) -> User:
        """Block somebody: neither sees the other any more. May be repeated."""
        return read(User, self.call("PUT", f"/v1/me/blocks/{handle_part(handle)}"))

    def unblock(self, handle: str) -> None:
        """Block somebody no longer; may be repeated."""
        self.call("DELETE", f"/v1/me/blocks/{handle_part(handle)}")

    def blocked(self, *, limit: int | None = None) -> Pages[User]:
        """List whom one blocks."""
        return Pages(partial(self.call, "GET"), "/v1/me/blocks", User, {"limit": limit})

    def mute(self, handle: str, *, seconds: int | None = None) -> User:
        """Hide what somebody barks, for ever or for a while; may be repeated."""
        body = None if seconds is None else {"seconds": seconds}
        return read(User, self.call("PUT", f"/v1/me/mutes/{handle_part(handle)}", body=body))

    def unmute(self, handle: str) -> None:
        """Hide no longer what somebody barks; may be repeated."""
        self.call("DELETE", f"/v1/me/mutes/{handle_part(handle)}")

    def muted(self, *, limit: int | None = None) -> Pages[User]:
        """List whom one mutes."""
        return Pages(partial(self.call, "GET"), "/v1/me/mutes", User, {"limit": limit})
