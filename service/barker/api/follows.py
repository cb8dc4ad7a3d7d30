"""Follows: who follows whom."""

from collections.abc import Callable

from flask import Response

from barker.actions import following, seeing
from barker.api import bodies, cursors, render, shapes
from barker.api.auth import anyone, signed_in
from barker.api.blueprint import noun, replies
from barker.api.checks import checked
from barker.api.context import me, stores, viewer
from barker.api.limits import limited

follows = noun("follows", "Who follows whom.")


@follows.put("/v1/me/following/<handle>", responses=replies(401, 403, 404, ok=shapes.User))
@signed_in
@limited(120)
@checked
def put_follow(path: bodies.HandlePath) -> Response:
    """Follow somebody; may be repeated."""
    user, you = following.follow(stores(), me().user_id, path.handle)
    return render.answer(render.user(user, you))


@follows.delete("/v1/me/following/<handle>", responses=replies(401, 403, 404, empty=None))
@signed_in
@limited(120)
@checked
def delete_follow(path: bodies.HandlePath) -> Response:
    """Follow somebody no longer; may be repeated."""
    following.unfollow(stores(), me().user_id, path.handle)
    return Response(status=204)


@follows.get("/v1/users/<handle>/followers", responses=replies(401, 404, ok=shapes.Users))
@anyone
@limited(300)
@checked
def get_followers(path: bodies.HandlePath, query: bodies.Page) -> Response:
    """List who follows somebody, newest account first."""
    return _people("followers", path.handle, query, stores().follows.followers)


@follows.get("/v1/users/<handle>/following", responses=replies(401, 404, ok=shapes.Users))
@anyone
@limited(300)
@checked
def get_following(path: bodies.HandlePath, query: bodies.Page) -> Response:
    """List whom somebody follows, newest account first."""
    return _people("following", path.handle, query, stores().follows.following)


def _people(of: str, handle: str, query: bodies.Page, read: Callable[[int, int, int], list[int]]) -> Response:
    user = seeing.somebody(stores(), viewer(), handle).user
    of = f"{of}:{user.id}"
    found = read(user.id, cursors.decode(of, query.cursor), query.limit + 1)
    items = [render.seen(one) for one in seeing.people(stores(), viewer(), found[: query.limit])]
    return render.page(shapes.Users, items, of, cursors.cut(found, query.limit))
