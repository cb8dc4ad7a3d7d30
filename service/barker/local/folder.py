"""The data folder: known by a mark, used by one `barker up` at a time, emptied only of what is ours.

.barker      the mark; locked while in use, and holds the id of the process that uses it
documents    MongoDB's files        places    of Redis for places (kept empty)
graph        Neo4j's files          queues    of Redis for queues
logs         <name>.log of each process
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from barker.local.errors import StartFailed

MARK = ".barker"
OURS = ("documents", "graph", "places", "queues", "logs")
LEFTOVER_SECONDS = 20.0  # how long the servers of a killed run may take to end


@contextmanager
def claimed(data: Path, *, fresh: bool) -> Iterator[int]:
    """Hold the folder, made where it is not there and emptied if asked for; gives the lock's descriptor."""
    _check_mark(data)
    with _made_mark(data).open("r+") as mark:
        _lock(mark.fileno(), data)
        mark.truncate()
        print(os.getpid(), file=mark, flush=True)
        if fresh:
            _empty(data)
        (data / "logs").mkdir(exist_ok=True)
        yield mark.fileno()


def _check_mark(data: Path) -> None:
    if data.exists() and not data.is_dir():
        raise StartFailed(f"{data} is not a folder. Name another one with --data.")
    if data.is_dir() and any(data.iterdir()) and not (data / MARK).exists():
        raise StartFailed(
            f"{data} holds other things: there is no {MARK} in it, so Barker did not make it and "
            "leaves it alone.\nName a new or an empty folder with --data."
        )


def _made_mark(data: Path) -> Path:
    try:
        data.mkdir(parents=True, exist_ok=True)
        (data / MARK).touch()
    except OSError as error:
        raise StartFailed(f"{data} cannot be used: {error.strerror}. Name another folder with --data.") from error
    return data / MARK


def _lock(descriptor: int, data: Path) -> None:
    # NOTE the servers hold the lock too: those of a run that was killed may still be at their files
    until = time.monotonic() + LEFTOVER_SECONDS
    while not _locked(descriptor):
        holder = (data / MARK).read_text().strip()
        if _lives(holder) or time.monotonic() > until:
            raise StartFailed(
                f"{data} is in use by process {holder or 'unknown'}. Stop that one (kill {holder or 'PID'}), "
                "or name another folder with --data."
            )
        time.sleep(0.1)


def _locked(descriptor: int) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _lives(pid: str) -> bool:
    return pid.isdigit() and Path("/proc", pid).exists()


def _empty(data: Path) -> None:
    for name in OURS:
        if (data / name).exists():
            shutil.rmtree(data / name)
