"""Somebody who listens to a stream in a thread of her own."""

import threading
from typing import Any

from barker_client import BarkerError, Client, Event
from tests.barker_process import wait_for


class Watcher:
    """What a stream told so far, and what ended it."""

    def __init__(self, client: Client, cursor: str | None = None, **options: Any) -> None:
        self.pauses: list[BarkerError] = []
        self.stream = client.stream(cursor, waits=lambda error, _: self.pauses.append(error), **options)
        self.events: list[Event] = []
        self.ended: BarkerError | None = None
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> "Watcher":
        self._thread.start()
        wait_for(lambda: self.names or self.ended, "the stream to be ready")
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()
        self._thread.join(10)
        assert not self._thread.is_alive(), "a stream that is closed ends at once"

    def _listen(self) -> None:
        try:
            for event in self.stream:
                self.events.append(event)
        except BarkerError as error:
            self.ended = error

    @property
    def names(self) -> list[str]:
        """The names of all events."""
        return [event.name for event in self.events]

    @property
    def texts(self) -> list[str]:
        """The texts of all barks."""
        return [event.bark.text for event in list(self.events) if event.bark]

    def wait_for_barks(self, number: int) -> None:
        """Wait until so many barks were told."""
        wait_for(lambda: len(self.texts) >= number, f"{number} barks; there are {self.texts}", 40)
