"""A backup as deploy/README.md says it, taken while the service runs, and restored to empty servers."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from barker import ids
from barker.actions import accounts, barking, blocking, fanning, feed, following, rebuilding
from barker.local import LocalStores
from barker.local.folder import claimed
from barker.models import BarkDraft, User
from barker.settings import Settings
from barker.stores import Stores, connect

PASSWORD = "correct horse"
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("servers_can_be_had")]


@contextmanager
def opened(servers: LocalStores) -> Iterator[Stores]:
    with servers as urls:
        stores = connect(Settings.read(urls))
        stores.prepare()
        yield stores
        stores.close()


def sign_up(stores: Stores, handle: str) -> tuple[User, str]:
    signed_in = accounts.sign_up(stores, User(ids.new(), handle, handle), PASSWORD, "")
    return signed_in.user, signed_in.token


def bark(stores: Stores, author: User, text: str) -> None:
    fanning.fan_out(stores, [barking.post_bark(stores, author, BarkDraft(text), ids.new()).bark.id])


def follow(stores: Stores, follower: User, followee: User) -> None:
    following.follow(stores, follower.id, followee.handle)
    following.settle(stores, follower.id, followee.id)


def read(stores: Stores, user: User) -> list[str]:
    return [shown.bark.text for shown in feed.read_feed(stores, user.id, ids.MAX_ID, 40)[0]]


def back_up(servers: LocalStores, stores: Stores, data: Path, backup: Path) -> None:
    """First the graph, which has to stop for it, then MongoDB, which goes on."""
    servers.stop_one("graph")
    shutil.copytree(data / "graph", backup / "graph")
    servers.start_one("graph")
    admin = stores.documents._client.admin
    admin.command("fsync", lock=True)
    try:
        shutil.copytree(data / "documents", backup / "documents", ignore=shutil.ignore_patterns("mongod.lock"))
    finally:
        admin.command("fsyncUnlock")


def test_a_backup_brings_everything_back(tmp_path: Path) -> None:
    before, backup, after = tmp_path / "before", tmp_path / "backup", tmp_path / "after"
    servers = LocalStores(before, free_ports=True)
    with opened(servers) as stores:
        ada, _ = sign_up(stores, "ada")
        bob, token = sign_up(stores, "bob")
        eve, _ = sign_up(stores, "eve")
        for author in (ada, eve):
            follow(stores, bob, author)
        blocking.mute(stores, bob.id, "eve", None)
        for text in ("one", "two"):
            bark(stores, ada, text)
        bark(stores, eve, "not to be seen")
        assert read(stores, bob) == ["two", "one"]
        back_up(servers, stores, before, backup)
        late, _ = sign_up(stores, "late")
        bark(stores, ada, "after the backup")
        assert read(stores, bob) == ["after the backup", "two", "one"]
    with claimed(after, fresh=True):
        shutil.copytree(backup, after, dirs_exist_ok=True)
    with opened(LocalStores(after, free_ports=True)) as stores:
        stores.users.set_counts({ada.id: {"barks": 9}})
        for step in (rebuilding.graph, rebuilding.counts_of_people, rebuilding.counts_of_barks, rebuilding.queues):
            *_, last = step(stores)
        assert last.done == 3
        assert read(stores, bob) == ["two", "one"]
        counts = stores.users.by_ids([ada.id, bob.id])
        assert (counts[ada.id].counts.barks, counts[ada.id].counts.followers) == (2, 1)
        assert counts[bob.id].counts.following == 2
        assert accounts.caller_of(stores, token).user_id == bob.id
        assert accounts.sign_in(stores, "ada", PASSWORD, "").user.id == ada.id
        assert stores.users.by_ids([late.id]) == {}
        bark(stores, ada, "three")
        assert read(stores, bob) == ["three", "two", "one"]
