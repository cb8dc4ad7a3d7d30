"""`barker doctor`: it finds what is wrong with real servers, and says what to do."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from click.testing import CliRunner
from redis import Redis

from barker import ids
from barker.cli import main
from barker.local.ports import free_port
from barker.stores import Stores, functions

Findings = list[tuple[str, str, str]]


@pytest.fixture
def environ(stores: Stores, stores_urls: dict[str, str]) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BARKER_")}
    return {**clean, **stores_urls}


def found(environ: dict[str, str], **more: str) -> tuple[int, Findings]:
    """Return the exit code, and what is not good: about what, how bad, and what it says."""
    done = CliRunner(env={**environ, **more}).invoke(main, ["doctor", "--json"])
    lines = [json.loads(line) for line in done.output.splitlines() if line.startswith("{")]
    assert all(line["do"] for line in lines if line["level"] != "good")
    not_good = [(line["about"], line["level"], line["says"]) for line in lines if line["level"] != "good"]
    return done.exit_code, [one for one in not_good if one[0] != "jobs"]  # other tests leave some


@contextmanager
def configured(redis: Redis, name: str, value: str) -> Iterator[None]:
    before: Any = redis.config_get(name)
    redis.config_set(name, value)
    try:
        yield
    finally:
        redis.config_set(name, before[name])


def test_what_is_well_is_said_to_be_well(environ: dict[str, str]) -> None:
    assert found(environ) == (0, [])
    done = CliRunner(env=environ).invoke(main, ["doctor"])
    assert "✓ queues     answers, version " in done.output
    assert "✓ settings   are as they should be" in done.output


def test_what_is_not_prepared_is_named(
    environ: dict[str, str], stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores.documents.collection("users").drop_index("handle_1")
    stores.graph.write("DROP CONSTRAINT user_id")
    # What is gone, any worker loads again.
    monkeypatch.setattr(functions, "LIBRARY", "#!lua name=barker\n-- of another version")
    try:
        assert found(environ) == (
            1,
            [
                ("documents", "bad", "lacks users.handle_1"),
                ("graph", "bad", "lacks the constraint user_id"),
                ("queues", "bad", "lacks the functions"),
            ],
        )
    finally:
        monkeypatch.undo()
        stores.prepare()
    assert found(environ) == (0, [])


def test_functions_of_another_version_are_missing_ones(environ: dict[str, str], stores: Stores) -> None:
    stores.queues._redis.function_load(functions.LIBRARY + "\n-- of another version", replace=True)
    stores.places._redis.function_load(functions.PLACES + "\n-- of another version", replace=True)
    try:
        assert found(environ)[1] == [
            ("places", "bad", "lacks the functions"),
            ("queues", "bad", "lacks the functions"),
        ]
    finally:
        stores.prepare()


def test_places_that_were_lost_get_their_functions_again_unasked(environ: dict[str, str], stores: Stores) -> None:
    stores.places._redis.function_flush()
    try:
        assert found(environ) == (0, [])
    finally:
        stores.prepare()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("maxmemory-policy", "allkeys-lru", "may drop queues when full"),
        ("appendonly", "no", "keeps nothing on disk: a restart loses all jobs"),
        ("stream-node-max-bytes", "4096", "takes several times the memory for queues that are nearly empty"),
        ("maxmemory", "1mb", "of the memory it may use"),
    ],
)
def test_a_server_of_queues_that_is_set_up_wrongly(
    environ: dict[str, str], stores: Stores, name: str, value: str, says: str
) -> None:
    with configured(stores.queues._redis, name, value):
        _, [(about, _, words)] = found(environ)
    assert about == "queues"
    assert says in words


@pytest.mark.slow
def test_a_store_that_is_away_hides_nothing_of_the_others(environ: dict[str, str], stores: Stores) -> None:
    with configured(stores.queues._redis, "stream-node-max-bytes", "4096"):
        code, findings = found(environ, BARKER_DOCUMENTS_URL=f"mongodb://127.0.0.1:{free_port()}/x")
    assert code == 1
    assert [(about, level) for about, level, _ in findings] == [("documents", "bad"), ("queues", "warning")]


def test_clocks_that_are_apart(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    now_ms = ids.now_ms
    monkeypatch.setattr(ids, "now_ms", lambda: now_ms() - 60_000)
    code, findings = found(environ)
    assert code == 1
    assert {(about, says) for about, _, says in findings} == {
        (store, "has a clock +60 s from ours") for store in ("documents", "graph", "places", "queues")
    }


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("BARKER_LIMITS", "off", "have rate limits off"),
        ("BARKER_TRUSTED_PROXIES", "1", "trust a proxy, and have no token for metrics: nobody can read them"),
        ("BARKER_HOST", "0.0.0.0", "listen beyond this machine, with no TLS in front"),
    ],
)
def test_settings_that_nobody_wants_in_production(environ: dict[str, str], name: str, value: str, says: str) -> None:
    assert found(environ, **{name: value}) == (0, [("settings", "warning", says)])


def test_one_redis_for_two_stores(environ: dict[str, str]) -> None:
    one = environ["BARKER_QUEUES_URL"].removesuffix("/0") + "/3"
    code, findings = found(environ, BARKER_PLACES_URL=one)
    assert code == 1
    assert findings[-1] == ("settings", "bad", "name one Redis for places and queues, which promise different things")
