"""The failure table, cell by cell: each store refuses connections, and each swallows all it is sent."""

import pytest

from tests.faults.outage import NEEDED, OLD, Cast, Outage, suffer, texts
from tests.faults.proxy import Mode
from tests.faults.world import LIMITS, SECRET, World

pytestmark = pytest.mark.slow

# What people get while a store is away. A refusal names the store.
TABLE = """
action                     | documents     | graph     | places     | queues
post a bark                | 503 documents | 201       | 201        | 201
read the feed              | 503 documents | 200       | 200        | 200
open a stream              | 200           | 200       | 200        | 503 queues
the read position          | 503 documents | 200       | 200        | 200
follow                     | 503 documents | 503 graph | 200        | 200
unfollow                   | 503 documents | 503 graph | 204        | 204
block                      | 503 documents | 503 graph | 200        | 200
mute                       | 503 documents | 503 graph | 200        | 200
like a bark                | 503 documents | 200       | 200        | 200
list who likes it          | 503 documents | 200       | 200        | 200
read notifications         | 503 documents | 200       | 200        | 200
look at somebody           | 503 documents | 200       | 200        | 200
list her followers         | 503 documents | 503 graph | 200        | 200
list within two steps      | 503 documents | 503 graph | 200        | 200
list who is between        | 503 documents | 503 graph | 200        | 200
find a path                | 503 documents | 503 graph | 200        | 200
read suggestions           | 503 documents | 503 graph | 200        | 200
dismiss one                | 503 documents | 503 graph | 204        | 204
search people              | 503 documents | 200       | 200        | 200
search barks               | 503 documents | 200       | 200        | 200
find matches               | 503 documents | 200       | 200        | 200
read the trends            | 200           | 200       | 503 places | 200
sign up                    | 503 documents | 201       | 201        | 201
sign in                    | 503 documents | 201       | 201        | 201
subscribe to push          | 503 documents | 201       | 201        | 201
share a place              | 204           | 204       | 503 places | 204
list who is near           | 503 documents | 200       | 503 places | 200
the same, token not cached | 503 documents | 204       | 503 places | 204
look at oneself            | 503 documents | 200       | 200        | 200
ask whether it lives       | 200           | 200       | 200        | 200
ask whether it is ready    | 503 documents | 503 graph | 503 places | 503 queues
"""
HEAD, *ROWS = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]
EXPECTED = {(row[0], store): cell for row in ROWS for store, cell in zip(HEAD[1:], row[1:], strict=True)}

SLACK_SECONDS = 4.0  # beside two calls of the store, for all the rest, on a busy machine
READY_SECONDS = 5.0


@pytest.fixture(scope="module")
def cast(world: World) -> Cast:
    """The people."""
    return Cast(world)


@pytest.fixture(
    scope="module",
    params=[
        *(pytest.param((store, Mode.REFUSE), id=f"{store}-down") for store in HEAD[1:]),
        *(pytest.param((store, Mode.SWALLOW), id=f"{store}-silent") for store in HEAD[1:]),
    ],
)
def outage(request: pytest.FixtureRequest, world: World, cast: Cast) -> Outage:
    """One outage from beginning to end; it happens once, and the tests look at what was seen."""
    return suffer(world, cast, *request.param)


@pytest.mark.parametrize("action", [row[0] for row in ROWS])
def test_every_action_gets_the_answer_of_the_table(outage: Outage, action: str) -> None:
    assert outage.answers[action].brief == EXPECTED[action, outage.store], outage.answers[action]


def test_every_refusal_is_a_problem_that_names_the_store_and_says_when_to_come_again(outage: Outage) -> None:
    assert outage.refused
    for answer in outage.refused:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert int(answer.headers["Retry-After"]) > 0
        assert (answer.json["code"], answer.json["store"]) == ("store_down", outage.store)


def test_every_answer_comes_in_time(outage: Outage) -> None:
    limit = 2 * LIMITS[outage.store] + SLACK_SECONDS
    assert {name: answer.seconds for name, answer in outage.answers.items() if answer.seconds > limit} == {}
    assert outage.answers["ask whether it is ready"].seconds < READY_SECONDS


def test_readiness_tells_how_each_store_is(outage: Outage) -> None:
    stores = outage.answers["ask whether it is ready"].json["stores"]
    assert {name: health["ok"] for name, health in stores.items()} == {name: name != outage.store for name in LIMITS}


def test_a_feed_that_is_served_is_whole(outage: Outage) -> None:
    answer = outage.answers["read the feed"]
    if answer.status == 200:
        assert [bark["text"] for bark in answer.json["items"]] == OLD


def test_somebody_is_shown_without_you_follow_where_that_is_not_known(outage: Outage) -> None:
    shown = outage.answers["look at somebody"].json
    if outage.store == "graph":
        assert shown["you"] is None
    elif outage.store != "documents":
        assert shown["you"]["follows"] is True


def test_people_near_are_shown_without_you_follow_where_that_is_not_known(outage: Outage) -> None:
    shown = outage.answers["list who is near"]
    if shown.status == 200:
        (ada,) = shown.json["items"]
        assert ada["distance_m"] == 0
        assert (ada["user"]["you"] is None) == (outage.store == "graph")


def test_searches_find_the_same_and_show_you_as_null_where_that_is_not_known(outage: Outage, cast: Cast) -> None:
    if outage.store != "documents":
        (found,) = outage.answers["search people"].json["items"]
        assert found["handle"] == cast.ada.handle
        assert (found["you"] is None) == (outage.store == "graph")
        assert [bark["text"] for bark in outage.answers["search barks"].json["items"]] == OLD[:1]


def test_limits_are_off_without_their_store_and_on_otherwise(outage: Outage) -> None:
    assert ("RateLimit-Limit" in outage.answers["sign in"].headers) == (outage.store != "places")


def test_an_open_screen_stays_open_and_beats(outage: Outage) -> None:
    assert outage.stayed_open
    assert outage.beats > 0


def test_an_open_screen_is_told_when_it_has_to_wait_and_only_then(outage: Outage) -> None:
    told = {event.data["store"] for event in outage.told_meanwhile if event.name == "delayed"}
    assert told == ({outage.store} if outage.store in NEEDED else set())


def test_an_open_screen_goes_on_where_it_can(outage: Outage) -> None:
    assert (f"meanwhile {outage.name}" in texts(outage.told_meanwhile)) == (outage.store not in NEEDED)


def test_a_fan_out_waits_for_the_store_it_needs(outage: Outage) -> None:
    if outage.store != "places":
        assert f"during {outage.name}" not in texts(outage.told_meanwhile)


def test_everything_works_again_within_seconds(outage: Outage) -> None:
    assert outage.recovered


def test_an_open_screen_tells_every_bark_exactly_once(outage: Outage) -> None:
    assert sorted(texts(outage.events)) == sorted(outage.expected)
    assert {event.name for event in outage.events} <= {"ready", "bark", "delayed"}


def test_a_follow_is_whole_or_not_there(outage: Outage) -> None:
    follows = outage.answers["follow"].status == 200
    assert outage.follow == {"follows": follows, "following": int(follows)}
    assert outage.feed_of_follower == (OLD if follows else [])


def test_no_process_ends(outage: Outage) -> None:
    assert outage.same_processes


def test_no_refusal_holds_an_address_or_a_password(outage: Outage) -> None:
    for answer in outage.refused:
        assert SECRET not in answer.text
        assert "127.0.0.1" not in answer.text


def test_no_log_holds_a_password_or_a_token(outage: Outage, world: World) -> None:
    logs = world.service.log("serve") + world.service.log("worker")
    assert f'"store": "{outage.store}"' in logs
    for secret in (SECRET, *world.secrets, outage.answers["sign in"].json.get("token", SECRET)):
        assert secret not in logs
