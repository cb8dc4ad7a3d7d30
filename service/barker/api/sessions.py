"""Sessions: signing in and out, and the list of one's devices."""

from flask import Response

from barker.actions import accounts
from barker.api import bodies, cursors, render, shapes
from barker.api.auth import answer_signed_in, public, signed_in, take_cookie
from barker.api.blueprint import noun, replies
from barker.api.checks import checked
from barker.api.context import me, stores
from barker.api.idempotency import idempotent_secret
from barker.api.limits import count, limited

PASSWORDS = 30  # a minute and handle, from whatever addresses they come

sessions = noun("sessions", "Signed-in devices.")


@sessions.post("/v1/sessions", responses=replies(401, 409, 413, 415, created=shapes.SignedIn))
@public
@limited(60)
@checked
@idempotent_secret
def post_session(body: bodies.SignIn) -> Response:
    """Sign in."""
    count("password", f"handle:{body.handle}", PASSWORDS)
    signed_in = accounts.sign_in(stores(), body.handle, body.password, body.device)
    return answer_signed_in(signed_in, f"/v1/me/sessions/{signed_in.session.id}")


@sessions.get("/v1/me/sessions", responses=replies(401, ok=shapes.Sessions))
@signed_in
@limited(120)
@checked
def get_sessions(query: bodies.Page) -> Response:
    """List my signed-in devices, newest first."""
    of = f"sessions:{me().user_id}"
    found = stores().sessions.of_user(me().user_id, cursors.decode(of, query.cursor), query.limit + 1)
    items = [render.session(session, me()) for session in found[: query.limit]]
    return render.page(shapes.Sessions, items, of, cursors.cut([session.id for session in found], query.limit))


@sessions.delete("/v1/me/sessions", responses=replies(401, 403, empty=None))
@signed_in
@limited(60)
@checked
def delete_sessions() -> Response:
    """Sign out everywhere, here too."""
    accounts.sign_out_everywhere(stores(), me())
    return take_cookie(Response(status=204))


@sessions.get("/v1/me/sessions/<id>", responses=replies(401, 404, ok=shapes.Session))
@signed_in
@limited(120)
@checked
def get_session(path: bodies.IdPath) -> Response:
    """Look at one of my signed-in devices."""
    return render.answer(render.session(accounts.session_of(stores(), me(), path.number()), me()))


@sessions.delete("/v1/me/sessions/<id>", responses=replies(401, 403, 404, empty=None))
@signed_in
@limited(60)
@checked
def delete_session(path: bodies.IdPath) -> Response:
    """Sign a device out."""
    accounts.sign_out(stores(), me(), path.number())
    response = Response(status=204)
    return take_cookie(response) if path.number() == me().session_id else response
