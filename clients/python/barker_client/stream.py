"""The live stream: told once each, however often the connection is lost.

The id of each event is the cursor behind which the next connection goes on. A connection on which not even a heartbeat
comes (one every 15 s) is given up.
"""

import json
import random
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

import requests

from barker_client.calls import NETWORK, Call, Calls, chunks
from barker_client.errors import BarkerError, Fault, NotSignedIn, TryLater, Unexpected, Unreachable, refusal
from barker_client.reading import read
from barker_client.retries import backoff
from barker_client.shapes import Bark, Notification
from barker_client.sse import Message, TooLong, messages

SILENCE_SECONDS = 35.0  # two heartbeats and some
LONGEST_PAUSE = 30.0  # between two tries to connect
STEADY_SECONDS = 10.0  # a connection that held so long was a good one: the next pause is a short one
REMEMBERED = 1_000  # of what was told: more than comes twice where a server of the service lost its last second
REFUSAL_BYTES = 64 << 10
SHORT_SECONDS = 0.2  # after a goodbye: another process is there already
Waits = Callable[[BarkerError, float], object]


@dataclass(frozen=True)
class Event:
    """What a stream tells.

    `name` is `ready` (first of all, once), `bark`, `edit`, `delete` (`data["id"]`), `notification`, `feed-changed`
    (read the feed anew), `gap` (more was missed than the service holds: read the feed), `delayed` (a store of the
    service is down: what happens comes later); or something newer than this package. `id` is the cursor to resume from.
    """

    name: str
    id: str
    data: Any
    bark: Bark | None = None
    notification: Notification | None = None


class Stream:
    """Iterate over it for ever; `cursor` is always behind the last event that was handed out."""

    def __init__(
        self, calls: Calls, cursor: str | None = None, *, silence: float = SILENCE_SECONDS, waits: Waits | None = None
    ) -> None:
        """`waits(error, seconds)` is called before each pause while there is no connection."""
        self.cursor = cursor
        self._calls, self._silence, self._waits = calls, silence, waits
        self._told: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._answer: requests.Response | None = None
        self._closed = self._began = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it, from another thread too."""
        self._closed = True
        if answer := self._answer:
            with suppress(*NETWORK, ValueError, RuntimeError):  # it ended meanwhile
                answer.raw.shutdown()  # wakes who waits for the next event, which a mere close would not

    def __iter__(self) -> Iterator[Event]:
        """Yield events. Raises NotSignedIn once the token is dead, and BarkerError for what no patience mends."""
        failed = 0
        while not self._closed:
            began, cursor = time.monotonic(), self.cursor
            try:
                yield from self._connection()
                failed, pause = 0, random.uniform(0, SHORT_SECONDS)  # noqa: S311
                error: BarkerError = Unreachable("The service said goodbye.")
            except (TryLater, Fault) as lost:
                was_good = self.cursor != cursor or time.monotonic() - began > STEADY_SECONDS
                failed = 1 if was_good else failed + 1
                error, pause = lost, self._pause(lost, failed)
            if not self._closed:
                self._wait(error, pause)

    def _pause(self, error: BarkerError, failed: int) -> float:
        asked = error.retry_after if isinstance(error, TryLater) else None
        return max(asked or 0.0, backoff(failed, LONGEST_PAUSE))

    def _wait(self, error: BarkerError, pause: float) -> None:
        if self._waits:
            self._waits(error, pause)
        until = time.monotonic() + pause
        while not self._closed and (rest := until - time.monotonic()) > 0:
            time.sleep(min(rest, 0.1))

    def _connection(self) -> Iterator[Event]:
        """Yield the events of one connection until a goodbye. Raises Unreachable where it breaks."""
        try:
            with self._open() as answer:
                self._answer = answer
                if self._closed:  # while it was opened
                    return
                for message in messages(chunks(answer)):
                    if message.name == "bye":
                        return self._bye(message)
                    if event := self._event(message):
                        yield event
            broken = "the connection was closed"
        except NETWORK as error:
            broken = type(error).__name__
        except TooLong:
            raise Unexpected("What comes is no stream of a Barker service.") from None
        finally:
            self._answer = None
        raise Unreachable(f"The stream broke off: {broken}.")

    def _open(self) -> requests.Response:
        headers = {"Accept": "text/event-stream", "Accept-Encoding": "identity", "Cache-Control": "no-store"}
        if self.cursor:
            headers["Last-Event-ID"] = self.cursor
        answer = self._calls.send(Call("GET", "/v1/stream"), headers, self._silence)
        if answer.status_code != 200:
            with answer:
                raise refusal(answer.status_code, answer.headers, answer.raw.read(REFUSAL_BYTES, decode_content=True))
        if not answer.headers.get("Content-Type", "").startswith("text/event-stream"):
            answer.close()
            raise Unexpected("What answers there is no stream of a Barker service.")
        return answer

    def _bye(self, message: Message) -> None:
        if _data(message).get("reason") == "signed_out":
            raise NotSignedIn("You were signed out.", status=401, problem={"code": "not_signed_in"})

    def _event(self, message: Message) -> Event | None:
        data = _data(message)
        if message.id:
            self.cursor = message.id
        if not self._is_new(message.name, str(data.get("id") or message.id)):
            return None
        bark = read(Bark, data) if message.name in ("bark", "edit") and "author" in data else None
        notification = read(Notification, data) if message.name == "notification" else None
        return Event(message.name, message.id or self.cursor or "", data, bark, notification)

    def _is_new(self, name: str, about: str) -> bool:
        """Tell whether this was not told yet: a service whose server lost its last second tells a bark again."""
        if name == "ready":
            began, self._began = self._began, True
            return not began
        if name not in ("bark", "delete", "notification"):
            return True
        if (name, about) in self._told:
            return False
        self._told[name, about] = None
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return True


def _data(message: Message) -> dict[str, Any]:
    try:
        found = json.loads(message.data)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Unexpected(f"The stream told a {message.name!r} that is no JSON object.")
    return found
