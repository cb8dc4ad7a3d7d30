"""Redis GEO: where people are now, if they share it.

places  geo  user id   one place each, snapped to the grid before it is stored
"""

from math import cos, floor, radians

from redis.exceptions import RedisError

from barker.stores.guard import guarded
from barker.stores.redis_client import connect

KEY = "places"
GRID_METRES = 150  # whatever is asked, no more than the cell can come out
METRES_A_DEGREE = 111_320
LATITUDE_MAX = 85.05  # Redis keeps places in Web Mercator, which ends there

guard = guarded("places", RedisError)


class Places:
    """The places of people."""

    def __init__(self, url: str, seconds: float) -> None:
        self._redis = connect(url, seconds)

    @guard
    def put(self, user_id: int, lat: float, lon: float) -> None:
        """Note where a user is, to the cell (degrees)."""
        lat, lon = snap(lat, lon)
        self._redis.geoadd(KEY, [lon, lat, str(user_id)])

    @guard
    def remove(self, user_id: int) -> None:
        """Forget where a user is."""
        self._redis.zrem(KEY, str(user_id))

    @guard
    def of(self, user_id: int) -> tuple[float, float] | None:
        """Return the cell of a user, as latitude and longitude."""
        found = self._redis.geopos(KEY, str(user_id))[0]
        return (float(found[1]), float(found[0])) if found else None

    def close(self) -> None:
        """Close all connections."""
        self._redis.close()


def snap(lat: float, lon: float) -> tuple[float, float]:
    """Return the middle of the grid's cell: about GRID_METRES wide and high, the same for everybody in it."""
    high = GRID_METRES / METRES_A_DEGREE
    lat = (max(-LATITUDE_MAX, min(lat, LATITUDE_MAX)) // high + 0.5) * high
    # A row is cut into whole cells, so that none reaches over the 180th meridian, where it begins again.
    cells = int(360 * cos(radians(lat)) / high)
    return lat, (floor((lon + 180) / 360 * cells) % cells + 0.5) * 360 / cells - 180
