"""What the figures were measured on: the machine, the versions of the servers, and who ran where."""

import os
import platform
import re
import resource
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.metadata import version
from pathlib import Path

import psutil
from neo4j import GraphDatabase
from pymongo import MongoClient

from tests.load.bench import Bench

OTHERS = 0.1  # of all cores: beyond it, what others did meanwhile is told
NUMBER = r"\d+\.\d+\.\d+"
LIBRARIES = ("gunicorn", "gevent", "Flask", "redis", "pymongo", "neo4j")


def about(bench: Bench) -> dict[str, str]:
    """Return what has to be known, by title. Notes where the machine was not idle."""
    cores = len(os.sched_getaffinity(0))
    memory = psutil.virtual_memory().total / 2**30
    return {
        "Machine": f"{cores} cores, {_processor()}, {memory:.0f} GB, Linux {platform.release()}",
        "Servers": _servers(bench),
        "Service": f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in LIBRARIES),
        "Tools": ", ".join(_tools()),
        "Placement": f"four stores, {bench.options.workers} worker process(es) and this one, on all {cores} cores as "
        "the kernel likes, over loopback; small: 2 API processes and a client besides; feed: as noted below. "
        "The queues' Redis appends to its file every second; rewriting that file is off meanwhile.",
    }


@contextmanager
def watched(bench: Bench, measurement: str) -> Iterator[None]:
    """Tell how much of the machine others took during a measurement: it makes figures worse, and one rarely notices."""
    began, busy, ours = time.monotonic(), _busy(), _ours(bench)
    yield
    cores = len(os.sched_getaffinity(0))
    others = (_busy() - busy - (_ours(bench) - ours)) / (time.monotonic() - began)
    if others > OTHERS * cores:
        bench.report.note(
            f"{measurement}: UNRELIABLE, others took {others:.1f} of the {cores} cores meanwhile "
            f"(load {os.getloadavg()[0]:.1f})."
        )


def _busy() -> float:
    """Return the seconds for which the cores have been at work."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - times.iowait - times.guest - times.guest_nice)


def _ours(bench: Bench) -> float:
    """Return the seconds of ours among them: this process, those it has ended, the stores."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    stores = [psutil.Process(pid).cpu_times() for pid in bench.pids]
    return sum(one.ru_utime + one.ru_stime for one in used) + sum(one.user + one.system for one in stores)


def _servers(bench: Bench) -> str:
    url = bench.urls["BARKER_DOCUMENTS_URL"]
    with closing(MongoClient[dict[str, object]](url)) as client:
        mongo = client.server_info()["version"]
    with closing(GraphDatabase.driver(bench.urls["BARKER_GRAPH_URL"])) as driver:
        rows = driver.execute_query("CALL dbms.components() YIELD name, versions RETURN name, versions").records
    neo4j = rows[0]["versions"][0]
    info = bench.redis.info("server")
    return f"MongoDB {mongo}, Neo4j {neo4j}, Redis {info['redis_version']} (twice)"


def _tools() -> list[str]:
    found = []
    for tool in ("redis-benchmark", "wrk"):
        if shutil.which(tool):
            done = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False, timeout=10)
            found.append(f"{tool} {next(iter(re.findall(NUMBER, done.stdout + done.stderr)), '')}")
        else:
            found.append(f"{tool}: not there")
    return found


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(": ")[2]
    return platform.machine()
