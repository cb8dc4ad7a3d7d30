"""The folder in which several processes count."""

import os
import subprocess
import sys
from pathlib import Path

from barker.metrics import folder

COUNT = """
from barker.metrics import folder
made = folder.share()
from barker.metrics import counts
counts.DELIVERIES.labels("bark").inc(3)
counts.streams(2)
import os
print(os.getpid(), os.environ[folder.VARIABLE])
"""


def count(path: Path | str) -> int:
    environ = {**os.environ, folder.VARIABLE: str(path)}
    done = subprocess.run([sys.executable, "-c", COUNT], env=environ, capture_output=True, text=True, check=True)
    return int(done.stdout.split()[0])


def names(path: Path) -> set[str]:
    return {one.name for one in path.iterdir()}


def test_a_folder_that_was_given_is_made_and_loses_only_what_the_dead_told_of_themselves(tmp_path: Path) -> None:
    path = tmp_path / "made" / "here"
    pid = count(path)
    assert names(path) == {f"counter_{pid}.db", f"gauge_livesum_{pid}.db"}
    (path / f"gauge_livesum_{os.getpid()}.db").touch()
    assert folder.share({folder.VARIABLE: str(path)}) is None
    assert names(path) == {f"counter_{pid}.db", f"gauge_livesum_{os.getpid()}.db"}


def test_without_one_a_new_one_is_made_and_removed() -> None:
    environ: dict[str, str] = {}
    made = folder.share(environ)
    assert made
    assert environ[folder.VARIABLE] == str(made)
    assert names(made) == set()
    folder.remove(made)
    assert not made.exists()


def test_to_import_what_counts_leaves_no_file(tmp_path: Path) -> None:
    environ = {**os.environ, folder.VARIABLE: str(tmp_path)}
    subprocess.run([sys.executable, "-c", "import barker.app, barker.worker.loop"], env=environ, check=True)
    assert names(tmp_path) == set()
