"""Discovery: who shares interests with me, and what people talk about."""

from typing import cast

from flask import Response

from barker.actions import accounts, matching
from barker.api import bodies, cursors, render, shapes
from barker.api.auth import anyone, signed_in
from barker.api.blueprint import noun, replies
from barker.api.checks import checked
from barker.api.context import me, stores
from barker.api.limits import limited

discovery = noun("discovery", "People and hashtags I may not know.")

SIMILAR_NUMBERS, OPPOSITE_NUMBERS = 4, 2  # of the end of a page


@discovery.get("/v1/me/matches", responses=replies(401, ok=shapes.Matches))
@signed_in
@limited(60)
@checked
def get_matches(query: bodies.Matches) -> Response:
    """Find people with similar interests, what few share counting most, or with none of mine, the best known first."""
    myself = accounts.me(stores(), me())
    of = cursors.of_query(query.kind, (myself.id, myself.interests))
    found: list[matching.Match]
    end: tuple[int, ...] | None
    if query.kind == "similar":
        similar = cast("matching.SimilarEnd | None", cursors.decode_ends(of, query.cursor, SIMILAR_NUMBERS))
        found, end = matching.similar(stores(), myself, similar, query.limit)
    else:
        opposite = cast("tuple[int, int] | None", cursors.decode_ends(of, query.cursor, OPPOSITE_NUMBERS))
        found, end = matching.opposite(stores(), myself, opposite, query.limit)
    return render.page(shapes.Matches, [render.match(one.seen, one.shared) for one in found], of, end)


@discovery.get("/v1/trends", responses=replies(401, ok=shapes.Trends))
@anyone
@limited(300)
@checked
def get_trends(query: bodies.Top) -> Response:
    """Read which hashtags most people used in the last day."""
    return render.answer(render.trends(stores().trends.top(query.limit)))
