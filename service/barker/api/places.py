"""Places: where I am, and who is near."""

from hashlib import sha256

from flask import Response

from barker import words
from barker.actions import nearby
from barker.api import bodies, cursors, render, shapes
from barker.api.auth import signed_in
from barker.api.blueprint import noun, replies
from barker.api.checks import checked
from barker.api.context import me, stores
from barker.api.limits import limited
from barker.errors import Invalid
from barker.stores.grid import Point

places = noun("places", "Where I am, to the cell of a grid, and who is near.")


@places.put("/v1/me/place", responses=replies(401, 403, 409, 413, 415, empty=None))
@signed_in
@limited(30)
@checked
def put_place(body: bodies.NewPlace) -> Response:
    """Share where I am, to the cell of a grid, for 15 minutes; 409 where nobody can have got there so fast."""
    nearby.share_place(stores(), me().user_id, Point(body.lat, body.lon))
    return Response(status=204)


@places.delete("/v1/me/place", responses=replies(401, 403, empty=None))
@signed_in
@limited(60)
@checked
def delete_place() -> Response:
    """Share no longer where I am."""
    stores().places.remove(me().user_id)
    return Response(status=204)


@places.get("/v1/nearby", responses=replies(401, 409, ok=shapes.Neighbours))
@signed_in
@limited(60)
@checked
def get_nearby(query: bodies.Nearby) -> Response:
    """List who is nearest, of all who share a place, to mine or to a given one; 409 where there is neither.

    With an interest, some hundred people are looked at for a page: it may hold few or none and still have a next one.
    """
    of = _list_of(query)
    after = cursors.decode_ends(of, query.cursor, 2)
    wanted = nearby.Wanted(query.limit, query.radius, query.interest, (after[0], after[1]) if after else None)
    found, end = nearby.people_near(stores(), me().user_id, _point(query), wanted)
    return render.page(shapes.Neighbours, [render.neighbour(one) for one in found], of, end)


def _point(query: bodies.Nearby) -> Point | None:
    if query.lat is not None and query.lon is not None:
        return Point(query.lat, query.lon)
    if query.lat is not None or query.lon is not None:
        raise Invalid("lat and lon go together.", "lat" if query.lat is None else "lon")
    return None


def _list_of(query: bodies.Nearby) -> str:
    """Return to which list a cursor belongs: of this caller, point, radius and interest, none of which it tells."""
    asked = (me().user_id, query.lat, query.lon, query.radius, words.fold(query.interest or ""))
    return f"nearby:{sha256(repr(asked).encode()).hexdigest()[:16]}"
