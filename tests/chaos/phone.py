"""How people reach the service: one API process, or the next where that one is gone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

CONNECT_SECONDS, ANSWER_SECONDS = 1.0, 20.0  # no answer takes so long, whatever is down
NOBODY, CUT = 0, -1  # no process took the request; one took it, and died or went silent
NAMES = {NOBODY: "nobody there", CUT: "cut"}


@dataclass(frozen=True)
class Person:
    """Somebody signed in."""

    id: int
    handle: str
    token: str
    headers: Mapping[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "headers", {"Authorization": f"Bearer {self.token}"})


@dataclass(frozen=True)
class Answer:
    """The status, or NOBODY, or CUT; and the JSON."""

    status: int
    json: Any = None

    @property
    def ok(self) -> bool:
        """Whether it was acknowledged."""
        return 200 <= self.status < 300

    @property
    def expected(self) -> bool:
        """Whether it is one of the answers that a fault may bring."""
        return self.ok or self.status in (NOBODY, CUT, 409, 503)


class Phone:
    """One thread's connections."""

    def __init__(self, urls: Sequence[str], number: int) -> None:
        self._urls = urls
        self._at = number % len(urls)
        self._session = requests.Session()
        self.answers: Counter[str] = Counter()

    def send(self, who: Person, method: str, path: str, **more: Any) -> Answer:
        """Send a request once, to the first process that takes it."""
        answer = self._send(who, method, path, **more)
        self.answers[f"{method} {NAMES.get(answer.status, answer.status)}"] += 1
        return answer

    def _send(self, who: Person, method: str, path: str, **more: Any) -> Answer:
        headers = {**who.headers, **more.pop("headers", {})}
        for _ in self._urls:
            try:
                found = self._session.request(
                    method,
                    self._urls[self._at] + path,
                    headers=headers,
                    timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                    **more,
                )
                return Answer(found.status_code, found.json() if found.content else None)
            except (requests.RequestException, ValueError) as error:
                self._at = (self._at + 1) % len(self._urls)
                if not _was_not_taken(error):
                    return Answer(CUT)
        return Answer(NOBODY)


def _was_not_taken(error: Exception) -> bool:
    reason = error.args[0] if error.args else None
    return isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError)
