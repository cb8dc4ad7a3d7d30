"""The end of a log, as people want to read it."""

from collections.abc import Callable, Mapping
from pathlib import Path

LINES = 15
WIDTH = 220
READ_BYTES = 200_000  # more than fifteen lines need, even with a stack trace in JSON


def last_lines(starts: Mapping[Path, int], readable: Callable[[str], str] = str) -> str:
    """The last lines of some logs, each from a position on, made readable and cut to a width."""
    lines = (readable(line) for log, start in starts.items() for line in _lines(log, start))
    shown = [f"    {line}"[:WIDTH] for line in lines if line.strip()]
    return "\n".join(shown[-LINES:]) or "    (it wrote nothing)"


def _lines(log: Path, start: int) -> list[str]:
    if not log.exists():
        return []
    with log.open("rb") as file:
        end = file.seek(0, 2)
        file.seek(max(start if start <= end else 0, end - READ_BYTES))
        return file.read().decode(errors="replace").splitlines()
