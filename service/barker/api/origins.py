"""CORS: pages of the listed origins (BARKER_ORIGINS) may call with a token and read every answer, refusals too.

Never with the cookie: it belongs to pages of the service's own origin, so nothing here allows credentials.
"""

from collections.abc import Set as AbstractSet

from flask import Flask, Response, request

from barker.api import idempotency
from barker.api.description import HEADERS

ALLOWED = f"Authorization, Content-Type, {idempotency.HEADER}, Last-Event-ID, X-Request-Id"
EXPOSED = ", ".join(sorted(HEADERS))
REMEMBERED_SECONDS = 7200  # as long as browsers remember it at most


def register(app: Flask, listed: AbstractSet[str]) -> None:
    """Let pages of these origins in."""

    def answer_preflight() -> Response | None:
        # It brings no token: no limit counts it, and no store is asked.
        asks = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        if not asks or request.routing_exception or request.headers.get("Origin") not in listed:
            return None
        methods = sorted(app.make_default_options_response().allow)
        return Response(
            status=204,
            headers={
                "Access-Control-Allow-Methods": ", ".join(methods),
                "Access-Control-Allow-Headers": ALLOWED,
                "Access-Control-Max-Age": str(REMEMBERED_SECONDS),
            },
        )

    def allow(response: Response) -> Response:
        response.vary.add("Origin")  # whoever asks: no cache may hand to one page what another one was answered
        origin = request.headers.get("Origin")
        if origin in listed:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = EXPOSED
        return response

    app.before_request(answer_preflight)
    app.after_request(allow)
