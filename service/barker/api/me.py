"""Me: my own profile."""

from flask import Response

from barker.actions import accounts
from barker.api import bodies, render, shapes
from barker.api.auth import signed_in
from barker.api.blueprint import noun, replies
from barker.api.checks import checked
from barker.api.context import me, stores
from barker.api.limits import limited
from barker.models import Relation

myself = noun("me", "My own profile.")


@myself.get("/v1/me", responses=replies(401, ok=shapes.User))
@signed_in
@limited(600)
@checked
def get_me() -> Response:
    """Look at my profile."""
    return render.answer(render.user(accounts.me(stores(), me()), Relation()))


@myself.patch("/v1/me", responses=replies(401, 403, 413, 415, ok=shapes.User))
@signed_in
@limited(60)
@checked
def patch_me(body: bodies.ProfileChanges) -> Response:
    """Change my profile; what is left out stays."""
    changes = body.model_dump(exclude_unset=True)
    return render.answer(render.user(accounts.change_profile(stores(), me(), changes), Relation()))
