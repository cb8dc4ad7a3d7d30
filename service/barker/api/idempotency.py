"""`Idempotency-Key` on every POST: a repeat gets the first answer, also when the first attempt died half-way.

(draft-ietf-httpapi-idempotency-key-header.) A key belongs to a user; before sign-in, to the handle in the body.
What an attempt creates has an id reserved with its key, so that a repeat finds it made instead of making two.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from cryptography.fernet import Fernet, InvalidToken
from flask import Response, g, make_response, request
from pydantic import BaseModel

from barker import ids
from barker.actions import passwords
from barker.api.context import stores, viewer
from barker.errors import BarkerError, Conflict, Invalid, StoreDown
from barker.stores.answers import Answer
from barker.stores.guard import best_effort

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEY_MAX = 255
KEPT_HEADERS = ("Content-Type", "Location", "Set-Cookie")
View = TypeVar("View", bound=Callable[..., Any])


def idempotent(view: View) -> View:
    """Run the view once a key, and give repeats its answer."""
    return _idempotent(view, secret=False)


def idempotent_secret(view: View) -> View:
    """Do the same where request and answer hold secrets: what is kept opens only for who repeats the request."""
    return _idempotent(view, secret=True)


def is_on(view: object) -> bool:
    """Tell whether a view honours the key."""
    return getattr(view, "idempotent", False)


def reserved_id() -> int:
    """Return the id for what this POST creates."""
    return cast(int, g.reserved_id)


def _idempotent(view: View, *, secret: bool) -> View:
    @wraps(view)
    def once(**kwargs: Any) -> Any:
        given = request.headers.get(HEADER)
        if given is None:
            g.reserved_id = ids.new()
            return view(**kwargs)
        key = _key(given, kwargs["body"])
        fingerprint = b"" if secret else hashlib.sha256(request.get_data()).digest()
        answer = stores().answers.begin(key, fingerprint, ids.new(), ids.now_ms())
        seal = _seal(key, given) if secret else None
        if not answer.mine:
            return _repeat(answer, fingerprint, seal)
        g.reserved_id = answer.reserved
        return _first(key, seal, lambda: make_response(view(**kwargs)))

    once.idempotent = True  # type: ignore[attr-defined]
    return cast(View, once)


def _first(key: bytes, seal: Fernet | None, run: Callable[[], Response]) -> Response:
    try:
        response = run()
    except Exception as error:
        with best_effort("idempotency"):
            if isinstance(error, BarkerError) and not isinstance(error, StoreDown):
                stores().answers.forget(key)  # refused: nothing was done
            else:
                stores().answers.release(key)
        raise
    headers = [[name, value] for name, value in response.headers if name in KEPT_HEADERS]
    body = json.dumps([headers, response.get_data(as_text=True)]).encode()
    stores().answers.finish(key, response.status_code, seal.encrypt(body) if seal else body)
    return response


def _repeat(answer: Answer, fingerprint: bytes, seal: Fernet | None) -> Response:
    if answer.fingerprint != fingerprint:
        raise Invalid("This key was used for another request.", HEADER)
    if answer.status is None:
        raise Conflict("The first request under this key is still running. Try again shortly.", HEADER)
    try:
        headers, text = json.loads(seal.decrypt(answer.body) if seal else answer.body)
    except InvalidToken:
        raise Invalid("This key was used for another request.", HEADER) from None
    response = Response(text, answer.status)
    for name, _ in headers:
        response.headers.pop(name, None)
    for name, value in headers:
        response.headers.add(name, value)
    response.headers[REPLAYED] = "true"
    return response


def _key(given: str, body: BaseModel) -> bytes:
    if not (1 <= len(given) <= KEY_MAX and given.isascii() and given.isprintable()):
        raise Invalid(f"1 to {KEY_MAX} printable ASCII characters.", HEADER)
    user = viewer()
    owner = f"user:{user}" if user else f"handle:{getattr(body, 'handle', '')}"
    return hashlib.sha256("\0".join((owner, request.path, given)).encode()).digest()


def _seal(key: bytes, given: str) -> Fernet:
    """Return a lock that only who repeats the whole request can open, password included."""
    secret = given.encode() + b"\0" + request.get_data()
    return Fernet(urlsafe_b64encode(passwords.stretched(secret, salt=key[:16])))
