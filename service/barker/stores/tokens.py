"""Tokens that a process knows to be alive, so that it need not ask for them at each request.

revoked            channel  "<list>": some token was revoked
revoked:<nonce>    list     an element for each process that has forgotten its tokens; ANSWER_SECONDS

A process knows tokens only while its subscription surely stands: it is heard from every second, and what is not
heard from for STANDS_SECONDS counts as broken. At a revocation it forgets all it knows, also what is being read
at that moment, and says so; whoever revokes waits until every process has.
"""

import secrets
import threading
import time
from collections.abc import Callable, Collection
from contextlib import closing

import structlog
from redis.client import PubSub

from barker.stores.recent import Recent
from barker.stores.redis_client import connect

CHANNEL = "revoked"
KNOWN_SECONDS = 10  # in case a revocation died between its two writes: Redis, too, forgets what it has cached
KNOWN_MOST = 50_000
PING_SECONDS = 1.0
STANDS_SECONDS = 3.0  # so long, at most, is a revocation not heard of when the network swallows it
AGAIN_SECONDS = 0.5  # between two tries to subscribe
ANSWER_SECONDS = 60
WAIT_SECONDS = 1.0  # for all processes to answer; one that hangs takes no requests either

Caller = tuple[int, int]  # session, user

log = structlog.get_logger()


class KnownTokens:
    """The tokens of a process. Knows nothing until `start` is called, nor while Redis is away."""

    def __init__(self, url: str, seconds: float) -> None:
        # No second try: after a silent reconnection nobody would know that a revocation was missed.
        self._redis = connect(url, seconds, retries=0)
        self._recent: Recent[bytes, Caller] = Recent(KNOWN_SECONDS, KNOWN_MOST)
        self._stands_until = 0.0
        self._closing = threading.Event()

    def start(self, heard: Callable[[Collection[bytes] | None], None] = lambda _tokens: None) -> None:
        """Begin to listen, in a thread of its own (a greenlet under gevent), and pass on which tokens are revoked.

        None stands for those of which this process may not have heard: it listens anew.
        """
        self._heard = heard
        threading.Thread(target=self._run, daemon=True).start()

    def known(self) -> dict[bytes, Caller]:
        """Return what is known. Put into this very dict what you read after this call: a revocation empties it."""
        return self._recent.known() if time.monotonic() < self._stands_until else {}

    def revoked(self, tokens: Collection[bytes]) -> None:
        """Let every process forget what it knows; returns when all have, or have had time enough."""
        answers = f"{CHANNEL}:{secrets.token_hex(8)}"
        told = " ".join((answers, *(token.hex() for token in tokens)))
        processes, until = self._redis.publish(CHANNEL, told), time.monotonic() + WAIT_SECONDS
        for _ in range(processes):
            rest = max(0.01, until - time.monotonic())
            if self._redis.blpop([answers], timeout=rest) is None:
                log.warning("revocation_unanswered", processes=processes)
                return

    def close(self) -> None:
        """Stop listening."""
        self._closing.set()
        self._redis.close()

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                with closing(self._redis.pubsub()) as pubsub:  # type: ignore[no-untyped-call]
                    self._listen(pubsub)
            except Exception as error:  # were this thread to end, every request would ask Redis for ever
                if not self._closing.is_set():
                    log.warning("revocations_unheard", error=f"{type(error).__name__}: {error}"[:300])
            self._closing.wait(AGAIN_SECONDS)

    def _listen(self, pubsub: PubSub) -> None:
        pubsub.subscribe(CHANNEL)
        heard = time.monotonic()
        try:
            while time.monotonic() < heard + STANDS_SECONDS and not self._closing.is_set():
                message = pubsub.get_message(timeout=PING_SECONDS)
                if message is None:
                    pubsub.ping()
                    continue
                heard = time.monotonic()
                self._stands_until = heard + STANDS_SECONDS
                if message["type"] == "subscribe":
                    self._heard(None)
                if message["type"] == "message":
                    self._recent.clear()
                    answers, *tokens = message["data"].split(" ")
                    self._heard({bytes.fromhex(token) for token in tokens})
                    self._answer(answers)
        finally:
            self._stands_until = 0.0
            self._recent.clear()

    def _answer(self, answers: str) -> None:
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.rpush(answers, "forgotten")
            pipe.expire(answers, ANSWER_SECONDS)
            pipe.execute()
