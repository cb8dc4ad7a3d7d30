"""The folder in which several processes of one machine count, so that one of them can tell for all.

prometheus-client decides at its import, by this variable, whether it counts in memory or in files: nothing in
here imports it, and a process calls `share` before it imports whatever counts.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_LIVE = re.compile(r"gauge_live\w*_(\d+)\.db")


def share(environ: MutableMapping[str, str] = os.environ) -> Path | None:
    """Make sure that there is a folder, and name it in the environment; returns it if it was made here.

    One that was given is made where it is missing, and left as it is but for gauges of processes that are gone:
    others may count in it already. Whoever gives a folder empties it.
    """
    if given := environ.get(VARIABLE):
        Path(given).mkdir(parents=True, exist_ok=True)
        for live in Path(given).glob("gauge_live*.db"):
            _forget_gone(live)
        return None
    environ[VARIABLE] = tempfile.mkdtemp(prefix="barker-metrics-")
    return Path(environ[VARIABLE])


def is_given(environ: Mapping[str, str] = os.environ) -> bool:
    """Tell whether somebody has named a folder."""
    return bool(environ.get(VARIABLE))


def note_end(pid: int) -> None:
    """Forget what a process that has ended told of itself as it was; what it counted stays."""
    if folder := os.environ.get(VARIABLE):
        for live in Path(folder).glob(f"gauge_live*_{pid}.db"):
            live.unlink(missing_ok=True)


def remove(folder: Path | None) -> None:
    """Remove a folder with all that was counted in it."""
    if folder:
        shutil.rmtree(folder, ignore_errors=True)


def _forget_gone(live: Path) -> None:
    found = _LIVE.fullmatch(live.name)
    with suppress(PermissionError):  # it is there, and another user's
        try:
            os.kill(int(found[1]) if found else os.getpid(), 0)
        except ProcessLookupError:
            live.unlink(missing_ok=True)
