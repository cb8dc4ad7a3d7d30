"""Suggestions: whom I may want to follow."""

from typing import cast

from flask import Response

from barker.actions import suggesting
from barker.api import bodies, cursors, render, shapes
from barker.api.auth import signed_in
from barker.api.blueprint import noun, replies
from barker.api.checks import checked
from barker.api.context import me, stores
from barker.api.limits import limited

suggested = noun("suggestions", "Whom to follow.")


@suggested.get("/v1/me/suggestions", responses=replies(401, ok=shapes.Suggestions))
@signed_in
@limited(120)
@checked
def get_suggestions(query: bodies.Page) -> Response:
    """List whom I may want to follow: `count` of those I follow do, some of them named in `because`; best first.

    Behind them come, with `count` 0, people whom many follow: first those who share my interests.
    """
    of = f"suggestions:{me().user_id}"
    after = cast("suggesting.End | None", cursors.decode_ends(of, query.cursor, 3))
    found, end = suggesting.suggestions(stores(), me().user_id, after, query.limit)
    return render.page(shapes.Suggestions, [render.suggestion(one) for one in found], of, end)


@suggested.delete("/v1/me/suggestions/<handle>", responses=replies(401, 403, 404, empty=None))
@signed_in
@limited(120)
@checked
def delete_suggestion(path: bodies.HandlePath) -> Response:
    """Do not suggest somebody again, suggested now or not; may be repeated."""
    suggesting.dismiss(stores(), me().user_id, path.handle)
    return Response(status=204)
