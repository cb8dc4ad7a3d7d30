import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from barker import tether
from barker.local import child as child_module
from barker.local.child import Child, Command, stop

from .processes import is_gone, wait_until

SLEEP = "import time; time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"


@pytest.fixture
def python(tmp_path: Path) -> Iterator[Callable[[str], Child]]:
    """Makes children that run a piece of Python."""
    made: list[Child] = []

    def make(code: str) -> Child:
        made.append(Child(Command("Piece", [sys.executable, "-c", code], tmp_path / f"{len(made)}.log")))
        return made[-1]

    yield make
    stop(made, seconds=0)


def test_a_stopped_child_is_gone_with_all_it_started(python: Callable[[str], Child]) -> None:
    child = python(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SLEEP!r}])")
    child.start()
    wait_until(lambda: len(psutil.Process(child.pid).children()) == 1)
    grandchild = psutil.Process(child.pid).children()[0]

    stop([child])

    assert child.fate() == "SIGTERM"
    wait_until(lambda: is_gone(grandchild))


def test_a_child_deaf_to_sigterm_is_killed_after_its_time(python: Callable[[str], Child]) -> None:
    child = python(DEAF)
    child.start()
    wait_until(lambda: "deaf" in child.log_tail())

    stop([child], seconds=0.2)

    assert child.fate() == "SIGKILL"


def test_a_child_stopped_in_its_tracks_ends_politely_all_the_same(python: Callable[[str], Child]) -> None:
    child = python(SLEEP)
    child.start()
    os.kill(child.pid, signal.SIGSTOP)

    stop([child])

    assert child.fate() == "SIGTERM"


def test_an_interrupt_while_stopping_kills_all_at_once(python: Callable[[str], Child]) -> None:
    deaf, later = python(DEAF), python(SLEEP)
    deaf.start()
    later.start()
    wait_until(lambda: "deaf" in deaf.log_tail())
    main = threading.get_ident()
    again = threading.Timer(0.2, lambda: signal.pthread_kill(main, signal.SIGINT))
    again.start()
    began = time.monotonic()

    with pytest.raises(KeyboardInterrupt):
        stop([deaf], [later], seconds=30)

    assert time.monotonic() - began < 20  # it would wait for 30
    assert not deaf.runs()
    assert not later.runs()
    again.join()


def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    parent_code = f"""
        import sys, time
        from pathlib import Path
        from barker.local.child import Child, Command
        child = Child(Command("Piece", [sys.executable, "-c", {SLEEP!r}], Path({str(tmp_path / "log")!r})))
        child.start()
        print(child.pid, flush=True)
        time.sleep(60)
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(parent_code)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()

    wait_until(lambda: is_gone(child))


def test_a_child_started_after_its_parent_died_does_not_run(tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-S", tether.__file__, "1", "/bin/echo", "I run"]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stdout == ""


def test_children_are_refused_outside_the_main_thread(python: Callable[[str], Child]) -> None:
    refused: list[Exception] = []

    def start() -> None:
        try:
            python(SLEEP).start()
        except RuntimeError as error:
            refused.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()

    assert "main thread" in str(refused[0])


def test_the_tail_of_a_log_begins_with_the_latest_start(python: Callable[[str], Child]) -> None:
    child = python("import os; print('I am', os.getpid()); raise SystemExit(3)")
    child.start()
    child.wait(5)
    first = child.pid
    child.start()
    child.wait(5)

    assert child.fate() == "exit code 3"
    assert child.log_tail().strip() == f"I am {child.pid}"
    assert f"I am {first}" in child.log.read_text()


def test_a_large_log_is_set_aside_at_the_next_start(
    python: Callable[[str], Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_module, "LOG_BYTES", 10)
    child = python("print('more than ten bytes')")
    for _ in range(2):
        child.start()
        child.wait(5)

    assert child.log.with_name(f"{child.log.name}.1").read_text() == child.log.read_text()
