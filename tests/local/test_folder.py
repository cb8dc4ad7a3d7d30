import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from barker.local import StartFailed
from barker.local.folder import claimed


def test_a_new_folder_is_made_and_marked(tmp_path: Path) -> None:
    with claimed(tmp_path / "deep" / "var", fresh=False):
        assert (tmp_path / "deep" / "var" / ".barker").read_text() == f"{os.getpid()}\n"


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "thesis.txt").write_text("ten years of work")

    with pytest.raises(StartFailed, match="leaves it alone"), claimed(tmp_path, fresh=True):
        pass

    assert (tmp_path / "documents" / "thesis.txt").exists()


def test_fresh_empties_what_is_ours_and_nothing_else(tmp_path: Path) -> None:
    with claimed(tmp_path, fresh=False):
        (tmp_path / "queues").mkdir()
        (tmp_path / "queues" / "old").touch()
        (tmp_path / "notes.txt").touch()

    with claimed(tmp_path, fresh=True):
        assert not (tmp_path / "queues").exists()
        assert (tmp_path / "notes.txt").exists()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "var").touch()
    with pytest.raises(StartFailed, match="not a folder"), claimed(tmp_path / "var", fresh=False):
        pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cannot = pytest.raises(StartFailed, match="var cannot be used: Not a directory")
    with cannot, claimed(tmp_path / "file" / "var", fresh=False):
        pass


def test_the_second_to_use_a_folder_is_told_who_is_first(tmp_path: Path) -> None:
    refused = pytest.raises(StartFailed, match=f"in use by process {os.getpid()}")
    with claimed(tmp_path, fresh=False), refused, claimed(tmp_path, fresh=True):
        pass


def test_a_folder_still_held_by_the_servers_of_a_killed_run_is_waited_for(tmp_path: Path) -> None:
    code = f"""
        import subprocess, sys
        from pathlib import Path
        from barker.local.folder import claimed
        with claimed(Path({str(tmp_path)!r}), fresh=False) as lock:
            server = subprocess.Popen([sys.executable, "-c", "input()"], stdin=sys.stdin, pass_fds=(lock,))
            print("held", flush=True)
            server.wait()
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as first:
        assert first.stdout is not None
        assert first.stdin is not None
        first.stdout.readline()
        first.kill()
        first.wait()
        release = threading.Timer(0.5, first.stdin.close)  # ends the server, which still holds the folder
        release.start()

        with claimed(tmp_path, fresh=False):
            assert release.finished.is_set()
