"""Whose turn it is: no push service, slow or dead, may hold all threads of a worker."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

AT_ONCE = 4  # pushes to one host: fewer than a worker has threads for them
STRANGERS = 3  # pushes to hosts that have not answered yet, all together: anybody may name many
WAIT_SECONDS = 0.5  # for a turn
REST_SECONDS, REST_MAX_SECONDS = 15.0, 600.0  # for a host that did not answer; twice as long each time
HOSTS_MOST = 10_000  # anybody may name a host, so what is known of them has an end


class NotNow(Exception):
    """The host has its hands full, or is left alone for a while."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


@dataclass
class _Host:
    running: int = 0
    answers: bool = False
    silent: int = 0  # how often in a row it did not answer
    rests_until: float = 0.0

    @property
    def is_idle(self) -> bool:
        return not self.running and self.rests_until <= time.monotonic()


class Turns:
    """What this process knows of the hosts it pushes to."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._hosts: dict[str, _Host] = {}
        self._strangers = 0  # turns that hosts have which have not answered yet

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """Take a turn. Raises NotNow."""
        with self._changed:
            known = self._known(host)
            # Nobody waits behind strangers: there may be thousands of them in the lane.
            has_room = self._changed.wait_for(lambda: self._has_room(known), WAIT_SECONDS if known.answers else 0)
            rests = known.rests_until - time.monotonic()
            if rests > 0 or not has_room:
                raise NotNow(max(rests, WAIT_SECONDS))
            stranger = not known.answers
            known.running += 1
            self._strangers += stranger
        try:
            yield
        finally:
            with self._changed:
                known.running -= 1
                self._strangers -= stranger
                self._changed.notify_all()

    def note(self, host: str, *, answered: bool) -> None:
        """Note whether a host answers; one that does not is left alone for a while."""
        with self._changed:
            known = self._known(host)
            known.answers = answered
            known.silent = 0 if answered else known.silent + 1
            rest = min(REST_MAX_SECONDS, REST_SECONDS * 2 ** min(known.silent - 1, 10))
            known.rests_until = 0.0 if answered else time.monotonic() + rest

    def _has_room(self, host: _Host) -> bool:
        return host.running < AT_ONCE and (host.answers or self._strangers < STRANGERS)

    def _known(self, host: str) -> _Host:
        if host not in self._hosts and len(self._hosts) >= HOSTS_MOST:
            self._hosts = {name: known for name, known in self._hosts.items() if not known.is_idle}
        return self._hosts.setdefault(host, _Host())
