"""Notifications: what happened to me."""

from flask import Response

from barker.actions import liking, notifying
from barker.api import bodies, cursors, render, shapes
from barker.api.auth import signed_in
from barker.api.blueprint import noun, replies
from barker.api.checks import checked
from barker.api.context import me, stores
from barker.api.limits import limited

notifications = noun("notifications", "What happened to me.")


@notifications.get("/v1/me/notifications", responses=replies(401, ok=shapes.Notifications))
@signed_in
@limited(300)
@checked
def get_notifications(query: bodies.Page) -> Response:
    """Read what happened to me, newest first, and how much of it I have not read."""
    user_id = me().user_id
    of = f"notifications:{user_id}"
    found = notifying.read(stores(), user_id, cursors.decode(of, query.cursor), query.limit)
    liked = liking.liked_of(stores(), user_id, (told.shown for told in found.items))
    items = [render.notification(told, found.read, liked) for told in found.items]
    return render.page(shapes.Notifications, items, of, found.last_id, unread=found.unread)


@notifications.put("/v1/me/notifications/read", responses=replies(401, 403, 413, 415, ok=shapes.ReadMarker))
@signed_in
@limited(300)
@checked
def put_read(body: bodies.ReadUpTo) -> Response:
    """Note up to which notification I have read, which only moves on."""
    notifying.check(int(body.id))
    read, unread = notifying.note_read(stores(), me().user_id, int(body.id))
    return render.answer(shapes.ReadMarker(id=str(read), unread=unread))
