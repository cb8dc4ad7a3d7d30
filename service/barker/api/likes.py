"""Likes: who likes a bark."""

from flask import Response

from barker.actions import liking, seeing
from barker.api import bodies, cursors, render, shapes
from barker.api.auth import anyone, signed_in
from barker.api.blueprint import noun, replies
from barker.api.checks import checked
from barker.api.context import me, stores, viewer
from barker.api.limits import limited

likes = noun("likes", "Who likes what.")


@likes.put("/v1/barks/<id>/like", responses=replies(401, 403, 404, ok=shapes.Bark))
@signed_in
@limited(300)
@checked
def put_like(path: bodies.IdPath) -> Response:
    """Like a bark; may be repeated."""
    shown = liking.like(stores(), me().user_id, path.number())
    return render.answer(render.bark(shown, me().user_id, liked=True))


@likes.delete("/v1/barks/<id>/like", responses=replies(401, 403, 404, empty=None))
@signed_in
@limited(300)
@checked
def delete_like(path: bodies.IdPath) -> Response:
    """Like a bark no longer; may be repeated."""
    liking.unlike(stores(), me().user_id, path.number())
    return Response(status=204)


@likes.get("/v1/barks/<id>/likes", responses=replies(401, 404, ok=shapes.Users))
@anyone
@limited(300)
@checked
def get_likes(path: bodies.IdPath, query: bodies.Page) -> Response:
    """List who likes a bark, newest like first."""
    bark_id = seeing.bark_of(stores(), viewer(), path.number()).bark.id
    of = f"likes:{bark_id}"
    found = stores().likes.of_bark(bark_id, cursors.decode(of, query.cursor), query.limit + 1)
    people = seeing.people(stores(), viewer(), [like.user_id for like in found[: query.limit]])
    items = [render.seen(one) for one in people]
    return render.page(shapes.Users, items, of, cursors.cut([like.id for like in found], query.limit))
