"""One's own profile and place."""

from collections.abc import Iterable
from functools import partial

from barker_client.calls import Calls, handle_part
from barker_client.pages import Pages
from barker_client.reading import read
from barker_client.shapes import Match, Suggestion, User


class Profile(Calls):
    """What one tells about oneself, and whom the service finds by it."""

    def me(self) -> User:
        """Look at one's own profile."""
        return read(User, self.call("GET", "/v1/me"))

    def change_profile(
        self, *, name: str | None = None, about: str | None = None, interests: Iterable[str] | None = None
    ) -> User:
        """Change one's profile; what is left out stays."""
        given = {"name": name, "about": about, "interests": None if interests is None else list(interests)}
        body = {field: value for field, value in given.items() if value is not None}
        return read(User, self.call("PATCH", "/v1/me", body=body))

    def share_place(self, lat: float, lon: float) -> None:
        """Share where one is, rounded to the cell of a grid; to be repeated, as it is soon forgotten."""
        self.call("PUT", "/v1/me/place", body={"lat": float(lat), "lon": float(lon)})

    def hide_place(self) -> None:
        """Share no longer where one is."""
        self.call("DELETE", "/v1/me/place")

    def matches(self, kind: str = "similar", *, limit: int | None = None) -> Pages[Match]:
        """List who is like oneself by interests, or the `opposite`."""
        return Pages(partial(self.call, "GET"), "/v1/me/matches", Match, {"kind": kind, "limit": limit})

    def suggestions(self, *, limit: int | None = None) -> Pages[Suggestion]:
        """List whom one may want to follow, and because of whom."""
        return Pages(partial(self.call, "GET"), "/v1/me/suggestions", Suggestion, {"limit": limit})

    def dismiss_suggestion(self, handle: str) -> None:
        """Have somebody not suggested again; may be repeated."""
        self.call("DELETE", f"/v1/me/suggestions/{handle_part(handle)}")
