"""Other people: looking at them, finding them."""

from functools import partial

from barker_client.calls import Calls, handle_part
from barker_client.pages import Pages
from barker_client.reading import read
from barker_client.shapes import Bark, Near, Path, User


class People(Calls):
    """Who there is."""

    def user(self, handle: str) -> User:
        """Look at somebody."""
        return read(User, self.call("GET", f"/v1/users/{handle_part(handle)}"))

    def barks_of(self, handle: str, *, limit: int | None = None) -> Pages[Bark]:
        """Read what somebody barked, newest first."""
        return Pages(partial(self.call, "GET"), f"/v1/users/{handle_part(handle)}/barks", Bark, {"limit": limit})

    def find_people(
        self, words: str | None = None, *, interest: str | None = None, limit: int | None = None
    ) -> Pages[User]:
        """Search people, by the beginning of words in handle and name, by an interest, or both."""
        query = {"q": words, "interest": interest, "limit": limit}
        return Pages(partial(self.call, "GET"), "/v1/users", User, query)

    def path_to(self, handle: str) -> Path:
        """Find by whom one reaches somebody, follow by follow."""
        return read(Path, self.call("GET", f"/v1/users/{handle_part(handle)}/path"))

    def nearby(
        self,
        *,
        radius: int | None = None,
        interest: str | None = None,
        at: tuple[float, float] | None = None,
        limit: int | None = None,
    ) -> Pages[Near]:
        """List who is near, nearest first: near one's own place, or near the latitude and longitude of `at`."""
        lat, lon = (f"{degrees:.7f}" for degrees in at) if at else (None, None)  # never with an exponent
        query = {"radius": radius, "interest": interest, "lat": lat, "lon": lon, "limit": limit}
        return Pages(partial(self.call, "GET"), "/v1/nearby", Near, query)
