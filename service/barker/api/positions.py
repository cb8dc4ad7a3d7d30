"""How far I have read on this device, over HTTP."""

from flask import Response

from barker.actions import positions
from barker.api import bodies, render, shapes
from barker.api.auth import signed_in
from barker.api.blueprint import noun, replies
from barker.api.checks import checked
from barker.api.context import me, stores
from barker.api.limits import limited

position = noun("read position", "How far I have read on this device.")


@position.get("/v1/me/read-position", responses=replies(401, ok=shapes.Position))
@signed_in
@limited(600)
@checked
def get_read_position() -> Response:
    """Look how far I have read on this device."""
    return render.answer(render.position(positions.position_of(stores(), me())))


@position.put("/v1/me/read-position", responses=replies(401, 403, 413, 415, ok=shapes.Position))
@signed_in
@limited(120)
@checked
def put_read_position(body: bodies.ReadTo) -> Response:
    """Note how far I have read on this device; a position never moves back."""
    return render.answer(render.position(positions.move_position(stores(), me(), body.id)))
