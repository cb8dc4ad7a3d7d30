"""What can go wrong, in words that are safe to show to anybody.

A `code` is stable: clients branch on it. Its place in HTTP stands in one table, `api/problems.py`.
"""


class BarkerError(Exception):
    """A refusal with a stable code and words that may be shown."""

    code = "error"

    def __init__(self, detail: str, field: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field


class Invalid(BarkerError):
    """The request is understood, but a field holds what it may not."""

    code = "invalid"


class Malformed(BarkerError):
    """The request cannot be read at all."""

    code = "malformed"


class NotSignedIn(BarkerError):
    """No token, or one that is not alive."""

    code = "not_signed_in"


class NotAllowed(BarkerError):
    """The caller is known and may not do this."""

    code = "not_allowed"


class NotFound(BarkerError):
    """There is no such thing."""

    code = "not_found"


class PushOff(BarkerError):
    """The service has no key to push with."""

    code = "push_off"


class Conflict(BarkerError):
    """It clashes with what is there already."""

    code = "conflict"


class TooMany(BarkerError):
    """The caller has used up a limit."""

    code = "too_many"

    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Elsewhere(BarkerError):
    """Another group of processes answers this."""

    code = "elsewhere"


class Full(BarkerError):
    """This process has no room for one more, another one may."""

    code = "full"


class StoreDown(BarkerError):
    """A store did not answer, or not within its time limit; its driver's error is the cause."""

    code = "store_down"

    def __init__(self, store: str, reason: str = "") -> None:
        super().__init__(f"The {store} store does not answer. Nothing is wrong with your request: try again shortly.")
        self.store, self.reason = store, reason


class BadSettings(Exception):
    """Settings that the service refuses to start with: variable name → reason."""

    def __init__(self, reasons: dict[str, str]) -> None:
        super().__init__("\n".join(f"{name}: {reason}" for name, reason in sorted(reasons.items())))
        self.reasons = reasons
