"""Both directions of one WebSocket: events go out, acks come in, and whoever ends it, it ends whole."""

from collections.abc import Callable
from contextlib import suppress

import gevent
import structlog

from barker.live.acks import Acks
from barker.live.stream import Event, Stream
from barker.live.ws import Over, Refused, WebSocket

BAD_MOST = 10  # bad messages more than good ones: after that nobody mends them any more
GOODBYE_SECONDS = 2.0  # for the other side to answer our goodbye; less than what server.py leaves for it
NORMAL, GOING_AWAY, POLICY, FAULT = 1000, 1001, 1008, 1011
CODES = {"restart": 1012, "slow": 1013, "signed_out": POLICY}  # by the reason of a `bye`

log = structlog.get_logger()


class Conversation:
    """One open screen that answers."""

    def __init__(self, socket: WebSocket, stream: Stream, acks: Acks) -> None:
        self._socket, self._stream, self._acks = socket, stream, acks
        self._heard_all = False  # the other side, or what is wrong with it, has ended it
        self._code = GOING_AWAY

    def hold(self, told: Callable[[Event], str], heard: Callable[[str], str | None]) -> None:
        """Hold it until either side ends it. `told` makes a message; `heard` takes one, and may object to it."""
        ear = gevent.spawn(self._hear, heard)
        try:
            self._tell(told)
        except Exception:
            log.exception("socket_fault")
            self._code = FAULT
        finally:
            self._stream.close()
            with suppress(OSError):
                self._socket.close(self._code)
            ear.join(GOODBYE_SECONDS)
            ear.kill()
            self._acks.save()

    def _tell(self, told: Callable[[Event], str]) -> None:
        with suppress(Over, OSError):
            self._socket.begin()
            for event in self._stream.events():
                if self._heard_all:
                    return
                if event is None:
                    self._socket.beat()
                    continue
                if event.name == "bye":
                    self._code = CODES.get((event.data or {}).get("reason", ""), GOING_AWAY)
                self._socket.send(told(event))

    def _hear(self, heard: Callable[[str], str | None]) -> None:
        try:
            self._take(heard)
        except Refused as refused:
            self._end(refused.code)
            with suppress(Over, OSError):
                self._socket.discard()
        except (Over, OSError):
            self._acks.save()  # before the goodbye is answered: who comes back then finds it
            self._end(NORMAL)
        except Exception:
            log.exception("socket_fault")
            self._end(FAULT)

    def _take(self, heard: Callable[[str], str | None]) -> None:
        bad = 0
        while True:
            for text in self._socket.messages(self._acks.wait()):
                objection = heard(text)
                bad = bad + 1 if objection else max(0, bad - 1)
                if objection:
                    self._socket.send(objection)
                if bad > BAD_MOST:
                    raise Refused(POLICY)
            if self._acks.wait() == 0:
                self._acks.save()

    def _end(self, code: int) -> None:
        self._heard_all, self._code = True, code
        self._stream.end("over")  # wakes who tells
