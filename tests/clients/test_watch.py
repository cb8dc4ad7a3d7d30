"""`bark watch`, as a process: it goes on after a cut, and ends as it is told to."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

from barker_client import Client
from tests.barker_process import Service, wait_for
from tests.clients.terminal import Terminal
from tests.faults.proxy import Mode, Proxy


@contextmanager
def watching(terminal: Terminal, *words: str) -> Iterator["subprocess.Popen[str]"]:
    """Run `bark watch`."""
    process = terminal.process("watch", *words)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=10)


def line(stream: IO[str] | None) -> str:
    """Return the next line; the test's own limit of time ends what never comes."""
    assert stream
    return stream.readline()


def told(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """Return the next event."""
    found: dict[str, Any] = json.loads(line(process.stdout))
    return found


@pytest.mark.parametrize("words", [(), ("--json",)], ids=["for people", "for programs"])
def test_ctrl_c_ends_it_without_a_word(service: Service, tmp_path: Path, ada: Client, words: tuple[str, ...]) -> None:
    with watching(Terminal(tmp_path, service.url, ada.token), *words) as process:
        assert "Listening" in line(process.stderr) if not words else told(process)["event"] == "ready"
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        out, err = process.communicate()
        assert (out, err.strip()) == ("", "")


def test_a_bark_is_seen_at_once(service: Service, tmp_path: Path, ada: Client) -> None:
    with watching(Terminal(tmp_path, service.url, ada.token)) as process:
        line(process.stderr)
        ada.bark("Hello\nthere")
        assert f"@{ada.me().handle}" in line(process.stdout)
        assert [line(process.stdout), line(process.stdout)] == ["  Hello\n", "  there\n"]


def test_it_goes_on_after_a_cut_and_tells_each_bark_once(service: Service, tmp_path: Path, ada: Client) -> None:
    proxy = Proxy(service.port)
    try:
        with watching(Terminal(tmp_path, f"http://127.0.0.1:{proxy.port}", ada.token), "--json") as process:
            assert told(process)["event"] == "ready"
            ada.bark("before")
            assert told(process)["data"]["text"] == "before"
            proxy.switch(Mode.REFUSE)
            sent = [ada.bark(str(number)).text for number in range(5)]
            proxy.switch(Mode.PASS)
            found = [told(process) for _ in sent]
            assert [event["data"]["text"] for event in found] == sent
            last = ada.bark("last")
            assert told(process)["data"]["id"] == last.id
    finally:
        proxy.close()
    again = Terminal(tmp_path, service.url, ada.token)
    with watching(again, "--json", "--since", found[2]["id"]) as process:
        assert [told(process)["data"].get("text") for _ in range(4)] == [None, "3", "4", "last"]


def test_it_ends_with_the_session(service: Service, tmp_path: Path, ada: Client) -> None:
    with watching(Terminal(tmp_path, service.url, ada.token)) as process:
        line(process.stderr)
        ada.sign_out_everywhere()
        wait_for(lambda: process.poll() is not None, "it to end")
        assert (process.returncode, "bark login" in process.communicate()[1]) == (3, True)


def test_who_reads_no_further_ends_it_quietly(service: Service, tmp_path: Path, ada: Client) -> None:
    with watching(Terminal(tmp_path, service.url, ada.token), "--json") as process:
        told(process)
        assert process.stdout
        process.stdout.close()
        ada.bark("into a closed pipe")
        process.wait(10)
        assert process.stderr
        assert process.stderr.read() == ""
        process.stdout = None
