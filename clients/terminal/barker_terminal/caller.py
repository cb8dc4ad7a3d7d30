"""Who calls which service, and how what goes wrong is told."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, TypeVar

import click

from barker_client import BarkerError, Client, NotSignedIn, Retries, ServiceDown, TryLater, Unreachable
from barker_terminal import keys
from barker_terminal.screen import safe

DEFAULT_URL = "http://127.0.0.1:8000"
RETRIES = Retries(tries=4, patience=15)  # somebody sits and waits
Command = TypeVar("Command", bound=Callable[..., Any])


class Refused(click.ClickException):
    """Something that went wrong, and what to do about it."""

    exit_code = 1  # and 2 is click's, for wrong use
    as_json = False

    def __init__(self, message: str, *hints: str, problem: Any = None) -> None:
        super().__init__(message)
        self.hints = hints
        self.problem = problem or {"detail": message}

    def show(self, file: IO[Any] | None = None) -> None:
        """Tell it, as JSON to who asked for JSON."""
        if self.as_json:
            click.echo(json.dumps({"error": self.problem}), err=True)
            return
        click.echo(f"{click.style('bark:', fg='red')} {safe(self.message, lines=True)}", err=True)
        for hint in self.hints:
            click.echo(f"  {safe(hint)}", err=True)


class NeedsSignIn(Refused):
    """Nobody is signed in, or no longer."""

    exit_code = 3


class Later(Refused):
    """The service cannot be reached, is down, or was asked too often."""

    exit_code = 4


class Mistake(Refused):
    """A fault in this program."""

    exit_code = 70


@dataclass
class Caller:
    """What was said about service and output, before and behind the name of the command."""

    url: str | None = None
    json: bool = False

    def address(self) -> str:
        """Return which service is meant."""
        kept = None if self.url else keys.load()
        return (self.url or (kept.url if kept else DEFAULT_URL)).rstrip("/")

    def stranger(self) -> Client:
        """Return a client of nobody."""
        return self._client(self.address(), None)

    def client(self) -> Client:
        """Return a client of who is signed in: by BARK_TOKEN, else by what was kept for this very service."""
        if token := os.environ.get("BARK_TOKEN"):
            return self._client(self.address(), token)
        kept = keys.load()
        if kept is None:
            raise NeedsSignIn("You are not signed in.", "bark login", "bark signup")
        if self.url and self.url.rstrip("/") != kept.url:  # a token is told to nobody else
            raise NeedsSignIn(f"You are not signed in at {self.url}.", f"bark --url {self.url} login")
        return self._client(kept.url, kept.token)

    def _client(self, url: str, token: str | None) -> Client:
        try:
            return Client(url, token, timeout=10, retries=RETRIES)
        except ValueError as error:
            raise click.UsageError(str(error)) from None


def json_option(command: Command) -> Command:
    """Let a command take --json, too."""

    def note(context: click.Context, _: click.Parameter, given: bool) -> None:
        caller = context.ensure_object(Caller)
        caller.json = caller.json or given

    option = click.option("--json", is_flag=True, expose_value=False, callback=note, help="Print JSON, for programs.")
    return option(command)


@contextmanager
def told() -> Iterator[None]:
    """Turn what goes wrong into words and an exit code, and a mistake of ours into no more than that."""
    try:
        yield
    except BarkerError as error:
        raise refused(error) from None
    except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError, EOFError) as error:
        if type(error) is click.ClickException:
            raise Refused(error.message) from None  # which is JSON to who asked for JSON
        raise  # click knows what to do
    except OSError as error:
        raise Refused(f"{error.filename or 'A file'}: {error.strerror}.") from None
    except Exception as error:
        if os.environ.get("BARK_TRACE"):
            raise
        words = f"This is a mistake of bark: {type(error).__name__}: {error}"
        raise Mistake(words, "With BARK_TRACE=1 it says where.") from None


def refused(error: BarkerError) -> Refused:
    """Return the words for what a service refused."""
    problem = dict(error.problem) or {"detail": error.detail, "code": "unreachable"}
    if isinstance(error, NotSignedIn):
        return NeedsSignIn(error.detail, "bark login", problem=problem)
    if isinstance(error, Unreachable):
        hint = "Is it running? Another address is given by --url or BARK_URL."
        return Later(error.detail, hint, problem=problem)
    if isinstance(error, TryLater):
        seconds = f"in {error.retry_after:.0f} s" if error.retry_after else "in a moment"
        words = "The service has a problem." if isinstance(error, ServiceDown) and not error.code else error.detail
        return Later(words, f"Try again {seconds}.", problem=problem)
    hints = [f"{field}: {message}" for field, message in error.fields.items() if message != error.detail]
    return Refused(error.detail, *hints, problem=problem)
