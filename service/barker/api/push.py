"""Push: which of my browsers are told while I am not connected."""

from flask import Response

from barker.actions import subscribing
from barker.api import bodies, cursors, render, shapes
from barker.api.auth import public, signed_in
from barker.api.blueprint import noun, replies
from barker.api.checks import checked
from barker.api.context import me, stores
from barker.api.idempotency import idempotent, reserved_id
from barker.api.limits import limited
from barker.errors import NotFound
from barker.models import Subscription

push = noun("push", "Browsers that are told while I am not connected.")


@push.get("/v1/push-key", responses=replies(404, ok=shapes.PushKey))
@public
@limited(120)
@checked
def get_push_key() -> Response:
    """Get the key with which a browser subscribes; 404 `push_off` where the service has none."""
    return render.answer(shapes.PushKey(key=stores().pushes.public_key()))


@push.post(
    "/v1/me/push-subscriptions", responses=replies(401, 403, 404, 409, 413, 415, created=shapes.PushSubscription)
)
@signed_in
@limited(30)
@checked
@idempotent
def post_subscription(body: bodies.NewSubscription) -> Response:
    """Subscribe this browser; one that was subscribed before, by whomever, is mine from now on."""
    given = Subscription(reserved_id(), me().user_id, me().session_id, body.endpoint, body.keys.p256dh, body.keys.auth)
    subscription = subscribing.subscribe(stores(), given)
    response = render.answer(render.subscription(subscription), 201)
    response.headers["Location"] = f"/v1/me/push-subscriptions/{subscription.id}"
    return response


@push.get("/v1/me/push-subscriptions", responses=replies(401, ok=shapes.PushSubscriptions))
@signed_in
@limited(120)
@checked
def get_subscriptions(query: bodies.Page) -> Response:
    """List my subscribed browsers, newest first."""
    of = f"push:{me().user_id}"
    found = stores().subscriptions.of_user(me().user_id, cursors.decode(of, query.cursor), query.limit + 1)
    items = [render.subscription(one) for one in found[: query.limit]]
    return render.page(shapes.PushSubscriptions, items, of, cursors.cut([one.id for one in found], query.limit))


@push.delete("/v1/me/push-subscriptions/<id>", responses=replies(401, 403, 404, empty=None))
@signed_in
@limited(60)
@checked
def delete_subscription(path: bodies.IdPath) -> Response:
    """Push to a browser no longer; may be repeated."""
    if not path.number():
        raise NotFound("You have no such subscription.")
    stores().subscriptions.remove(me().user_id, [path.number()])
    return Response(status=204)
