"""Neo4j's jars in the user's cache: fetched once, checked one by one, whole or not there at all.

~/.cache/barker/neo4j-<version>         the jars, moved here when all are right
~/.cache/barker/neo4j-<version>.part    what an interrupted fetch left; the right ones are kept
~/.cache/barker/neo4j-<version>.lock    held by the process that fetches
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from barker.local.display import Display
from barker.local.errors import StartFailed

VERSION = "2026.09.0"
LIST = Path(__file__).with_name(f"neo4j-{VERSION}.jars")
TITLE = "Neo4j's jars"


@dataclass(frozen=True)
class Jar:
    """One line of the list: what to fetch, and how to know that it is the right one."""

    sha256: str
    size: int
    coordinates: tuple[str, ...]  # group, artifact, version and sometimes a classifier

    @property
    def file(self) -> str:
        """The name of the file."""
        return "-".join(self.coordinates[1:]) + ".jar"

    def is_right(self, content: bytes) -> bool:
        """Whether this is the jar's content, byte for byte."""
        return len(content) == self.size and hashlib.sha256(content).hexdigest() == self.sha256

    def is_in(self, folder: Path) -> bool:
        """Whether the right file is there."""
        file = folder / self.file
        return file.exists() and self.is_right(file.read_bytes())


# A way of fetching: writes jars into a folder and gives each as it is there. OSError: it does not work here.
Fetch = Callable[[Sequence[Jar], Path], Iterator[Jar]]


def folder() -> Path:
    """Where the jars are kept."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache, "barker", f"neo4j-{VERSION}")


def listed() -> list[Jar]:
    """The jars Neo4j needs, as Maven resolved them for this version."""
    rows = (line.split() for line in LIST.read_text().splitlines())
    return [Jar(sha256, int(size), tuple(coordinates.split(":"))) for sha256, size, coordinates in rows]


def make_sure(display: Display, ways: Sequence[Fetch]) -> None:
    """Fetch the jars unless they are all there, by the first of several ways that works."""
    jars, target = listed(), folder()
    if _is_whole(target, jars):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone(_beside(target, "lock"), display):
        if not _is_whole(target, jars):
            part = _beside(target, "part")
            part.mkdir(exist_ok=True)
            _fetch(jars, part, display, ways)
            shutil.rmtree(target, ignore_errors=True)
            part.rename(target)


def _is_whole(target: Path, jars: Sequence[Jar]) -> bool:
    if not target.is_dir():
        return False
    sizes = {entry.name: entry.stat().st_size for entry in os.scandir(target)}
    return all(sizes.get(jar.file) == jar.size for jar in jars)


def _fetch(jars: Sequence[Jar], part: Path, display: Display, ways: Sequence[Fetch]) -> None:
    missing = [jar for jar in jars if not jar.is_in(part)]
    reasons = []
    for way in ways:
        try:
            _go(way, jars, missing, part, display)
        except OSError as error:
            reasons.append(f"    {error}")
        missing = [jar for jar in missing if not jar.is_in(part)]
        if not missing:
            display.done(TITLE, f"all {len(jars)} fetched, kept in {part.parent}")
            return
    raise StartFailed(_advice(missing, reasons))


def _go(way: Fetch, jars: Sequence[Jar], missing: Sequence[Jar], part: Path, display: Display) -> None:
    count, size = len(jars) - len(missing), sum(jar.size for jar in jars) - sum(jar.size for jar in missing)
    whole = sum(jar.size for jar in jars)

    def show() -> None:
        display.doing(TITLE, f"{count} of {len(jars)} fetched, {size / 1e6:.0f} of {whole / 1e6:.0f} MB")

    show()
    for jar in way(missing, part):
        count, size = count + 1, size + jar.size
        show()


def _advice(missing: Sequence[Jar], reasons: Sequence[str]) -> str:
    return "\n".join(
        (
            f"Neo4j could not be fetched: {len(missing)} jars are missing.",
            *reasons,
            "Is there a network? What is there already is kept: just try again. Or copy the folder",
            f"{folder()} from a machine that has it, or set BARKER_GRAPH_URL to a server of your own.",
        )
    )


def _beside(target: Path, ending: str) -> Path:
    return target.with_name(f"{target.name}.{ending}")


@contextmanager
def _alone(lock: Path, display: Display) -> Iterator[None]:
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            display.doing(TITLE, "another process is fetching them, waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
