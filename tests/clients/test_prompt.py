"""A password that is typed at a terminal is not shown there."""

import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.barker_process import PASSWORD, Service
from tests.clients.coverage import new_handle
from tests.clients.terminal import Terminal


def _read_until(screen: int, words: bytes) -> bytes:
    found = b""
    while words not in found:
        found += os.read(screen, 4096)
    return found


def test_a_password_is_typed_unseen(service: Service, tmp_path: Path) -> None:
    terminal, handle = Terminal(tmp_path, service.url), new_handle()
    screen, keyboard = pty.openpty()
    command = [sys.executable, "-m", "barker_terminal", "signup"]
    with subprocess.Popen(
        command, env=terminal.environ, stdin=keyboard, stdout=keyboard, stderr=keyboard, start_new_session=True
    ) as process:
        shown = b""
        for asked, typed in (
            (b"Handle: ", handle),
            (b"Password: ", PASSWORD),
            (b"Repeat for confirmation: ", "another one"),
            (b"Password: ", PASSWORD),
            (b"Repeat for confirmation: ", PASSWORD),
        ):
            shown += _read_until(screen, asked)
            os.write(screen, typed.encode() + b"\n")
        shown += _read_until(screen, b"Welcome")
        assert process.wait(30) == 0
    os.close(keyboard)
    os.close(screen)
    assert handle.encode() in shown  # what is typed is shown where nothing forbids it
    assert PASSWORD.encode() not in shown
    assert terminal.json("who")["handle"] == handle
