"""Which method of the Python client asks for which operation, and how to call it.

Who adds a route adds its method and its line here.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from barker_client import Client
from tests.barker_process import PASSWORD

# Operations that a method is there for before the service has them: to be emptied as they come.
AHEAD: set[str] = set()
# Methods for a parameter that the service does not know yet.
AHEAD_METHODS: set[str] = set()

# Operations without a method, and why.
WITHOUT = {"GET /v1/ws": "stream() tells the same"}

POINT = "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM"


@dataclass(frozen=True)
class World:
    """What the calls are about."""

    handle: str
    bark: str
    session: str
    subscription: str = "1"


Ask = Callable[[Client, World], Any]


def new_handle() -> str:
    """Return a handle that nobody has."""
    return f"new_{secrets.token_hex(6)}"


METHODS: dict[str, list[tuple[str, Ask]]] = {
    "POST /v1/users": [("sign_up", lambda c, w: c.sign_up(new_handle(), PASSWORD))],
    "POST /v1/sessions": [("sign_in", lambda c, w: c.sign_in(w.handle, PASSWORD))],
    "GET /v1/me/sessions": [("sessions", lambda c, w: c.sessions().page())],
    "GET /v1/me/sessions/{id}": [("session", lambda c, w: c.session(w.session))],
    "DELETE /v1/me/sessions/{id}": [
        ("sign_out", lambda c, w: c.sign_out()),
        ("end_session", lambda c, w: c.end_session(w.session)),
    ],
    "DELETE /v1/me/sessions": [("sign_out_everywhere", lambda c, w: c.sign_out_everywhere())],
    "GET /v1/me": [("me", lambda c, w: c.me())],
    "PATCH /v1/me": [("change_profile", lambda c, w: c.change_profile(about="Here."))],
    "PUT /v1/me/place": [("share_place", lambda c, w: c.share_place(48.1, 11.5))],
    "DELETE /v1/me/place": [("hide_place", lambda c, w: c.hide_place())],
    "GET /v1/me/matches": [("matches", lambda c, w: c.matches().page())],
    "GET /v1/me/suggestions": [("suggestions", lambda c, w: c.suggestions().page())],
    "DELETE /v1/me/suggestions/{handle}": [("dismiss_suggestion", lambda c, w: c.dismiss_suggestion(w.handle))],
    "GET /v1/users": [("find_people", lambda c, w: c.find_people("a").page())],
    "GET /v1/users/{handle}": [("user", lambda c, w: c.user(w.handle))],
    "GET /v1/users/{handle}/barks": [("barks_of", lambda c, w: c.barks_of(w.handle).page())],
    "GET /v1/users/{handle}/path": [("path_to", lambda c, w: c.path_to(w.handle))],
    "GET /v1/nearby": [("nearby", lambda c, w: c.nearby(at=(48.1, 1e-7)).page())],
    "PUT /v1/me/following/{handle}": [("follow", lambda c, w: c.follow(w.handle))],
    "DELETE /v1/me/following/{handle}": [("unfollow", lambda c, w: c.unfollow(w.handle))],
    "GET /v1/users/{handle}/followers": [
        ("followers", lambda c, w: c.followers(w.handle).page()),
        ("followers_within", lambda c, w: c.followers_within(w.handle, 2).page()),
    ],
    "GET /v1/users/{handle}/following": [
        ("following", lambda c, w: c.following(w.handle).page()),
        ("following_within", lambda c, w: c.following_within(w.handle, 2).page()),
    ],
    "GET /v1/users/{handle}/mutuals": [("mutuals", lambda c, w: c.mutuals(w.handle).page())],
    "GET /v1/users/{handle}/followers-you-know": [
        ("followers_you_know", lambda c, w: c.followers_you_know(w.handle).page())
    ],
    "GET /v1/me/blocks": [("blocked", lambda c, w: c.blocked().page())],
    "PUT /v1/me/blocks/{handle}": [("block", lambda c, w: c.block(w.handle))],
    "DELETE /v1/me/blocks/{handle}": [("unblock", lambda c, w: c.unblock(w.handle))],
    "GET /v1/me/mutes": [("muted", lambda c, w: c.muted().page())],
    "PUT /v1/me/mutes/{handle}": [("mute", lambda c, w: c.mute(w.handle, seconds=60))],
    "DELETE /v1/me/mutes/{handle}": [("unmute", lambda c, w: c.unmute(w.handle))],
    "POST /v1/barks": [("bark", lambda c, w: c.bark("Hello"))],
    "GET /v1/barks": [("find_barks", lambda c, w: c.find_barks("hello").page())],
    "GET /v1/barks/{id}": [("get_bark", lambda c, w: c.get_bark(w.bark))],
    "DELETE /v1/barks/{id}": [("delete_bark", lambda c, w: c.delete_bark(w.bark))],
    "PUT /v1/barks/{id}/like": [("like", lambda c, w: c.like(w.bark))],
    "DELETE /v1/barks/{id}/like": [("unlike", lambda c, w: c.unlike(w.bark))],
    "GET /v1/barks/{id}/likes": [("likes_of", lambda c, w: c.likes_of(w.bark).page())],
    "GET /v1/feed": [("feed", lambda c, w: c.feed().page())],
    "GET /v1/trends": [("trends", lambda c, w: c.trends().page())],
    "GET /v1/tags/{tag}": [("tagged", lambda c, w: c.tagged("#Grüße").page())],
    "GET /v1/me/notifications": [("notifications", lambda c, w: c.notifications().page())],
    "PUT /v1/me/notifications/read": [("read_notifications", lambda c, w: c.read_notifications(w.bark))],
    "GET /v1/me/read-position": [("read_position", lambda c, w: c.read_position())],
    "PUT /v1/me/read-position": [
        ("move_read_position", lambda c, w: c.move_read_position(next(iter(c.stream())).id)),
    ],
    "GET /v1/push-key": [("push_key", lambda c, w: c.push_key())],
    "POST /v1/me/push-subscriptions": [
        ("subscribe_push", lambda c, w: c.subscribe_push("https://push.test/x", POINT, "BTBZMqHH6r4Tts7J_aSIgg")),
    ],
    "GET /v1/me/push-subscriptions": [("push_subscriptions", lambda c, w: c.push_subscriptions().page())],
    "DELETE /v1/me/push-subscriptions/{id}": [
        ("unsubscribe_push", lambda c, w: c.unsubscribe_push(w.subscription)),
    ],
    "GET /v1/stream": [("stream", lambda c, w: next(iter(c.stream())))],
    "GET /healthz": [("health", lambda c, w: c.health())],
    "GET /readyz": [("readiness", lambda c, w: c.readiness())],
}
CASES = [(operation, name) for operation, methods in METHODS.items() for name, _ in methods]
EVERY = {name: ask for methods in METHODS.values() for name, ask in methods}
