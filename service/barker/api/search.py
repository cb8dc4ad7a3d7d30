"""Search: people, barks, hashtags, and who shares interests with me."""

import hashlib

from flask import Response

from barker import models
from barker.actions import accounts, liking, matching, searching
from barker.api import bodies, cursors, render, shapes
from barker.api.auth import anyone, signed_in
from barker.api.blueprint import noun, replies
from barker.api.checks import checked
from barker.api.context import me, stores, viewer
from barker.api.limits import limited

search = noun("search", "Finding people and barks.")

SIMILAR = {"similar": matching.similar, "opposite": matching.opposite}
MARK_NUMBERS = 4  # of a mark, beside its key


@search.get("/v1/users", responses=replies(401, ok=shapes.Users))
@anyone
@limited(300)
@checked
def get_users(query: bodies.SearchPeople) -> Response:
    """Find people: by @handle or its beginning, by words of name and about or their beginnings, by an interest."""
    sought = searching.sought_of(query.q, query.interest)
    of = _named("people", sought)
    found = cursors.decode_key(of, query.cursor, MARK_NUMBERS)
    after = models.Mark(found[1], *found[0]) if found else None
    people, end = searching.people(stores(), viewer(), sought, after, query.limit)
    return render.page(shapes.Users, [render.seen(one) for one in people], of, _ends(end))


def _named(what: str, query: object) -> str:
    """Return the name of a list, so that a cursor works for one query alone."""
    return f"{what}:{hashlib.sha256(repr(query).encode()).hexdigest()[:16]}"


def _ends(end: models.Mark | None) -> tuple[int | str, ...] | None:
    return (end.ring, end.lead, end.reach, end.id, end.key) if end else None


@search.get("/v1/me/matches", responses=replies(401, ok=shapes.Matches))
@signed_in
@limited(60)
@checked
def get_matches(query: bodies.Matches) -> Response:
    """Find people with similar interests, what few share counting most, or with none of mine, the best known first."""
    myself = accounts.me(stores(), me())
    of = _named(query.kind, (myself.id, myself.interests))
    ends = cursors.decode_ends(of, query.cursor, 2)
    after = (ends[0], ends[1]) if ends else None
    found, end = SIMILAR[query.kind](stores(), myself, after, query.limit)
    return render.page(shapes.Matches, [render.match(one.seen, one.shared) for one in found], of, end)


@search.get("/v1/barks", responses=replies(401, ok=shapes.Barks))
@anyone
@limited(300)
@checked
def get_barks(query: bodies.SearchBarks) -> Response:
    """Find barks that have all these words and hashtags, newest first."""
    return _barks(searching.keys_of(query.q), query)


@search.get("/v1/tags/<tag>", responses=replies(401, 404, ok=shapes.Barks))
@anyone
@limited(300)
@checked
def get_tag(path: bodies.TagPath, query: bodies.Page) -> Response:
    """Read barks with a hashtag, newest first."""
    return _barks([f"#{searching.tag_of(path.tag)}"], query)


def _barks(keys: list[str], query: bodies.Page) -> Response:
    of = _named("found", keys)
    shown, end = searching.barks(stores(), viewer(), keys, cursors.decode(of, query.cursor), query.limit)
    liked = liking.liked_of(stores(), viewer(), shown)
    items = [render.bark(one, viewer(), liked=one.bark.id in liked) for one in shown]
    return render.page(shapes.Barks, items, of, end)


@search.get("/v1/trends", responses=replies(401, ok=shapes.Trends))
@anyone
@limited(300)
@checked
def get_trends(query: bodies.Top) -> Response:
    """Read which hashtags most people used in the last day."""
    return render.answer(render.trends(stores().trends.top(query.limit)))
