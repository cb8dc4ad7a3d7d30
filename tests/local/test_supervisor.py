import os
import signal
import sys
from pathlib import Path

import pytest

from barker.local import StartFailed, supervisor
from barker.local.child import Child, Command, stop
from barker.local.supervisor import Watched, watch


def test_a_process_that_keeps_dying_is_given_up_with_the_end_of_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "WAITS", (0.0,) * 4)
    said: list[str] = []
    child = Child(Command("Piece", [sys.executable, "-c", "print('oh no'); exit(3)"], tmp_path / "log"))
    child.start()

    with pytest.raises(StartFailed) as gave_up:
        watch([child], said.append)

    assert said == ["Piece ended with exit code 3: it is started again now."] * 4
    assert "died 5 times within a minute, at last with exit code 3" in str(gave_up.value)
    assert "oh no" in str(gave_up.value)


def test_starts_wait_longer_from_death_to_death_and_old_deaths_are_forgotten(tmp_path: Path) -> None:
    said: list[str] = []
    child = Child(Command("Piece", [sys.executable, "-c", "import time; time.sleep(60)"], tmp_path / "log"))
    watched = Watched(child, said.append)

    child.start()

    def die_at(now: float) -> str:
        os.kill(child.pid, signal.SIGKILL)
        child.wait(5)
        watched.look(now)
        watched.look(now + 3)  # started again
        assert child.runs()
        return said[-1].rpartition("again ")[2]

    try:
        waits = [die_at(now) for now in (100, 110, 120, 130, 200, 201)]
    finally:
        stop([child], seconds=0)

    assert waits == ["now.", "in 0.5 s.", "in 1 s.", "in 2 s.", "now.", "in 0.5 s."]
    assert "SIGKILL" in said[0]
