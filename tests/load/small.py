"""Many authors with few followers who post at once: through one worker, and over HTTP with two API processes."""

import json
import secrets
import time
from contextlib import ExitStack
from hashlib import sha256

from barker import ids
from barker.models import Session, User
from tests.load import peers
from tests.load.bench import Bench
from tests.load.deliveries import all_arrived, post, wait_until_done
from tests.load.processes import api, load, start_worker, workers
from tests.load.report import Figure
from tests.load.world import World

AUTHORS, AUTHORS_QUICK, FOLLOWERS = 2_000, 500, 10
API_PROCESSES, CONNECTIONS = 2, 32
DEPTH = 800  # entries of a queue that are looked at: whole


def measure(bench: Bench, world: World) -> None:
    """Measure the worker on what waits for it, then everything at once, over HTTP."""
    number = AUTHORS_QUICK if bench.quick else AUTHORS
    bench.say(f"small: {number:,} authors with {FOLLOWERS} followers each")
    authors, readers = world.authors(number, FOLLOWERS)
    tokens = [token_of(bench, author) for author in authors]
    waiting = [_waiting(bench, authors, readers) for _ in bench.rounds("small, one worker")]
    posted: list[float] = []
    delivered: list[float] = []
    with api(bench, API_PROCESSES) as server, workers(bench, world):
        for _ in bench.rounds("small, over HTTP"):
            answered, until_last = _over_http(bench, server.port, tokens, readers)
            posted.append(answered)
            delivered.append(until_last)
    of = f"{number:,} barks, 10 followers each"
    bench.report.add(Figure("small", f"{of}, through one worker", "barks/s", waiting))
    bench.report.add(Figure("small", f"{of}, over HTTP, {API_PROCESSES} API processes: answered", "barks/s", posted))
    bench.report.add(Figure("small", "  the same until the last is delivered", "barks/s", delivered))

    bench.report.note(
        "small: the one worker is timed from its first delivery to its last, its start left out; over HTTP from the "
        "first bark's making, with the client, the API, the worker and the stores all at work."
    )


def token_of(bench: Bench, user: User) -> str:
    """Sign somebody in, straight in the store: a password costs 50 ms each."""
    token = secrets.token_urlsafe(32)
    session = Session(ids.new(), user.id, "bench", ids.now_ms())
    bench.stores.sessions.insert(session, sha256(token.encode()).digest())
    return token


def _waiting(bench: Bench, authors: list[User], readers: list[int]) -> float:
    """Put all barks with their jobs, then start a worker: barks a second from the first delivery to the last."""
    barks = [post(bench, author) for author in authors]
    with ExitStack() as stack:
        start_worker(bench, stack)
        wait_until_done(bench, barks)
    seen = all_arrived(bench, readers, barks, len(authors) * FOLLOWERS, DEPTH)
    return len(barks) / ((seen.last_ms + 1 - seen.first_ms) / 1000)


def _over_http(bench: Bench, port: int, tokens: list[str], readers: list[int]) -> tuple[float, float]:
    """Let everybody post once; barks a second until all are answered, and until all are delivered."""
    body = json.dumps({"text": "What a day for a walk in the park!"})
    requests = [peers.request_text("POST", "/v1/barks", token, body) for token in tokens]
    since, began_ms = ids.new(), time.time() * 1000
    answer = load(requests, port, CONNECTIONS)
    assert answer["statuses"] == {"201": len(tokens)}, answer["statuses"]
    documents = bench.stores.documents.collection("barks")
    barks = [document["_id"] for document in documents.find({"_id": {"$gt": since}}, {"_id": 1})]
    assert len(barks) == len(tokens)
    wait_until_done(bench, barks)
    seen = all_arrived(bench, readers, barks, len(barks) * FOLLOWERS, DEPTH)
    began_ms = max(began_ms, min(map(ids.ms_of, barks)))  # the client took a moment to start
    return answer["answers"] / answer["seconds"], len(barks) / ((seen.last_ms + 1 - began_ms) / 1000)
