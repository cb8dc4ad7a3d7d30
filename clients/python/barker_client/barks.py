"""Barks: writing, reading, liking, searching."""

from functools import partial

from barker_client.calls import Calls, id_part, tag_part
from barker_client.pages import Pages
from barker_client.reading import read
from barker_client.shapes import Bark, Trend, User


class Barks(Calls):
    """What people say."""

    def bark(
        self, text: str, *, in_reply_to: str | None = None, quote_of: str | None = None, key: str | None = None
    ) -> Bark:
        """Bark: every follower sees it.

        However often it has to be sent, it is barked once. That holds across restarts of your program, too, where you
        keep a `key` of your own with the text before you send it.
        """
        given = {"text": text, "in_reply_to": in_reply_to, "quote_of": quote_of}
        body = {field: value for field, value in given.items() if value is not None}
        return read(Bark, self.call("POST", "/v1/barks", body=body, key=key))

    def get_bark(self, bark_id: str) -> Bark:
        """Read one bark."""
        return read(Bark, self.call("GET", f"/v1/barks/{id_part(bark_id)}"))

    def delete_bark(self, bark_id: str) -> None:
        """Delete a bark of one's own, everywhere."""
        self.call("DELETE", f"/v1/barks/{id_part(bark_id)}")

    def like(self, bark_id: str) -> Bark:
        """Like a bark; may be repeated."""
        return read(Bark, self.call("PUT", f"/v1/barks/{id_part(bark_id)}/like"))

    def unlike(self, bark_id: str) -> None:
        """Like a bark no longer; may be repeated."""
        self.call("DELETE", f"/v1/barks/{id_part(bark_id)}/like")

    def likes_of(self, bark_id: str, *, limit: int | None = None) -> Pages[User]:
        """List who likes a bark, newest like first."""
        return Pages(partial(self.call, "GET"), f"/v1/barks/{id_part(bark_id)}/likes", User, {"limit": limit})

    def feed(self, *, limit: int | None = None) -> Pages[Bark]:
        """Read what those one follows barked, and one's own, newest first, back to the first one."""
        return Pages(partial(self.call, "GET"), "/v1/feed", Bark, {"limit": limit})

    def find_barks(self, words: str, *, limit: int | None = None) -> Pages[Bark]:
        """Search barks by words."""
        return Pages(partial(self.call, "GET"), "/v1/barks", Bark, {"q": words, "limit": limit})

    def tagged(self, tag: str, *, limit: int | None = None) -> Pages[Bark]:
        """Read the barks that bear a tag, with or without its #, newest first."""
        return Pages(partial(self.call, "GET"), f"/v1/tags/{tag_part(tag)}", Bark, {"limit": limit})

    def trends(self, *, limit: int | None = None) -> Pages[Trend]:
        """List the hashtags that most people used in the last day."""
        return Pages(partial(self.call, "GET"), "/v1/trends", Trend, {"limit": limit})
