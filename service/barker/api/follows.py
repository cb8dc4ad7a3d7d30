"""Follows: who follows whom."""

from collections.abc import Callable
from typing import cast

from flask import Response

from barker.actions import following, seeing, walking
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


@follows.get("/v1/users/<handle>/followers", responses=replies(401, 404, ok=shapes.UsersOrWithin))
@anyone
@limited(300)
@checked
def get_followers(path: bodies.HandlePath, query: bodies.Within) -> Response:
    """List who follows somebody, newest account first; with `depth`, who follows those too, nearest first."""
    return _people("followers", path.handle, query, stores().follows.followers)


@follows.get("/v1/users/<handle>/following", responses=replies(401, 404, ok=shapes.UsersOrWithin))
@anyone
@limited(300)
@checked
def get_following(path: bodies.HandlePath, query: bodies.Within) -> Response:
    """List whom somebody follows, newest account first; with `depth`, whom those follow too, nearest first."""
    return _people("following", path.handle, query, stores().follows.following)


@follows.get("/v1/users/<handle>/mutuals", responses=replies(401, 404, ok=shapes.Users))
@anyone
@limited(300)
@checked
def get_mutuals(path: bodies.HandlePath, query: bodies.Page) -> Response:
    """List who follows somebody and is followed by her, newest account first."""
    user = seeing.somebody(stores(), viewer(), path.handle).user
    return _between(f"mutuals:{user.id}", user.id, user.id, query)


@follows.get("/v1/users/<handle>/followers-you-know", responses=replies(401, 404, ok=shapes.Users))
@signed_in
@limited(300)
@checked
def get_followers_you_know(path: bodies.HandlePath, query: bodies.Page) -> Response:
    """List which of somebody's followers I follow, newest account first."""
    user = seeing.somebody(stores(), viewer(), path.handle).user
    return _between(f"followers-you-know:{me().user_id}:{user.id}", me().user_id, user.id, query)


@follows.get("/v1/users/<handle>/path", responses=replies(401, 404, ok=shapes.Path))
@signed_in
@limited(60)
@checked
def get_path(path: bodies.HandlePath) -> Response:
    """Find how I get to somebody by who follows whom: at most 6 follows, as few as can be; nobody for no path."""
    people = walking.path(stores(), me().user_id, path.handle)
    return render.answer(shapes.Path(people=[render.seen(one) for one in people]))


def _people(of: str, handle: str, query: bodies.Within, read: Callable[[int, int, int], list[int]]) -> Response:
    user = seeing.somebody(stores(), viewer(), handle).user
    if query.depth:
        return _within(of, user.id, query.depth, query)
    of = f"{of}:{user.id}"
    found = read(user.id, cursors.decode(of, query.cursor), query.limit + 1)
    items = [render.seen(one) for one in seeing.people(stores(), viewer(), found[: query.limit])]
    return render.page(shapes.Users, items, of, cursors.cut(found, query.limit))


def _within(of: str, user_id: int, depth: int, query: bodies.Within) -> Response:
    name = f"{of}:{user_id}:{depth}"
    after = cast("walking.Distant | None", cursors.decode_ends(name, query.cursor, 2))
    found, is_bounded = walking.within(stores(), of, user_id, depth, after, query.limit + 1)
    distances = {one: distance for distance, one in found[: query.limit]}
    people = seeing.people(stores(), viewer(), list(distances))
    items = [shapes.Distant(user=render.seen(one), distance=distances[one.user.id]) for one in people]
    end = found[query.limit - 1] if len(found) > query.limit else None
    return render.page(shapes.PeopleWithin, items, name, end, bounded=is_bounded)


def _between(of: str, first: int, second: int, query: bodies.Page) -> Response:
    before = cursors.decode(of, query.cursor)
    found, end = walking.between(stores(), first, second, before, query.limit)
    items = [render.seen(one) for one in seeing.people(stores(), viewer(), found)]
    return render.page(shapes.Users, items, of, end)
