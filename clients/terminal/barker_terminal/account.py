"""Signing up, in and out; who one is."""

import ipaddress
import sys
from urllib.parse import urlsplit

import click

from barker_client import Client, NotSignedIn
from barker_client.shapes import SignedIn
from barker_terminal import keys, screen
from barker_terminal.caller import Caller, NeedsSignIn, json_option

DEVICE = "bark"
from_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from stdin: for scripts.")


def _password(from_stdin: bool, *, new: bool) -> str:
    """Ask for a password without showing it. None is taken from the command line: a whole machine can see that."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to ask for the password: use --password-stdin.")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=new, err=True))


def _handle(given: str | None) -> str:
    return (given or str(click.prompt("Handle", err=True))).removeprefix("@")


def _warn_of_plain_http(url: str) -> None:
    host = urlsplit(url).hostname or ""
    try:
        is_here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_here = host == "localhost" or host.endswith(".localhost")
    if urlsplit(url).scheme == "http" and not is_here:
        screen.note(f"{url} is not encrypted: whoever is on the way can read your password.")


def _keep(caller: Caller, client: Client, found: SignedIn, words: str) -> None:
    keys.save(keys.Keys(client.url, found.user.handle, found.token))
    if caller.json:
        screen.show_json({"user": found.user.raw, "url": client.url})
    else:
        screen.show(words)


@click.command()
@click.argument("handle", required=False)
@click.option("--name", default="", help="How you are called.")
@from_stdin
@json_option
@click.pass_obj
def signup(caller: Caller, handle: str | None, name: str, password_stdin: bool) -> None:
    """Make an account, and sign in."""
    with caller.stranger() as client:
        _warn_of_plain_http(client.url)
        handle = _handle(handle)
        found = client.sign_up(handle, _password(password_stdin, new=True), name=name)
        _keep(caller, client, found, f'Welcome, @{found.user.handle}. Try: bark "Hello!"   bark who   bark watch')


@click.command()
@click.argument("handle", required=False)
@from_stdin
@json_option
@click.pass_obj
def login(caller: Caller, handle: str | None, password_stdin: bool) -> None:
    """Sign in; it is kept until `bark logout`."""
    with caller.stranger() as client:
        _warn_of_plain_http(client.url)
        handle = _handle(handle)
        try:
            found = client.sign_in(handle, _password(password_stdin, new=False), device=DEVICE)
        except NotSignedIn as error:
            hint = f"An account is made by: bark signup {handle}"
            raise NeedsSignIn(error.detail, hint, problem=dict(error.problem)) from None
        _keep(caller, client, found, f"You are @{found.user.handle} at {client.url}.")


@click.command()
@json_option
@click.pass_obj
def logout(caller: Caller) -> None:
    """Sign out: the token is worth nothing afterwards."""
    with caller.client() as client:
        token = client.token
        client.sign_out()
    kept = keys.load()
    if kept and kept.token == token:
        keys.forget()
    screen.show_json({"signed_in": False}) if caller.json else screen.show("You are signed out.")


@click.command()
@click.argument("handle", required=False)
@json_option
@click.pass_obj
def who(caller: Caller, handle: str | None) -> None:
    """Show who you are, or who somebody is: bark who @ada."""
    with caller.client() as client:
        user = client.user(handle) if handle else client.me()
    screen.show_json(user.raw) if caller.json else screen.person(user)


@click.command()
@click.option("--name", help="How you are called.")
@click.option("--about", help="What there is to say about you.")
@click.option(
    "--interest", "interests", multiple=True, help="What interests you; may be repeated; replaces the others."
)
@json_option
@click.pass_obj
def profile(caller: Caller, name: str | None, about: str | None, interests: tuple[str, ...]) -> None:
    """Say who you are: bark profile --name Ada --interest tea --interest chess."""
    if name is None and about is None and not interests:
        raise click.UsageError("Say what to change: --name, --about or --interest.")
    kept = None if not interests else [one for one in interests if one]  # --interest "" takes all away
    with caller.client() as client:
        user = client.change_profile(name=name, about=about, interests=kept)
    screen.show_json(user.raw) if caller.json else screen.person(user)


COMMANDS = (signup, login, logout, who, profile)
