"""A connection that lay idle is looked at before it is used."""

import time

import pytest
from redis import Redis

from barker.stores.redis_client import connect

pytestmark = pytest.mark.administers


@pytest.fixture
def redis(stores_urls: dict[str, str]) -> Redis:
    """A client that tries nothing a second time."""
    redis = connect(stores_urls["BARKER_PLACES_URL"], 2, retries=0)
    redis.set("here", "1")
    return redis


def test_one_that_the_server_closed_is_made_anew(redis: Redis, stores_urls: dict[str, str]) -> None:
    other = connect(stores_urls["BARKER_PLACES_URL"], 2)
    other.client_kill_filter(_id=str(redis.client_id()))
    time.sleep(0.1)
    assert redis.get("here") == "1"


def test_one_on_which_an_answer_was_left_is_not_used_again(redis: Redis) -> None:
    connection = redis.connection_pool.get_connection()
    connection.send_command("ECHO", "somebody else's")  # type: ignore[no-untyped-call]
    time.sleep(0.1)
    redis.connection_pool.release(connection)
    assert redis.get("here") == "1"
