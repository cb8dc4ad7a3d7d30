"""The command `bark`: signing in, barking, reading, and what it says when something is wrong."""

import json
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from barker_client import Client
from tests.barker_process import PASSWORD, Service, wait_for
from tests.clients.conftest import SignUp
from tests.clients.coverage import new_handle
from tests.clients.scripted import problem, said, scripted
from tests.clients.terminal import Terminal

TerminalOf = Callable[[Client], Terminal]


@pytest.fixture
def terminal(service: Service, tmp_path: Path) -> Terminal:
    """Return the terminal of somebody who is not signed in."""
    return Terminal(tmp_path, service.url)


@pytest.fixture
def terminal_of(service: Service, tmp_path: Path) -> TerminalOf:
    """Return the terminal of somebody."""
    return lambda client: Terminal(tmp_path, service.url, client.token)


def test_signing_up_in_and_out(terminal: Terminal) -> None:
    handle = new_handle()
    assert f"Welcome, @{handle}" in terminal.ok("signup", handle, "--password-stdin", stdin=f"{PASSWORD}\n")
    assert terminal.json("who")["handle"] == handle
    token = json.loads(terminal.keys.read_text())["token"]
    terminal.ok("logout")
    assert not terminal.keys.exists()
    assert terminal.run("who").exit_code == 3
    revoked = Terminal(terminal.home, terminal.url, token)
    assert revoked.run("who").exit_code == 3
    assert terminal.json("login", f"@{handle}", "--password-stdin", stdin=PASSWORD)["user"]["handle"] == handle
    assert handle in terminal.ok("who")


def test_a_password_is_asked_for_without_an_echo_and_never_taken_from_the_command_line(terminal: Terminal) -> None:
    refused = terminal.run("login", "ada")
    assert refused.exit_code == 2
    assert "--password-stdin" in refused.output
    assert terminal.run("login", "ada", PASSWORD).exit_code == 2
    assert terminal.run("login", "ada", "--password", PASSWORD).exit_code == 2


def test_only_its_owner_can_read_the_token(terminal: Terminal) -> None:
    terminal.keys.parent.mkdir(parents=True, mode=0o755)
    terminal.ok("signup", new_handle(), "--password-stdin", stdin=PASSWORD)
    assert stat.S_IMODE(terminal.keys.stat().st_mode) == 0o600
    assert stat.S_IMODE(terminal.keys.parent.stat().st_mode) == 0o700
    assert os.listdir(terminal.keys.parent) == [terminal.keys.name]
    terminal.keys.chmod(0o640)
    refused = terminal.run("who")
    assert refused.exit_code == 1
    assert f"chmod 600 {terminal.keys}" in refused.stderr.replace("\n", "")


def test_a_link_in_place_of_the_token_is_not_followed(terminal: Terminal) -> None:
    terminal.ok("signup", new_handle(), "--password-stdin", stdin=PASSWORD)
    elsewhere = terminal.home / "elsewhere"
    terminal.keys.rename(elsewhere)
    terminal.keys.symlink_to(elsewhere)
    assert terminal.run("who").exit_code == 1


def test_a_token_is_told_to_no_other_service(terminal: Terminal) -> None:
    terminal.ok("signup", new_handle(), "--password-stdin", stdin=PASSWORD)
    with scripted(problem(404, "not_found")) as script:
        terminal.url = script.url
        assert terminal.run("who").exit_code == 3
        assert script.asked == []


def test_text_that_is_no_command_is_barked(terminal_of: TerminalOf, ada: Client) -> None:
    terminal = terminal_of(ada)
    assert terminal.ok("Hello, world!").startswith("Barked: ")
    found = terminal.json("An answer", "--reply-to", ada.barks_of(ada.me().handle).take(1)[0].id)
    assert found["in_reply_to"]
    terminal.ok("say", "-", stdin="From a pipe,\nin two lines.\n")
    texts = [bark.text for bark in ada.barks_of(ada.me().handle)]
    assert texts == ["From a pipe,\nin two lines.", "An answer", "Hello, world!"]


@pytest.mark.parametrize("words", [("folow", "@x"), ("fed",), ("two", "words"), ("--no-such", "x")], ids=" ".join)
def test_a_slip_of_the_keyboard_is_not_barked(terminal_of: TerminalOf, ada: Client, words: tuple[str, ...]) -> None:
    refused = terminal_of(ada).run(*words)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert ada.barks_of(ada.me().handle).take(1) == []


def test_who_asks_for_help_tells_it_to_nobody(terminal_of: TerminalOf, ada: Client) -> None:
    terminal = terminal_of(ada)
    assert "watch" in terminal.ok("help")
    assert "Usage: bark feed" in terminal.ok("help", "feed")
    assert terminal.run("help", "nothing").exit_code == 2
    assert ada.barks_of(ada.me().handle).take(1) == []


def test_following_liking_and_deleting(terminal_of: TerminalOf, ada: Client, bob: Client) -> None:
    terminal, handle = terminal_of(ada), bob.me().handle
    assert terminal.json("follow", f"@{handle}")["you"]["follows"]
    bark = bob.bark("Hello")
    wait_for(lambda: terminal.json("feed")["items"], "the bark to arrive")
    assert "Hello" in terminal.ok("feed")
    assert terminal.json("like", bark.id)["you"]["liked"]
    assert bob.get_bark(bark.id).counts.likes == 1
    terminal.ok("unlike", bark.id)
    assert bob.get_bark(bark.id).counts.likes == 0
    terminal.ok("unfollow", handle)
    assert terminal.json("feed")["items"] == []
    own = ada.bark("Mine")
    assert terminal.json("delete", own.id) == {"deleted": own.id}
    again = terminal.run("delete", own.id, "--json")
    assert (again.exit_code, json.loads(again.stderr)["error"]["code"]) == (1, "not_found")


def test_the_feed_comes_in_pages(terminal_of: TerminalOf, ada: Client) -> None:
    for text in ("one", "two", "three"):
        ada.bark(text)
    wait_for(lambda: len(ada.feed().take(3)) == 3, "the barks to arrive")
    first = terminal_of(ada).run("feed", "-n", "2")
    cursor = re.search(r"bark feed --cursor (\S+)", first.stderr)
    assert cursor
    assert re.findall(r"^  (\w+)$", first.stdout, re.MULTILINE) == ["three", "two"]
    assert "one" in terminal_of(ada).ok("feed", "--cursor", cursor[1])


def test_notifications_are_shown_and_read(terminal_of: TerminalOf, ada: Client, bob: Client) -> None:
    terminal = terminal_of(ada)
    bob.follow(ada.me().handle)
    wait_for(lambda: terminal.json("notifications")["unread"] == 1, "the notification")
    assert f"● @{bob.me().handle} follows you" in terminal.ok("notifications", "--read")
    assert terminal.json("notifications")["unread"] == 0


def test_what_others_write_cannot_command_the_terminal(terminal_of: TerminalOf, ada: Client) -> None:
    ada.bark("first line\n@somebody · 1 s · 123\n  \u202egnirts")
    terminal = terminal_of(ada)
    wait_for(lambda: terminal.json("feed")["items"], "the bark to arrive")
    shown = terminal.ok("feed")
    assert "\n  first line\n  @somebody" in shown
    assert "\u202e" not in shown
    assert terminal.ok("feed", "--json").isascii()
    trick = "\x1b]0;owned\x07\x1b[2J\u009b31m\r\b"
    told = {"code": "odd", "detail": trick, "errors": [{"field": trick, "message": trick}]}
    with scripted(problem(400, "odd")) as script:
        script.answers[0].pieces = [json.dumps(told).encode()]
        terminal.url = script.url
        refused = terminal.run("who")
    assert not set(refused.output) & set("\x1b\x07\u009b\r\b")


def test_errors_say_what_to_do(terminal_of: TerminalOf, ada: Client, service: Service) -> None:
    terminal = terminal_of(ada)
    missing = terminal.run("follow", "nobody_of_this_name")
    assert (missing.exit_code, missing.stdout) == (1, "")
    assert missing.stderr.startswith("bark: ")
    invalid = terminal.run("x" * 501)
    assert invalid.exit_code == 1
    assert "text: It has 501 characters" in invalid.stderr
    for odd in ("..", "a/b", ""):
        assert terminal.run("delete", odd).exit_code == 1
    terminal.url = "http://127.0.0.1:9"  # discard: nobody listens
    unreachable = terminal.run("feed", "--json")
    assert (unreachable.exit_code, json.loads(unreachable.stderr)["error"]["code"]) == (4, "unreachable")
    terminal.url = "no address"
    assert terminal.run("feed").exit_code == 2


def test_a_limit_says_when_to_come_back(terminal: Terminal) -> None:
    with scripted(problem(429, "too_many", Retry_After="40")) as script:
        terminal.url, terminal.token = script.url, "token"
        refused = terminal.run("feed")
    assert (refused.exit_code, "Try again in 40 s." in refused.stderr) == (4, True)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_learn_to_complete(terminal: Terminal, shell: str) -> None:
    assert "_BARK_COMPLETE" in terminal.ok("completion", shell)


def test_what_completes_barks_nothing(terminal_of: TerminalOf, ada: Client) -> None:
    terminal = terminal_of(ada)
    terminal.more = {"_BARK_COMPLETE": "bash_complete", "COMP_WORDS": "bark fo", "COMP_CWORD": "1"}
    found = terminal.process("fo")
    out, err = found.communicate(timeout=30)
    assert ("plain,follow" in out, err) == (True, "")
    assert ada.barks_of(ada.me().handle).take(1) == []


def test_a_place_is_shared_and_hidden(terminal_of: TerminalOf, sign_up: SignUp) -> None:
    terminal = terminal_of(sign_up("ada"))
    assert "Shared" in terminal.ok("place", "--", "48.14", "-11.58")
    assert terminal.json("place", "--off") == {"shared": False}
    for wrong in (("place",), ("place", "48.14"), ("place", "48.14", "11.58", "--off"), ("place", "91", "0")):
        assert terminal.run(*wrong).exit_code == 2


def test_blocking_and_muting(terminal_of: TerminalOf, ada: Client, bob: Client) -> None:
    terminal, handle = terminal_of(ada), bob.me().handle
    assert terminal.json("mute", handle, "--seconds", "3600")["you"]["mutes"]
    assert "no longer" in terminal.ok("unmute", handle)
    assert "You block" in terminal.ok("block", f"@{handle}")
    assert [user.handle for user in ada.blocked()] == [handle]
    assert terminal.json("unblock", handle) == {"unblocked": handle}
    assert list(ada.blocked()) == []


def test_who_is_near_is_shown_with_where(terminal_of: TerminalOf, ada: Client) -> None:
    user = dict(ada.me().raw)
    places = ((0, "here"), (250, "ne"), (3400, "w"))
    near = [{"user": user, "distance_m": metres, "direction": where} for metres, where in places]
    pages = said({"items": [], "next": "a"}), said({"items": near, "next": None})
    terminal = terminal_of(ada)
    with scripted(*pages) as script:
        terminal.url = script.url
        assert terminal.ok("nearby", "--interest", "tea").splitlines() == [
            f"@{user['handle']} · {where}" for where in ("here", "250 m NE", "3.4 km W")
        ]
    assert "limit=7&interest=tea" in script.asked[0][1] or "interest=tea&limit=7" in script.asked[0][1]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"url": 1, "handle": 2, "token": 3}'])
def test_a_broken_file_is_named(terminal: Terminal, content: str) -> None:
    terminal.ok("signup", new_handle(), "--password-stdin", stdin=PASSWORD)
    terminal.keys.write_text(content)
    refused = terminal.run("who")
    assert (refused.exit_code, "bark login" in refused.stderr) == (1, True)
    assert "bark login" in json.loads(terminal.run("who", "--json").stderr)["error"]["detail"]


def test_a_folder_that_cannot_be_written_is_named(terminal: Terminal) -> None:
    (terminal.home / ".config").write_text("no folder")
    refused = terminal.run("signup", new_handle(), "--password-stdin", stdin=PASSWORD)
    assert (refused.exit_code, "credentials.json" in refused.stderr) == (1, True)


def test_a_terminal_of_another_alphabet_shows_what_it_can(terminal_of: TerminalOf, ada: Client) -> None:
    ada.bark("Grüße 🐕")
    terminal = terminal_of(ada)
    wait_for(lambda: terminal.json("feed")["items"], "the bark to arrive")
    terminal.more = {"PYTHONIOENCODING": "ascii"}
    out, err = terminal.process("feed").communicate(timeout=30)
    assert ("Gr\\xfc\\xdfe \\U0001f415" in out, err) == (True, "")
