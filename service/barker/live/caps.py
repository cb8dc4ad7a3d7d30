"""How many streams a process holds open: in all, and from one client address.

Both are counted in the process alone, as the tabs of one person are (`hub.TABS`): no store is asked.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from gevent.lock import BoundedSemaphore

from barker.errors import Full, TooMany
from barker.live.hub import TABS_SECONDS
from barker.metrics import counts

OPENING = 32  # streams at once: a crowd that comes back asks the stores in turn, and none is refused
WAIT_SECONDS = 60.0  # for one's turn; at least 300 are opened a second
NETWORK_BITS = 64  # of IPv6: one household or one rented machine has all addresses of such a network


@dataclass(eq=False, slots=True)
class Room:
    """What one stream holds."""

    network: str
    taken: bool = True


class Caps:
    """The streams of this process by where they come from."""

    def __init__(self, in_all: int, per_address: int) -> None:
        """`per_address` 0 lets as many come from one address as there is room for."""
        self._in_all, self._per_address = in_all, per_address
        self._taken = 0
        self._by_network: Counter[str] = Counter()
        self._opening = BoundedSemaphore(OPENING)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until a stream may be opened, which is what the block does. Raises Full."""
        if not self._opening.acquire(timeout=WAIT_SECONDS):
            raise Full("More streams are being opened than this process can: try again.")
        try:
            yield
        finally:
            self._opening.release()

    def take(self, address: str) -> Room:
        """Take room for a stream, which must be released. Raises Full and TooMany."""
        network = _network(address)
        if self._taken >= self._in_all:
            counts.STREAMS_REFUSED.labels("process").inc()
            raise Full("This process holds as many streams as it can: try again, another one may answer.")
        if self._per_address and self._by_network[network] >= self._per_address:
            counts.STREAMS_REFUSED.labels("address").inc()
            words = f"At most {self._per_address} streams from one address at once: close one."
            raise TooMany(words, TABS_SECONDS)
        self._taken += 1
        self._by_network[network] += 1
        return Room(network)

    def release(self, room: Room) -> None:
        """Give it back; may be repeated."""
        if not room.taken:
            return
        room.taken = False
        self._taken -= 1
        self._by_network[room.network] -= 1
        if not self._by_network[room.network]:
            del self._by_network[room.network]

    @contextmanager
    def held(self, address: str) -> Iterator[None]:
        """Hold room for as long as a block runs. Raises Full and TooMany."""
        room = self.take(address)
        try:
            yield
        finally:
            self.release(room)


def _network(address: str) -> str:
    """Return what an address counts as."""
    try:
        found = ip_address(address)
    except ValueError:  # a socket of Unix has none
        return address
    if not isinstance(found, IPv6Address):
        return address
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ip_network((found.packed, NETWORK_BITS), strict=False))
