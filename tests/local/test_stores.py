import os
import signal
import socket
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from pymongo import WriteConcern
from redis import Redis

from barker.local import LocalStores, StartFailed
from barker.local.kinds import KINDS

from .conftest import FirstRun, mongo_client
from .processes import children, is_gone

pytestmark = pytest.mark.usefixtures("servers_can_be_had")


def test_all_four_start_and_stop_and_leave_no_process(first_run: FirstRun) -> None:
    assert set(first_run.urls) == {kind.setting for kind in KINDS.values()}
    assert sum("ready on 127.0.0.1:" in line for line in first_run.said) == 4
    assert len(first_run.processes) == 4
    assert all(map(is_gone, first_run.processes))


def test_one_store_can_be_stopped_and_started_again_on_its_port(tmp_path: Path) -> None:
    others = children()
    stores = LocalStores(tmp_path, free_ports=True, say=lambda _: None, only=["queues"])
    with stores as urls, Redis.from_url(urls["BARKER_QUEUES_URL"]) as redis:
        redis.set("note", "kept")
        before = stores.process("queues").pid
        stores.stop_one("queues")
        assert not psutil.pid_exists(before)
        stores.start_one("queues")
        assert redis.get("note") == b"kept"

        os.kill(stores.process("queues").pid, signal.SIGKILL)
        stores.start_one("queues")
        assert redis.get("note") == b"kept"
    assert children() <= others


def test_documents_are_kept_and_writable_on_another_port_and_after_a_crash(tmp_path: Path) -> None:
    ports = set()
    for number in range(2):
        stores = LocalStores(tmp_path, free_ports=True, say=lambda _: None, only=["documents"])
        with stores as urls:
            ports.add(urls["BARKER_DOCUMENTS_URL"])
            with mongo_client(urls) as mongo:
                assert mongo.barker.notes.count_documents({}) == number
                mongo.barker.notes.with_options(write_concern=WriteConcern(j=True)).insert_one({})
            stores.process("documents").kill()
    assert len(ports) == 2


def test_fresh_starts_empty(tmp_path: Path) -> None:
    for fresh, found in ((False, None), (False, b"kept"), (True, None)):
        stores = LocalStores(tmp_path, fresh=fresh, free_ports=True, say=lambda _: None, only=["queues"])
        with stores as urls, Redis.from_url(urls["BARKER_QUEUES_URL"]) as redis:
            assert redis.get("note") == found
            redis.set("note", "kept")


def test_queues_are_never_dropped_and_places_may_be(tmp_path: Path) -> None:
    with LocalStores(tmp_path, free_ports=True, say=lambda _: None, only=["queues", "places"]) as urls:
        with Redis.from_url(urls["BARKER_QUEUES_URL"], decode_responses=True) as queues:
            wanted = {"maxmemory-policy": "noeviction", "appendonly": "yes", "stream-node-max-bytes": "384"}
            assert queues.config_get(*wanted) == wanted
        with Redis.from_url(urls["BARKER_PLACES_URL"], decode_responses=True) as places:
            wanted = {"maxmemory-policy": "volatile-ttl", "appendonly": "no", "save": ""}
            assert places.config_get(*wanted) == wanted


def test_a_taken_port_is_left_to_who_has_it_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setitem(KINDS, "queues", replace(KINDS["queues"], usual_port=port))
        with LocalStores(tmp_path, say=said.append, only=["queues"]) as urls:
            other = urls["BARKER_QUEUES_URL"].split(":")[-1].removesuffix("/0")
    assert said[0] == f"Port {port} is taken: Redis (queues) listens on {other}."


def test_only_one_at_a_time_uses_a_data_folder(tmp_path: Path) -> None:
    with LocalStores(tmp_path, free_ports=True, say=lambda _: None, only=["queues"]):
        second = LocalStores(tmp_path, free_ports=True, say=lambda _: None, only=["queues"])
        with pytest.raises(StartFailed, match=f"in use by process {os.getpid()}"), second:
            pass


def test_a_broken_data_folder_shows_the_logs_end_and_what_to_do_and_leaves_no_process(tmp_path: Path) -> None:
    others = children()
    only = ["documents", "queues"]
    with LocalStores(tmp_path, free_ports=True, say=lambda _: None, only=only):
        pass
    (tmp_path / "documents" / "WiredTiger.turtle").write_bytes(b"no longer what it was")

    with pytest.raises(StartFailed) as failed:
        LocalStores(tmp_path, free_ports=True, say=lambda _: None, only=only).__enter__()

    shown = str(failed.value)
    print(shown)
    assert shown.startswith("MongoDB (documents) did not start: it ended with ")
    assert f"The last lines of {tmp_path}/logs/documents.log" in shown
    assert "WiredTiger" in shown
    assert "--fresh" in shown
    assert children() <= others
    assert 5 < len(shown.splitlines()) < 25


@pytest.mark.slow
def test_a_folder_may_have_any_name_in_any_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    with LocalStores(tmp_path / "my dätä", free_ports=True, say=lambda _: None, only=["graph"]) as urls:
        assert set(urls) == {"BARKER_GRAPH_URL"}
