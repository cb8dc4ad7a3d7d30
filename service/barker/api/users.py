"""Users: signing up, finding people, and looking at them."""

from flask import Response

from barker import models
from barker.actions import accounts, liking, searching, seeing
from barker.api import bodies, cursors, render, shapes
from barker.api.auth import answer_signed_in, anyone, public
from barker.api.blueprint import noun, replies
from barker.api.checks import checked
from barker.api.context import stores, viewer
from barker.api.idempotency import idempotent_secret, reserved_id
from barker.api.limits import limited

users = noun("users", "People.")

END_NUMBERS = 4  # of the end of a page, beside its key


@users.post("/v1/users", responses=replies(409, 413, 415, created=shapes.SignedIn))
@public
@limited(120)
@checked
@idempotent_secret
def post_user(body: bodies.SignUp) -> Response:
    """Sign up."""
    user = models.User(reserved_id(), body.handle, body.name, body.about, tuple(body.interests))
    return answer_signed_in(accounts.sign_up(stores(), user, body.password, device=""), f"/v1/users/{user.handle}")


@users.get("/v1/users", responses=replies(401, ok=shapes.Users))
@anyone
@limited(300)
@checked
def get_users(query: bodies.SearchPeople) -> Response:
    """Find people: by @handle or its beginning, by words of name and about or their beginnings, by an interest."""
    sought = searching.sought_of(query.q, query.interest)
    of = cursors.of_query("people", sought)
    found = cursors.decode_key(of, query.cursor, END_NUMBERS)
    after = models.End(found[1], *found[0]) if found else None
    people, end = searching.people(stores(), viewer(), sought, after, query.limit)
    ends = (end.tier, end.lead, end.reach, end.id, end.key) if end else None
    return render.page(shapes.Users, [render.seen(one) for one in people], of, ends)


@users.get("/v1/users/<handle>", responses=replies(401, 404, ok=shapes.User))
@anyone
@limited(600)
@checked
def get_user(path: bodies.HandlePath) -> Response:
    """Look at somebody."""
    return render.answer(render.seen(seeing.somebody(stores(), viewer(), path.handle, blocked=True)))


@users.get("/v1/users/<handle>/barks", responses=replies(401, 404, ok=shapes.Barks))
@anyone
@limited(600)
@checked
def get_barks(path: bodies.HandlePath, query: bodies.Page) -> Response:
    """Read what somebody barked, newest first."""
    user = seeing.somebody(stores(), viewer(), path.handle).user
    of = f"barks:{user.id}"
    found = stores().barks.by_authors([user.id], cursors.decode(of, query.cursor), query.limit + 1)
    shown = [models.Shown(bark, user) for bark in found[: query.limit]]
    liked = liking.liked_of(stores(), viewer(), shown)
    items = [render.bark(one, viewer(), liked=one.bark.id in liked) for one in shown]
    return render.page(shapes.Barks, items, of, cursors.cut([bark.id for bark in found], query.limit))
