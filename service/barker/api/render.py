"""From what we know to what we show."""

import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeVar
from urllib.parse import urlencode

from flask import Response, request
from pydantic import BaseModel
from werkzeug.sansio.utils import get_current_url

from barker import ids, models
from barker.actions.accounts import Caller
from barker.actions.nearby import Neighbour
from barker.api import cursors, shapes

Page = TypeVar(
    "Page",
    shapes.Users,
    shapes.Neighbours,
    shapes.PeopleWithin,
    shapes.Suggestions,
    shapes.Barks,
    shapes.Matches,
    shapes.Sessions,
    shapes.Notifications,
    shapes.PushSubscriptions,
)


def answer(shape: BaseModel, status: int = 200) -> Response:
    """Return a shape as JSON."""
    return Response(shape.model_dump_json(), status, mimetype="application/json")


def page(
    kind: type[Page], items: Sequence[BaseModel], of: str, end: int | tuple[int | str, ...] | None, **more: int
) -> Response:
    """Return a page, with a Link to the next one, which goes on behind where this one ended, if there is one."""
    cursor = None if end is None else cursors.encode(of, end)
    return _linked(answer(kind(items=items, next=cursor, **more)), cursor)


def feed_page(items: Sequence[models.Shown], liked: Collection[int], of: str, last_id: int | None) -> Response:
    """Return the same page as `page` would of barks, each of which is rendered once for all readers."""
    cursor = None if last_id is None else cursors.encode(of, last_id)
    barks = b",".join(bark_json(shown, liked=shown.bark.id in liked) for shown in items)
    body = b'{"items":[%b],"next":%b}' % (barks, json.dumps(cursor).encode())
    return _linked(Response(body, mimetype="application/json"), cursor)


def _linked(response: Response, cursor: str | None) -> Response:
    if cursor:
        query = urlencode({**request.args.to_dict(), "cursor": cursor})
        address = _address(request.scheme, request.host, request.root_path, request.path)
        response.headers["Link"] = f'<{address}?{query}>; rel="next"'
    return response


@lru_cache(1_000)
def _address(scheme: str, host: str, root_path: str, path: str) -> str:
    return get_current_url(scheme, host, root_path, path)


def time(ms: int) -> datetime:
    """Return Unix milliseconds as a time."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def user(found: models.User, you: models.Relation | None = None) -> shapes.User:
    """Show somebody."""
    return shapes.User(
        id=str(found.id),
        handle=found.handle,
        name=found.name,
        about=found.about,
        interests=list(found.interests),
        avatar_url=None,
        created_at=time(ids.ms_of(found.id)),
        counts=shapes.UserCounts(**vars(found.counts)),
        you=you and _you(you),
    )


def _you(you: models.Relation) -> shapes.UserYou:
    return shapes.UserYou(
        follows=you.follows,
        followed_by=you.followed_by,
        blocks=you.blocks,
        mutes=you.mutes,
        muted_until=time(you.muted_until) if 0 < you.muted_until < models.FOREVER_MS else None,
    )


def seen(found: models.Seen) -> shapes.User:
    """Show somebody to a viewer."""
    return user(found.user, found.you)


def neighbour(found: Neighbour) -> shapes.Neighbour:
    """Show somebody near, with the distance to two digits."""
    metres = int(float(f"{found.near.metres:.2g}"))
    return shapes.Neighbour(user=seen(found.seen), distance_m=metres, direction=found.near.direction)


def suggestion(found: models.Suggestion) -> shapes.Suggestion:
    """Show a suggestion."""
    return shapes.Suggestion(user=seen(found.seen), because=[seen(one) for one in found.because], count=found.count)


def bark(shown: models.Shown, viewer: int | None, *, liked: bool = False) -> shapes.Bark:
    """Show a bark to a viewer who likes it or does not."""
    found = shown.bark
    return shapes.Bark(
        id=str(found.id),
        text=found.text,
        tags=list(found.tags),
        author=user(shown.author),
        created_at=time(ids.ms_of(found.id)),
        edited_at=None,
        in_reply_to=str(found.in_reply_to) if found.in_reply_to else None,
        thread=str(found.thread),
        rebark_of=None,
        quote_of=str(found.quote_of) if found.quote_of else None,
        media=[],
        counts=shapes.BarkCounts(likes=found.likes, rebarks=0, replies=found.replies),
        you=shapes.BarkYou(liked=liked, rebarked=False, bookmarked=False) if viewer else None,
    )


def bark_json(shown: models.Shown, *, liked: bool = False) -> bytes:
    """Return a bark as JSON for a reader; made once for all who have done nothing with it."""
    if liked:
        return bark(shown, shown.author.id, liked=True).model_dump_json().encode()
    if not shown.json:
        shown.json = bark(shown, shown.author.id).model_dump_json().encode()
    return shown.json


def match(found: models.Seen, shared: Sequence[str]) -> shapes.Match:
    """Show somebody, and what she shares with the viewer."""
    return shapes.Match(user=seen(found), shared=list(shared))


def trends(found: Sequence[models.Trend]) -> shapes.Trends:
    """Show the hashtags of the last day."""
    return shapes.Trends(items=[shapes.Trend(**vars(one)) for one in found], next=None)


def notification(told: models.Told, read: int, liked: Collection[int]) -> shapes.Notification:
    """Show a notification to whom it is for, who has read those up to an id."""
    found, shown = told.notification, told.shown
    return shapes.Notification(
        id=str(found.id),
        kind=found.kind,
        user=user(told.user),
        bark=bark(shown, found.user_id, liked=shown.bark.id in liked) if shown else None,
        created_at=time(ids.ms_of(found.id)),
        read=found.id <= read,
    )


def session(found: models.Session, caller: Caller) -> shapes.Session:
    """Show a session to its owner."""
    return shapes.Session(
        id=str(found.id),
        device=found.device,
        created_at=time(ids.ms_of(found.id)),
        seen_at=time(found.seen_ms),
        current=found.id == caller.session_id,
    )


def subscription(found: models.Subscription) -> shapes.PushSubscription:
    """Show a subscription to its owner."""
    return shapes.PushSubscription(id=str(found.id), endpoint=found.endpoint, created_at=time(ids.ms_of(found.id)))


def position(found: models.Position) -> shapes.Position:
    """Show how far somebody has read."""
    return shapes.Position(id=found.entry_id, updated_at=time(found.moved_ms) if found.moved_ms else None)
