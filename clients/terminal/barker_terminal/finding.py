"""Finding: people and barks by words, by place, by interests and by the people one follows."""

from itertools import islice

import click

from barker_client import Page
from barker_client.shapes import Bark, Near, User
from barker_terminal import screen
from barker_terminal.caller import Caller, json_option
from barker_terminal.looking import paged

LOOKED_AT = 5  # pages: where an interest is asked for, one may be empty and not the last


@click.command()
@click.argument("words")
@click.option("--people", is_flag=True, help="Search people, not barks.")
@paged
@json_option
@click.pass_obj
def search(caller: Caller, words: str, people: bool, limit: int, cursor: str | None) -> None:
    """Search barks, or people."""
    with caller.client() as client:
        if people:
            page: Page[User] | Page[Bark] = client.find_people(words, limit=limit).page(cursor)
        else:
            page = client.find_barks(words, limit=limit).page(cursor)
    if caller.json:
        return screen.show_json(page.raw)
    screen.people((one, one.about.replace("\n", " ")[:60]) for one in page.items if isinstance(one, User))
    screen.barks(one for one in page.items if isinstance(one, Bark))
    if not page.items:
        screen.note("Nothing found.")
    return screen.more(page.raw, "search", *(["--people"] if people else []), words)


@click.command()
@click.option("--limit", "-n", type=click.IntRange(1, 100), default=7, show_default=True, help="How many.")
@click.option("--radius", type=click.IntRange(1), metavar="METRES", help="How far away at most.")
@click.option("--interest", help="Only who has this interest.")
@json_option
@click.pass_obj
def nearby(caller: Caller, limit: int, radius: int | None, interest: str | None) -> None:
    """See who is near you, nearest first; share your own place by `bark place`."""
    with caller.client() as client:
        pages = islice(client.nearby(radius=radius, interest=interest, limit=limit).pages(), LOOKED_AT)
        found = list(islice((near for page in pages for near in page.items), limit))
    if caller.json:
        return screen.show_json({"items": [near.raw for near in found]})
    screen.people((near.user, _where(near)) for near in found)
    return None if found else screen.note("Nobody is near.")


def _where(near: Near) -> str:
    if near.direction == "here":
        return "here"
    metres = near.distance_m
    return f"{f'{metres} m' if metres < 1000 else f'{metres / 1000:.1f} km'} {near.direction.upper()}"


@click.command()
@click.argument("tag")
@paged
@json_option
@click.pass_obj
def tag(caller: Caller, tag: str, limit: int, cursor: str | None) -> None:
    """Read the barks that bear a hashtag: bark tag tea."""
    with caller.client() as client:
        page = client.tagged(tag, limit=limit).page(cursor)
    if caller.json:
        return screen.show_json(page.raw)
    screen.barks(page.items)
    if not page.items:
        screen.note("Nobody used it yet.")
    return screen.more(page.raw, "tag", tag)


@click.command()
@json_option
@click.pass_obj
def trends(caller: Caller) -> None:
    """See which hashtags most people used in the last day."""
    with caller.client() as client:
        page = client.trends().page()
    if caller.json:
        return screen.show_json(page.raw)
    screen.show(*(f"#{screen.safe(one.tag)} · {one.people} people · {one.barks} barks" for one in page.items))
    return None if page.items else screen.note("Nothing yet.")


@click.command()
@click.option("--dismiss", metavar="HANDLE", help="Have somebody not suggested again.")
@paged
@json_option
@click.pass_obj
def suggestions(caller: Caller, dismiss: str | None, limit: int, cursor: str | None) -> None:
    """See whom you may know: those that the people you follow follow."""
    with caller.client() as client:
        if dismiss:
            client.dismiss_suggestion(dismiss)
            words = f"{screen.safe(dismiss)} is not suggested again."
            return screen.show_json({"dismissed": dismiss.removeprefix("@")}) if caller.json else screen.show(words)
        page = client.suggestions(limit=limit).page(cursor)
    if caller.json:
        return screen.show_json(page.raw)
    screen.people((one.user, _because(one.because, one.count)) for one in page.items)
    if not page.items:
        screen.note("Nobody yet: follow somebody, and look again.")
    return screen.more(page.raw, "suggestions")


def _because(known: tuple[User, ...], count: int) -> str:
    names = ", ".join(f"@{user.handle}" for user in known)
    others = count - len(known)
    return f"followed by {names}{f' and {others} more' if others > 0 else ''}" if names else ""


@click.command()
@click.option("--opposite", is_flag=True, help="Those whose interests are the most different from yours.")
@paged
@json_option
@click.pass_obj
def matches(caller: Caller, opposite: bool, limit: int, cursor: str | None) -> None:
    """See who has interests like yours: bark profile --interest tea."""
    with caller.client() as client:
        page = client.matches("opposite" if opposite else "similar", limit=limit).page(cursor)
    if caller.json:
        return screen.show_json(page.raw)
    screen.people((one.user, ", ".join(one.shared or one.user.interests)) for one in page.items)
    if not page.items:
        screen.note("Nobody yet. Say what interests you: bark profile --interest tea")
    return screen.more(page.raw, "matches", *(["--opposite"] if opposite else []))


@click.command()
@click.argument("handle")
@json_option
@click.pass_obj
def path(caller: Caller, handle: str) -> None:
    """See by whom you reach somebody, follow by follow: bark path @ada."""
    with caller.client() as client:
        found = client.path_to(handle)
    if caller.json:
        return screen.show_json(found.raw)
    if not found.people:
        return screen.note(f"Nobody you follow leads to {screen.safe(handle)}.")
    return screen.show(" → ".join(f"@{screen.safe(user.handle)}" for user in found.people))


COMMANDS = (search, tag, trends, nearby, suggestions, matches, path)
