"""How the start is shown: live on a terminal, as plain lines anywhere else."""

import sys
import time
from collections.abc import Callable
from typing import Protocol, Self

from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn

PLAIN_SECONDS = 2.0  # between two lines about the same thing


class Display(Protocol):
    """Shows lines, and what each of several things is doing."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...

    def say(self, line: str) -> None:
        """Show a line that stays."""

    def doing(self, title: str, state: str) -> None:
        """Show what a thing is at."""

    def done(self, title: str, state: str) -> None:
        """Show that a thing is done."""


class Lines:
    """A display that only writes lines."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._next: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def say(self, line: str) -> None:
        """Write the line."""
        self._say(line)

    def doing(self, title: str, state: str) -> None:
        """Write a line, unless there was one about the same thing a moment ago."""
        now = time.monotonic()
        if now >= self._next.get(title, now):
            self._next[title] = now + PLAIN_SECONDS
            self._say(f"{title}: {state}")

    def done(self, title: str, state: str) -> None:
        """Write a line."""
        self._say(f"{title}: {state}")


class Live:
    """A display with one moving line for each thing."""

    def __init__(self) -> None:
        columns = (SpinnerColumn(finished_text="[green]✓"), TextColumn("{task.description:<20}"))
        self._progress = Progress(*columns, TextColumn("{task.fields[state]}"))
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
        self._tasks.clear()

    def say(self, line: str) -> None:
        """Print the line above the moving ones."""
        self._progress.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def doing(self, title: str, state: str) -> None:
        """Change the thing's line."""
        if title not in self._tasks:
            self._tasks[title] = self._progress.add_task(title, total=1, state=state)
        self._progress.update(self._tasks[title], state=state)

    def done(self, title: str, state: str) -> None:
        """Stop the thing's line."""
        self.doing(title, state)
        self._progress.update(self._tasks[title], completed=1)


def display_for(say: Callable[[str], None] | None) -> Display:
    """Lines for a given way of saying them, or else what suits the standard output."""
    if say is not None:
        return Lines(say)
    return Live() if sys.stdout.isatty() else Lines(print_line)


def print_line(line: str) -> None:
    """Print a line now, also into a pipe."""
    print(line, flush=True)
