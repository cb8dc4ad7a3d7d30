"""What people see: text of others made harmless, barks, people, times."""

import json
import shlex
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from barker_client.shapes import Bark, Notification, User

TURNING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}  # turn the direction of what follows: made to deceive
UNSAFE = {"Cc", "Cs", "Zl", "Zp"}  # control characters, halves of characters, line ends that are no \n
STEPS = ((60, "s"), (60, "min"), (24, "h"), (30, "d"))
DOES = {"like": "likes", "follow": "follows you", "mention": "mentions you", "reply": "answers"}


def safe(text: str, *, lines: bool = False) -> str:
    """Return text of others without anything that a terminal obeys; line breaks only where `lines`."""
    return "".join(char if lines and char == "\n" else _shown(char) for char in text)


def _shown(char: str) -> str:
    code = ord(char)
    if char == "\t":
        return " "
    if code < 0x20:
        return chr(0x2400 + code)  # a picture of it
    return "\ufffd" if unicodedata.category(char) in UNSAFE or code in TURNING else char


def show(*lines: Text | str) -> None:
    """Print lines; colours only on a terminal, and never a wrap of our own."""
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False, soft_wrap=True)
    for line in lines:
        console.print(line)


def note(words: str) -> None:
    """Say something beside what was asked for."""
    click.echo(click.style(words, dim=True), err=True)


def show_json(found: Any) -> None:
    """Print one JSON document on a line, in ASCII, which no terminal obeys."""
    click.echo(json.dumps(found, default=dict))


def barks(found: Iterable[Bark]) -> None:
    """Print barks."""
    for bark in found:
        show(*_bark(bark))


def _bark(bark: Bark) -> list[Text | str]:
    told = bark.rebark_of or bark
    head = Text.assemble(
        *_name(told.author), (f" · {ago(told.created_at)} · {told.id}", "dim"), *_of_bark(bark, told), end=""
    )
    return [head, *(f"  {line}" for line in safe(told.text, lines=True).split("\n")), ""]


def _of_bark(bark: Bark, told: Bark) -> list[tuple[str, str]]:
    marks = []
    if told is not bark:
        marks.append((f" · rebarked by @{safe(bark.author.handle)}", "dim"))
    if told.in_reply_to:
        marks.append((f" · answers {safe(told.in_reply_to)}", "dim"))
    if told.counts.likes:
        marks.append((f" · ♥ {told.counts.likes}", "red" if told.you and told.you.liked else "dim"))
    return marks


def _name(user: User) -> list[tuple[str, str]]:
    handle = (f"@{safe(user.handle)}", "cyan")
    return [(f"{safe(user.name)} ", "bold"), handle] if user.name else [handle]


def person(user: User) -> None:
    """Print somebody in full."""
    counts, you = user.counts, user.you
    show(Text.assemble(*_name(user), end=""))
    show(*(f"  {line}" for line in safe(user.about, lines=True).split("\n") if user.about))
    if user.interests:
        show(f"  likes {', '.join(map(safe, user.interests))}")
    show(f"  {counts.barks} barks · {counts.followers} followers · follows {counts.following}")
    if you and (you.follows or you.followed_by):
        both = "you follow each other" if you.follows and you.followed_by else ""
        show(f"  {both or ('you follow her' if you.follows else 'follows you')}")


def people(found: Iterable[tuple[User, str]]) -> None:
    """Print a line each, with what there is to say."""
    for user, words in found:
        show(Text.assemble(*_name(user), (f" · {safe(words)}" if words else "", "dim"), end=""))


def notifications(found: Iterable[Notification]) -> None:
    """Print what happened, a line each."""
    for one in found:
        about = f": {safe(one.bark.text)[:60]}" if one.bark else ""
        show(
            Text.assemble(
                ("  " if one.read else "● ", "yellow"),
                *_name(one.user),
                f" {DOES.get(one.kind, safe(one.kind))}{about}",
                (f" · {ago(one.created_at)}", "dim"),
                end="",
            )
        )


def ago(then: datetime) -> str:
    """Say how long ago something was, roughly; the date for what is old."""
    rest = max(0.0, (datetime.now(UTC) - then).total_seconds())
    for step, unit in STEPS:
        if rest < step:
            return f"{int(rest)} {unit}"
        rest /= step
    return f"{then:%Y-%m-%d}"


def more(page: Mapping[str, Any], *command: str) -> None:
    """Say how the next page is had, where there is one; it may be pasted into a shell, whatever is in it."""
    if page.get("next"):
        note(f"More: bark {shlex.join(map(safe, (*command, '--cursor', str(page['next']))))}")
