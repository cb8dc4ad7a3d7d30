"""Blocks and mutes: whom I do not want to see."""

from collections.abc import Sequence

from flask import Response

from barker import ids
from barker.actions import blocking, seeing
from barker.api import bodies, cursors, render, shapes
from barker.api.auth import signed_in
from barker.api.blueprint import noun, replies
from barker.api.checks import checked
from barker.api.context import me, stores
from barker.api.limits import limited

blocks = noun("blocks", "Whom I block or mute.")


@blocks.put("/v1/me/blocks/<handle>", responses=replies(401, 403, 404, ok=shapes.User))
@signed_in
@limited(120)
@checked
def put_block(path: bodies.HandlePath) -> Response:
    """Block somebody: neither of us sees the other, or follows her; may be repeated."""
    return render.answer(render.seen(blocking.block(stores(), me().user_id, path.handle)))


@blocks.delete("/v1/me/blocks/<handle>", responses=replies(401, 403, 404, empty=None))
@signed_in
@limited(120)
@checked
def delete_block(path: bodies.HandlePath) -> Response:
    """Block somebody no longer; may be repeated."""
    blocking.unblock(stores(), me().user_id, path.handle)
    return Response(status=204)


@blocks.get("/v1/me/blocks", responses=replies(401, ok=shapes.Users))
@signed_in
@limited(300)
@checked
def get_blocks(query: bodies.Page) -> Response:
    """List whom I block, newest account first."""
    of = f"blocks:{me().user_id}"
    found = stores().blocks.blocked(me().user_id, cursors.decode(of, query.cursor), query.limit + 1)
    return _page(of, found, query.limit)


@blocks.put("/v1/me/mutes/<handle>", responses=replies(401, 403, 404, 413, 415, ok=shapes.User))
@signed_in
@limited(120)
@checked
def put_mute(path: bodies.HandlePath, body: bodies.Mute) -> Response:
    """Mute somebody: I see her barks on her profile alone, and she is not told; may be repeated."""
    return render.answer(render.seen(blocking.mute(stores(), me().user_id, path.handle, body.seconds)))


@blocks.delete("/v1/me/mutes/<handle>", responses=replies(401, 403, 404, empty=None))
@signed_in
@limited(120)
@checked
def delete_mute(path: bodies.HandlePath) -> Response:
    """Mute somebody no longer; may be repeated."""
    blocking.unmute(stores(), me().user_id, path.handle)
    return Response(status=204)


@blocks.get("/v1/me/mutes", responses=replies(401, ok=shapes.Users))
@signed_in
@limited(300)
@checked
def get_mutes(query: bodies.Page) -> Response:
    """List whom I mute, newest account first."""
    of = f"mutes:{me().user_id}"
    before = cursors.decode(of, query.cursor)
    return _page(of, stores().blocks.muted(me().user_id, before, query.limit + 1, ids.now_ms()), query.limit)


def _page(of: str, found: Sequence[int], limit: int) -> Response:
    people = seeing.whom_she_hides(stores(), me().user_id, found[:limit])
    return render.page(shapes.Users, list(map(render.seen, people)), of, cursors.cut(found, limit))
