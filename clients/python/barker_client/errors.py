"""What can go wrong: one exception a kind of refusal, all of them `BarkerError`.

A service says what is wrong as problem+json (RFC 9457). `code` is stable, for programs; `str(error)` is for people.
"""

import json
from collections.abc import Mapping
from typing import Any

MOST_RETRY_SECONDS = 24 * 3600.0  # what says more than that says nothing


class BarkerError(Exception):
    """The base of all that this package raises for what a service did, or did not do."""

    def __init__(self, detail: str, *, status: int = 0, problem: Mapping[str, Any] | None = None) -> None:
        """`status` is 0 where no answer came; `problem` is the whole answer."""
        super().__init__(detail)
        self.detail, self.status, self.problem = detail, status, problem or {}

    @property
    def code(self) -> str:
        """The stable name of what went wrong."""
        return str(self.problem.get("code", ""))

    @property
    def request_id(self) -> str:
        """The name of the request in the log of the service."""
        return str(self.problem.get("request_id", ""))

    @property
    def fields(self) -> dict[str, str]:
        """What is wrong, field by field."""
        found = self.problem.get("errors")
        return {
            str(one.get("field")): str(one.get("message"))
            for one in (found if isinstance(found, list) else ())
            if isinstance(one, dict)
        }


class Malformed(BarkerError):
    """The service could not read the request."""


class NotSignedIn(BarkerError):
    """There is no token, it is no longer alive, or handle and password do not fit."""


class NotAllowed(BarkerError):
    """You are known, and may not do this."""


class NotFound(BarkerError):
    """There is no such thing, or not for you."""


class Conflict(BarkerError):
    """It clashes with what is there: a handle that is taken, for example."""


class Invalid(BarkerError):
    """A field holds what it may not: see `fields`."""


class TryLater(BarkerError):
    """It may work later; `retry_after` says in how many seconds, None where the service does not say."""

    def __init__(
        self,
        detail: str,
        *,
        status: int = 0,
        problem: Mapping[str, Any] | None = None,
        retry_after: float | None = None,
    ) -> None:
        """Keep also when to try again."""
        super().__init__(detail, status=status, problem=problem)
        self.retry_after = retry_after


class TooMany(TryLater):
    """You called too often."""


class ServiceDown(TryLater):
    """The service, or a part of it (`store`), does not work just now."""

    @property
    def store(self) -> str:
        """Which store does not answer, where that is it."""
        return str(self.problem.get("store", ""))


class Unreachable(ServiceDown):
    """No whole answer came: nobody listens, the connection broke, or it took too long."""


class Fault(BarkerError):
    """The service made a mistake; it has logged it under `request_id`."""


class Unexpected(BarkerError):
    """The answer is not one of a Barker service: look at the address."""


KINDS: dict[int, type[BarkerError]] = {
    400: Malformed,
    401: NotSignedIn,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    422: Invalid,
    500: Fault,
}
DOWN = (502, 503, 504)  # the first and the last come from a proxy before the service


def refusal(status: int, headers: Mapping[str, str], content: bytes) -> BarkerError:
    """Return the exception for an answer that is a refusal."""
    problem = _problem(content)
    detail = str(problem.get("detail") or problem.get("title") or f"The service answered with status {status}.")
    if status == 429:
        return TooMany(detail, status=status, problem=problem, retry_after=_seconds(headers.get("Retry-After")))
    if status in DOWN:
        return ServiceDown(detail, status=status, problem=problem, retry_after=_seconds(headers.get("Retry-After")))
    if 300 <= status < 400:
        return Unexpected(f"The service leads elsewhere: use the address {headers.get('Location')}.", status=status)
    if not problem and status < 500:
        return Unexpected(f"No Barker service answers there (status {status}).", status=status)
    return KINDS.get(status, BarkerError if status < 500 else Fault)(detail, status=status, problem=problem)


def _problem(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) and "code" in found else {}


def _seconds(text: str | None) -> float | None:
    """Read `Retry-After` in seconds; a date, which no Barker service sends, counts as not said."""
    return min(float(text), MOST_RETRY_SECONDS) if text and text.isascii() and text.isdigit() else None
