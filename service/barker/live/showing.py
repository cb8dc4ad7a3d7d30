"""What the tabs of a process show: a bark that many of them hear of at once is read once, and made into JSON once."""

from collections.abc import Iterable, Sequence

from gevent.event import AsyncResult

from barker import spans
from barker.actions import feed
from barker.models import Shown
from barker.stores import Stores

READ_SECONDS = 30.0  # longer than any reading takes, which has limits of its own
TRACES_MOST = 1_000


class Showing:
    """Barks by id, from what the process has just shown; who asks for what is being read waits for that."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._reading: dict[int, AsyncResult] = {}
        self._traces: dict[int, str] = {}

    def barks(self, bark_ids: Iterable[int]) -> dict[int, Shown]:
        """Return those that are there, as they are now or were up to SHOWN_SECONDS ago. Raises StoreDown."""
        wanted = set(bark_ids)
        others = [(bark_id, self._reading[bark_id]) for bark_id in wanted if bark_id in self._reading]
        mine = [bark_id for bark_id in wanted if bark_id not in self._reading]
        found = self._read(mine) if mine else {}
        for bark_id, reading in others:
            read: dict[int, Shown] = reading.get(timeout=READ_SECONDS)
            if bark_id in read:
                found[bark_id] = read[bark_id]
        return found

    def take_trace(self, bark_id: int) -> str:
        """Return the trace in which a bark was made, to the first screen of this process that tells it; else ""."""
        return self._traces.pop(bark_id, "")

    def _note_traces(self, found: dict[int, Shown]) -> None:
        if spans.on():
            if len(self._traces) > TRACES_MOST:
                self._traces.clear()  # of what only screens that catch up have read
            self._traces |= {bark_id: one.bark.trace for bark_id, one in found.items() if one.bark.trace}

    def _read(self, bark_ids: Sequence[int]) -> dict[int, Shown]:
        reading = AsyncResult()
        self._reading |= dict.fromkeys(bark_ids, reading)
        try:
            found = {shown.bark.id: shown for shown in feed.look_up(self._stores, bark_ids)}
            reading.set(found)
            self._note_traces(found)
            return dict(found)
        except BaseException as error:
            reading.set_exception(error)
            raise
        finally:
            for bark_id in bark_ids:
                del self._reading[bark_id]
