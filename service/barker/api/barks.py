"""Barks: writing, reading and deleting one, and finding them."""

from flask import Response

from barker import models
from barker.actions import accounts, barking, liking, searching, seeing
from barker.api import bodies, cursors, render, shapes
from barker.api.auth import anyone, signed_in
from barker.api.blueprint import noun, replies
from barker.api.checks import checked
from barker.api.context import me, stores, viewer
from barker.api.idempotency import idempotent, reserved_id
from barker.api.limits import limited

barks = noun("barks", "What people say.")


@barks.post("/v1/barks", responses=replies(401, 403, 409, 413, 415, created=shapes.Bark))
@signed_in
@limited(120)
@checked
@idempotent
def post_bark(body: bodies.NewBark) -> Response:
    """Bark: every follower sees it."""
    draft = models.BarkDraft(body.text, _number(body.in_reply_to), _number(body.quote_of))
    shown = barking.post_bark(stores(), accounts.me(stores(), me()), draft, reserved_id())
    response = render.answer(render.bark(shown, viewer()), 201)
    response.headers["Location"] = f"/v1/barks/{shown.bark.id}"
    return response


def _number(id_: str | None) -> int | None:
    return None if id_ is None else int(id_)


@barks.get("/v1/barks", responses=replies(401, ok=shapes.Barks))
@anyone
@limited(300)
@checked
def get_barks(query: bodies.SearchBarks) -> Response:
    """Find barks that have all these words and hashtags, newest first."""
    return _found(searching.keys_of(query.q), query)


@barks.get("/v1/tags/<tag>", responses=replies(401, 404, ok=shapes.Barks))
@anyone
@limited(300)
@checked
def get_tag(path: bodies.TagPath, query: bodies.Page) -> Response:
    """Read barks with a hashtag, newest first."""
    return _found([searching.tag_key(path.tag)], query)


def _found(keys: list[str], query: bodies.Page) -> Response:
    of = cursors.of_query("found", keys)
    shown, end = searching.barks(stores(), viewer(), keys, cursors.decode(of, query.cursor), query.limit)
    liked = liking.liked_of(stores(), viewer(), shown)
    items = [render.bark(one, viewer(), liked=one.bark.id in liked) for one in shown]
    return render.page(shapes.Barks, items, of, end)


@barks.get("/v1/barks/<id>", responses=replies(401, 404, ok=shapes.Bark))
@anyone
@limited(600)
@checked
def get_bark(path: bodies.IdPath) -> Response:
    """Read one bark."""
    shown = seeing.bark_of(stores(), viewer(), path.number())
    liked = bool(liking.liked_of(stores(), viewer(), [shown]))
    return render.answer(render.bark(shown, viewer(), liked=liked))


@barks.delete("/v1/barks/<id>", responses=replies(401, 403, 404, empty=None))
@signed_in
@limited(120)
@checked
def delete_bark(path: bodies.IdPath) -> Response:
    """Delete a bark of mine, everywhere."""
    barking.delete_bark(stores(), me().user_id, path.number())
    return Response(status=204)
