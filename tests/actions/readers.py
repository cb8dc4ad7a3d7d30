"""Barking, following and reading, a step at a time."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from barker import ids
from barker.actions import barking, fanning, feed, following
from barker.models import Bark, BarkDraft, User
from barker.stores import Stores
from barker.stores.jobs import Job
from barker.worker.handlers import HANDLERS

NewUser = Callable[..., User]


def bark(stores: Stores, author: User, text: str = "woof", *, fan_out: bool = True) -> int:
    bark_id = barking.post_bark(stores, author, BarkDraft(text), ids.new()).bark.id
    if fan_out:
        fanning.fan_out(stores, [bark_id])
    return bark_id


def follow(stores: Stores, follower: User, followee: User) -> None:
    following.follow(stores, follower.id, followee.handle)
    following.settle(stores, follower.id, followee.id)


def raiser(error: Exception) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def once(monkeypatch: pytest.MonkeyPatch, owner: type, name: str, first: Callable[..., Any]) -> None:
    """Let the next call of a method be this function, which is given the method itself; later ones are as ever."""
    method = getattr(owner, name)

    def call(self: object, *arguments: Any) -> Any:
        monkeypatch.setattr(owner, name, method)
        return first(partial(method, self), *arguments)

    monkeypatch.setattr(owner, name, call)


def pages(stores: Stores, user: User, limit: int) -> list[list[int]]:
    """Return all pages of a feed, as bark ids."""
    found, before = [], ids.MAX_ID
    while before:
        page, before = feed.read_feed(stores, user.id, before, limit)  # type: ignore[assignment]
        found.append([shown.bark.id for shown in page])
    return found


def whole(stores: Stores, user: User, limit: int = 40) -> list[int]:
    return [bark_id for page in pages(stores, user, limit) for bark_id in page]


def age(stores: Stores, user: User, entries: int) -> None:
    """Let the entries of a queue look as if they had arrived an hour ago, but for what comes from now on."""
    assert stores.queues.bounds(user.id) is not None
    redis, key = stores.queues._redis, stores.queues.channel(user.id)
    rows: Any = redis.xrange(key, count=entries)
    redis.unlink(key)
    for number, (_, fields) in enumerate(rows):
        redis.xadd(key, fields, id=f"{ids.now_ms() - 3_600_000 + number}-0")


def long_ago(stores: Stores, author: User, number: int) -> list[int]:
    """Store barks of the last hour, one in ten seconds, that no queue has."""
    made = [ids.at(ids.now_ms() - 10_000 * (number - n)) for n in range(number)]
    stores.barks.insert_many([Bark(bark_id, author.id, "woof", bark_id) for bark_id in made])
    return made


def delivered_then(stores: Stores, user: User, author: User, barks: list[int]) -> None:
    """Let the user's queue hold barks of long ago as if each had arrived when it was made."""
    redis, key = stores.queues._redis, stores.queues.channel(user.id)
    redis.unlink(key)
    redis.xadd(key, {"start": "0:0"}, id=f"{ids.ms_of(barks[0]) - 1}-0")
    for bark_id in barks:
        redis.xadd(key, {"bark": f"{bark_id}:{author.id}"}, id=f"{ids.ms_of(bark_id) + 1}-0")


def run_asked(stores: Stores, jobs: list[Job]) -> None:
    """Do what was asked for."""
    while jobs:
        job = jobs.pop(0)
        if job.name in ("settle_like", "notify"):
            HANDLERS[job.name](stores, **job.arguments)


def notify_entries(stores: Stores, user: User) -> list[str]:
    """Return the kinds of the notifications in a user's queue."""
    return [entry.kind for entry in stores.queues.after(user.id, "0-0", 1_000) if entry.kind == "notify"]
