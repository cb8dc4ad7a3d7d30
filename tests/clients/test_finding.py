"""The command `bark`: finding people and barks."""

import secrets
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from barker_client import Client
from tests.barker_process import Service, wait_for
from tests.clients.conftest import SignUp
from tests.clients.scripted import said, scripted
from tests.clients.terminal import Terminal

TerminalOf = Callable[[Client], Terminal]


@pytest.fixture
def terminal_of(service: Service, tmp_path: Path) -> TerminalOf:
    """Return the terminal of somebody."""
    return lambda client: Terminal(tmp_path, service.url, client.token)


def test_a_profile_is_changed_and_what_is_left_out_stays(terminal_of: TerminalOf, ada: Client) -> None:
    terminal = terminal_of(ada)
    assert "likes tea, chess" in terminal.ok("profile", "--name", "Ada", "--interest", "tea", "--interest", "chess")
    changed = terminal.json("profile", "--about", "Here since 1815.")
    assert (changed["name"], changed["interests"], changed["about"]) == ("Ada", ["tea", "chess"], "Here since 1815.")
    assert terminal.json("profile", "--interest", "")["interests"] == []
    assert terminal.run("profile").exit_code == 2


def test_suggestions_say_because_of_whom_and_are_dismissed(
    terminal_of: TerminalOf, ada: Client, bob: Client, sign_up: SignUp
) -> None:
    eve = sign_up("eve")
    terminal = terminal_of(ada)
    ada.follow(bob.me().handle)
    bob.follow(eve.me().handle)
    known, hers = bob.me().handle, eve.me().handle
    wait_for(lambda: terminal.json("suggestions")["items"], "the suggestion")
    assert f"@{hers} · followed by @{known}" in terminal.ok("suggestions")
    assert terminal.ok("path", f"@{hers}").strip() == f"@{ada.me().handle} → @{known} → @{hers}"
    assert terminal.json("suggestions", "--dismiss", f"@{hers}") == {"dismissed": hers}
    assert hers not in terminal.ok("suggestions")


def test_a_path_that_does_not_exist_is_said(terminal_of: TerminalOf, ada: Client, bob: Client) -> None:
    nowhere = terminal_of(ada).run("path", bob.me().handle)
    assert (nowhere.exit_code, nowhere.stdout) == (0, "")
    assert "Nobody you follow leads to" in nowhere.stderr


def test_tags_and_trends(terminal_of: TerminalOf, ada: Client, bob: Client) -> None:
    tag = f"tag{secrets.token_hex(6)}"
    terminal = terminal_of(ada)
    assert "Nobody used it yet" in terminal.run("tag", tag).stderr
    ada.bark(f"Oolong for #{tag}")
    wait_for(lambda: terminal.json("tag", tag)["items"], "the bark")
    assert f"Oolong for #{tag}" in terminal.ok("tag", f"#{tag}")
    bob.bark(f"Not for me #{tag}")  # what one says is no trend
    wait_for(lambda: terminal.json("trends")["items"], "a trend")
    assert " people · " in terminal.ok("trends").splitlines()[0]


def test_matches_name_what_is_shared(terminal_of: TerminalOf, ada: Client, bob: Client) -> None:
    interest = f"i{secrets.token_hex(6)}"
    for client in (ada, bob):
        client.change_profile(interests=[interest])
    terminal = terminal_of(ada)
    wait_for(lambda: terminal.json("matches")["items"], "the match")
    assert f"@{bob.me().handle} · {interest}" in terminal.ok("matches")
    assert terminal.run("matches", "--opposite").exit_code == 0


@pytest.mark.parametrize("people", [False, True], ids=["barks", "people"])
def test_the_next_page_of_a_search_can_be_pasted_into_a_shell(
    terminal_of: TerminalOf, ada: Client, people: bool
) -> None:
    terminal = terminal_of(ada)
    item = dict(ada.me().raw if people else ada.bark("Oolong").raw)
    kind = ["--people"] if people else []
    with scripted(said({"items": [item], "next": "c; touch x"}), said({"items": [item], "next": None})) as script:
        terminal.url = script.url
        first = terminal.run("search", *kind, "green tea", "-n", "1")
        told = shlex.split(first.stderr.removeprefix("More: bark "))
        assert told == ["search", *kind, "green tea", "--cursor", "c; touch x"]
        assert terminal.run(*told).stderr == ""
    assert "cursor=c%3B+touch+x" in script.asked[-1][1]
