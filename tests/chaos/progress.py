"""How far a campaign is: a bar on a terminal, a line every few seconds anywhere else."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from barker.local.display import print_line
from tests.chaos.campaign import Say

LINE_SECONDS = 10.0


@contextmanager
def progress(kills: int, seconds: float) -> Iterator[Say]:
    """Give a way to say what is going on."""
    print_line(f"At most {kills} kills in {seconds:.0f} s, then all has to come to rest (minutes), and is compared.")
    if not sys.stdout.isatty():
        yield _lines(kills)
        return
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns) as bar:
        task = bar.add_task("starting", total=kills)
        yield lambda what, done: bar.update(task, completed=done, description=what)


def _lines(kills: int) -> Say:
    following = 0.0

    def say(what: str, done: int) -> None:
        nonlocal following
        if time.monotonic() >= following:
            following = time.monotonic() + LINE_SECONDS
            print_line(f"{done} of {kills} kills; {what}")

    return say
