"""Reading: my feed."""

from flask import Response

from barker.actions import feed, liking
from barker.api import bodies, cursors, render, shapes
from barker.api.auth import signed_in
from barker.api.blueprint import noun, replies
from barker.api.checks import checked
from barker.api.context import me, stores
from barker.api.limits import limited

reading = noun("reading", "My feed.")


@reading.get("/v1/feed", responses=replies(401, ok=shapes.Barks))
@signed_in
@limited(600)
@checked
def get_feed(query: bodies.Page) -> Response:
    """Read what those I follow barked, and my own barks, newest first, back to the first one."""
    of = f"feed:{me().user_id}"
    shown, last_id = feed.read_feed(stores(), me().user_id, cursors.decode(of, query.cursor), query.limit)
    return render.feed_page(shown, liking.liked_of(stores(), me().user_id, shown), of, last_id)
