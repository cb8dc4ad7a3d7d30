"""The door to push services: is push on, may an endpoint be asked, and how a push ended."""

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import structlog

from barker import vapid
from barker.errors import Invalid, PushOff
from barker.models import Subscription
from barker.push import addresses, posting
from barker.push.turns import NotNow, Turns
from barker.settings import Settings

TTL_SECONDS = 24 * 3600  # a push service keeps it so long for a device that is off
AGAIN_MAX_SECONDS = 3600.0  # whatever a push service asks for
BUSY = (408, 425, 429)

log = structlog.get_logger()


class Result(StrEnum):
    """How a push ended."""

    SENT = "sent"
    GONE = "gone"  # the push service knows the subscription no longer
    AGAIN = "again"  # it may go better later
    REFUSED = "refused"  # it never will
    UNSAFE = "unsafe"  # its host leads into a private network by now
    NOT_NOW = "not_now"  # it was not tried


@dataclass(frozen=True)
class Outcome:
    """How a push ended, and in how many seconds to come again at the earliest."""

    result: Result
    again_seconds: float = 0.0


@dataclass(frozen=True)
class Pushes:
    """The push services, as one process reaches them."""

    key: str = field(repr=False)
    contact: str
    trusted: frozenset[str]
    turns: Turns = field(default_factory=Turns, repr=False)

    @classmethod
    def of(cls, settings: Settings) -> "Pushes":
        """Return the door that settings describe."""
        trusted = frozenset(host for host in settings.push_hosts_allowed.split(",") if host)
        return cls(settings.push_key.get_secret_value(), settings.push_contact, trusted)

    @property
    def is_on(self) -> bool:
        """Tell whether there is a key, without which nothing is pushed."""
        return bool(self.key)

    def public_key(self) -> str:
        """Return what a browser needs to subscribe. Raises PushOff."""
        if not self.is_on:
            raise PushOff("This service does not push.")
        return vapid.public_key(self.key)

    def check(self, endpoint: str) -> None:
        """Check an endpoint that somebody names. Raises Invalid for one that may not be asked, or is not found."""
        found = addresses.parsed(endpoint, self.trusted)
        if not found.trusted:
            try:
                addresses.resolved(found)
            except addresses.Unresolved as error:
                raise Invalid(error.detail, addresses.FIELD) from None

    def send(self, to: Subscription, words: bytes, tag: str) -> Outcome:
        """Seal these words for a subscription and send them, now."""
        try:
            endpoint = addresses.parsed(to.endpoint, self.trusted)
            with self.turns.turn(endpoint.host):
                outcome = self._sent(to, endpoint, words, tag)
        except Invalid as error:
            log.warning("push_unsafe", subscription=to.id, reason=error.detail)
            return Outcome(Result.UNSAFE)
        except NotNow as wait:
            return Outcome(Result.NOT_NOW, wait.seconds)
        return outcome

    def _sent(self, to: Subscription, endpoint: addresses.Endpoint, words: bytes, tag: str) -> Outcome:
        try:
            found = addresses.resolved(endpoint)  # once: nobody looks its name up again
            headers, body = self._sealed(to, endpoint, words, tag)
            answer = posting.post(endpoint, found, headers, body)
        except (addresses.Unresolved, posting.Unanswered) as error:
            self.turns.note(endpoint.host, answered=False)
            log.info("push_unanswered", subscription=to.id, host=endpoint.host, reason=str(error))
            return Outcome(Result.AGAIN)
        self.turns.note(endpoint.host, answered=True)
        result = _result(answer.status)
        if result is not Result.SENT:
            log.info("push_refused", subscription=to.id, host=endpoint.host, status=answer.status)
        return Outcome(result, _seconds(answer.retry_after))

    def _sealed(
        self, to: Subscription, endpoint: addresses.Endpoint, words: bytes, tag: str
    ) -> tuple[Mapping[str, str], bytes]:
        # They bring an asynchronous client along, 14 MB that a process which only takes subscriptions need not hold.
        from py_vapid import Vapid  # noqa: PLC0415
        from pywebpush import WebPusher  # noqa: PLC0415

        keys = {"p256dh": to.p256dh, "auth": to.auth}
        body = WebPusher({"endpoint": to.endpoint, "keys": keys}).encode(words)["body"]
        signed = Vapid.from_raw(self.key.encode()).sign({"aud": endpoint.origin, "sub": self.contact})
        return {
            **signed,
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(TTL_SECONDS),
            "Topic": _topic(tag),
        }, bytes(body)


def _result(status: int) -> Result:
    if 200 <= status < 300:
        return Result.SENT
    if status in (404, 410):
        return Result.GONE
    return Result.AGAIN if status in BUSY or status >= 500 else Result.REFUSED  # where it redirects to is not followed


def _seconds(retry_after: str) -> float:
    """Return for how long to wait; a date, which may be given instead, is not heeded."""
    return min(float(retry_after), AGAIN_MAX_SECONDS) if re.fullmatch(r"[0-9]{1,9}", retry_after) else 0.0


def _topic(tag: str) -> str:
    """Return what a push service may know of a tag: of two pushes with one topic it keeps the newer."""
    return urlsafe_b64encode(hashlib.sha256(tag.encode()).digest()[:24]).decode()
