"""The wire to Neo4j: the driver has no read timeout, and repeats a call longer than its caller waits.

So every call has a slot in a bulkhead and a time limit of ours, and is repeated only while somebody waits for it. A
server that falls silent leaves calls that hang for minutes: a line on which nothing was heard while a call waited in
vain is given up as a whole, and closing its driver ends what hangs.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, LiteralString, TypeVar
from urllib.parse import unquote, urlsplit, urlunsplit

from neo4j import Driver, GraphDatabase, Result, RoutingControl
from neo4j.exceptions import ConstraintError, DriverError, Neo4jError

from barker.bulkhead import Bulkhead

DATABASE = "neo4j"
SLOTS = 32  # calls at once a process; the driver's pool is as large
FIRST_PAUSE_SECONDS = 0.05  # before a call is repeated; then twice as long each time
T = TypeVar("T")
Rows = list[dict[str, Any]]


@dataclass
class Line:
    """A driver with its slots, and when the server was last heard on it."""

    driver: Driver
    bulkhead: Bulkhead = field(default_factory=lambda: Bulkhead(SLOTS))
    heard: float = 0.0


class Bolt:
    """Queries with a time limit. Raises the driver's errors, and TimeoutError."""

    def __init__(self, url: str, seconds: float) -> None:
        self._url, self._seconds = url, seconds
        self._lock = threading.Lock()
        self._line = self._open()

    def run(self, query: LiteralString, routing: RoutingControl, seconds: float, parameters: dict[str, Any]) -> Rows:
        """Run one query in a transaction of its own, and return its rows."""
        line, began = self._line, time.monotonic()

        def call() -> Rows:
            return line.driver.execute_query(
                query, parameters, routing_=routing, database_=DATABASE, result_transformer_=_rows
            )

        try:
            rows = line.bulkhead.run(lambda: _again_until(began + seconds, call), seconds)
        except TimeoutError:
            self._give_up(line, began)
            raise
        line.heard = time.monotonic()
        return rows

    def close(self) -> None:
        """Close all connections."""
        self._line.driver.close()

    def _open(self) -> Line:
        parts = urlsplit(self._url)
        auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        driver = GraphDatabase.driver(
            urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])),
            auth=auth,
            connection_timeout=self._seconds,
            connection_acquisition_timeout=self._seconds,
            max_connection_pool_size=SLOTS,
            max_transaction_retry_time=0,
            telemetry_disabled=True,
            notifications_min_severity="OFF",  # an empty graph knows no FOLLOWS yet, and would say so each time
        )
        return Line(driver)

    def _give_up(self, line: Line, began: float) -> None:
        with self._lock:
            if line is not self._line or line.heard >= began:
                return
            self._line = self._open()
        threading.Thread(target=line.driver.close, daemon=True).start()


def _rows(result: Result) -> Rows:
    # Not `data()`: that looks at each of a million ids whether it is a node.
    return [dict(record) for record in result]


def _again_until(until: float, call: Callable[[], T]) -> T:
    """Repeat what may be repeated, but never when nobody waits for it any more."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            return call()
        except (DriverError, Neo4jError) as error:
            # Two first follows of one person may meet, and both make the node: at the next try it is there.
            repeatable = isinstance(error, ConstraintError) or error.is_retryable()
            if not repeatable or time.monotonic() + pause >= until:
                raise
        time.sleep(pause)
        pause *= 2
