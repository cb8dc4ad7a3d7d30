"""Who follows whom."""

from functools import partial
from typing import TypeVar

from barker_client.calls import Calls, Query, handle_part
from barker_client.pages import Pages
from barker_client.reading import read
from barker_client.shapes import Reached, Shape, User

T = TypeVar("T", bound=Shape)


class Follows(Calls):
    """Following, and walks along it."""

    def follow(self, handle: str) -> User:
        """Follow somebody; may be repeated."""
        return read(User, self.call("PUT", f"/v1/me/following/{handle_part(handle)}"))

    def unfollow(self, handle: str) -> None:
        """Follow somebody no longer; may be repeated."""
        self.call("DELETE", f"/v1/me/following/{handle_part(handle)}")

    def followers(self, handle: str, *, limit: int | None = None) -> Pages[User]:
        """List who follows somebody."""
        return self._of(handle, "followers", User, {"limit": limit})

    def following(self, handle: str, *, limit: int | None = None) -> Pages[User]:
        """List whom somebody follows."""
        return self._of(handle, "following", User, {"limit": limit})

    def followers_within(self, handle: str, depth: int, *, limit: int | None = None) -> Pages[Reached]:
        """List who reaches somebody by two or three follows at most, nearest first, with the distance."""
        return self._of(handle, "followers", Reached, {"depth": depth, "limit": limit})

    def following_within(self, handle: str, depth: int, *, limit: int | None = None) -> Pages[Reached]:
        """List whom somebody reaches by two or three follows at most, nearest first, with the distance."""
        return self._of(handle, "following", Reached, {"depth": depth, "limit": limit})

    def mutuals(self, handle: str, *, limit: int | None = None) -> Pages[User]:
        """List who follows somebody and is followed back."""
        return self._of(handle, "mutuals", User, {"limit": limit})

    def followers_you_know(self, handle: str, *, limit: int | None = None) -> Pages[User]:
        """List who of those one follows follows somebody."""
        return self._of(handle, "followers-you-know", User, {"limit": limit})

    def _of(self, handle: str, what: str, kind: type[T], query: Query) -> Pages[T]:
        return Pages(partial(self.call, "GET"), f"/v1/users/{handle_part(handle)}/{what}", kind, query)
