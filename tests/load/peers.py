"""The limits to be measured against: redis-benchmark on the same Redis, wrk to load a server. Left out if missing."""

import csv
import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

from barker.models import QUEUE_KEEP
from tests.load.bench import Bench
from tests.load.processes import Server, load

KEYS = 100_000
BENCHED = 1_000_000
BENCHED_QUICK = 300_000
FIELD = ("4567890123456789012", "3456789012345678901")  # as long as the one field of an entry
NO_REDIS_BENCHMARK = (
    "redis-benchmark is not on the PATH, so nothing is compared with it: apt-get install redis-tools "
    "(or the bin folder of any Redis)."
)
NO_WRK = (
    "wrk is not on the PATH, so the load comes from a client in Python, which takes more of a core: apt-get install wrk"
)
LUA = Path(__file__).with_name("tokens.lua")


@dataclass(frozen=True)
class Load:
    """How a server stood a load; the times are those of one request."""

    rate: float
    p50_ms: float
    p99_ms: float
    size: float


def redis_benchmark(bench: Bench, number: int = 0) -> float | None:
    """Return the XADDs a second that redis-benchmark reaches on the queues' server, None where there is none."""
    program = shutil.which("redis-benchmark")
    if not program:
        bench.report.note(NO_REDIS_BENCHMARK)
        return None
    number = number or (BENCHED_QUICK if bench.quick else BENCHED)
    port = str(urlsplit(bench.urls["BARKER_QUEUES_URL"]).port)
    asked = [program, "-p", port, "-P", "100", "-r", str(KEYS), "-n", str(number), "--csv"]
    xadd = ["XADD", "q:__rand_int__", "MAXLEN", "~", str(QUEUE_KEEP), "*", *FIELD]
    before = _xadds(bench)
    out = subprocess.run([*asked, *xadd], capture_output=True, text=True, check=True, timeout=120).stdout
    assert _xadds(bench) >= before + number, "redis-benchmark has not written all it says"
    return float(list(csv.reader(StringIO(out)))[-1][1])


def _xadds(bench: Bench) -> int:
    return int(bench.redis.info("commandstats")["cmdstat_xadd"]["calls"])


def clean_up(bench: Bench) -> None:
    """Remove what redis-benchmark has written."""
    for start in range(0, KEYS, 1_000):
        bench.redis.unlink(*(f"q:{number:012d}" for number in range(start, start + 1_000)))


def get(bench: Bench, server: Server, path: str, tokens: Sequence[str], connections: int, seconds: int) -> Load:
    """Ask for a page for some seconds, with one token after the other."""
    if not shutil.which("wrk"):
        bench.report.note(NO_WRK)
        return _get_by_hand(server, path, tokens, connections, seconds)
    file = bench.logs / "tokens.txt"
    file.write_text("\n".join(tokens) + "\n")
    asked = ["wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "-s", str(LUA), server.url + path]
    out = subprocess.run([*asked, "--", str(file)], capture_output=True, text=True, check=True, timeout=120).stdout
    return _loaded(**json.loads(out.splitlines()[-1]))


def _get_by_hand(server: Server, path: str, tokens: Sequence[str], connections: int, seconds: int) -> Load:
    requests = [request_text("GET", path, token) for token in tokens]
    answer = load(requests, server.port, connections, seconds)
    answer["errors"] = sum(number for status, number in answer.pop("statuses").items() if status != "200")
    return _loaded(**answer)


def _loaded(answers: int, seconds: float, p50_ms: float, p99_ms: float, bytes: int, errors: int) -> Load:
    assert answers, "no request was answered"
    assert not errors, f"{errors} of {answers} requests failed"
    return Load(answers / seconds, p50_ms, p99_ms, bytes / answers)


def request_text(method: str, path: str, token: str, body: str = "") -> str:
    """Return a whole request, as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"Authorization: Bearer {token}"] if token else []
    lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"] if body else []
    return "\r\n".join([*lines, "", body])
