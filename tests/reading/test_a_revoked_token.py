"""A token that was revoked is dead in every process, whatever each of them had known of it."""

import time
from collections.abc import Callable, Iterator

import pytest

from barker.actions import accounts
from barker.stores import Stores
from tests.barker_process import Person, wait_for
from tests.faults.proxy import Mode
from tests.faults.tap import round_trips
from tests.reading.conftest import Api, NewApi

ROUNDS = 15
TOKEN = "places GET"
HELD_UP_SECONDS = 1.0  # so long, at most, is a sign-out held up by a process that hangs
UNHEARD_SECONDS = 3.0  # and so long may a process that cannot hear let in who is out
SLACK_SECONDS = 3.0

NewReader = Callable[[], Person]


@pytest.fixture(scope="module")
def other(new_api: NewApi) -> Iterator[Api]:
    """Another process, on the same stores."""
    with new_api(BARKER_LIMITS="off") as other:
        yield other


def knows(person: Person) -> bool:
    """Tell whether a process lets her in without asking any store."""
    call = lambda: person.call("GET", "/v1/me/sessions", params={"limit": 1})  # noqa: E731
    return TOKEN not in round_trips(person.service.taps, call)  # type: ignore[attr-defined]


def lets_in(person: Person) -> bool:
    return person.call("GET", "/v1/me").status_code == 200


@pytest.mark.slow
def test_whoever_signs_out_is_out_everywhere_before_she_is_told(other: Api, reader: NewReader) -> None:
    for _ in range(ROUNDS):
        here = reader()
        there = other.of(here)
        wait_for(lambda: knows(here) and knows(there), "both to know her")  # noqa: B023
        assert here.call("DELETE", "/v1/me/sessions").status_code == 204
        assert there.call("GET", "/v1/me").status_code == 401
        assert here.call("GET", "/v1/me").status_code == 401


def test_a_session_ended_by_another_is_out_everywhere(stores: Stores, other: Api, reader: NewReader) -> None:
    here = reader()
    there = other.of(here)
    wait_for(lambda: knows(here) and knows(there), "both to know her")
    caller = accounts.caller_of(stores, here.token)
    accounts.sign_out(stores, caller, caller.session_id)
    assert not lets_in(there)
    assert not lets_in(here)


@pytest.mark.slow
def test_a_process_that_cannot_hear_believes_nothing_it_knows(stores: Stores, other: Api, reader: NewReader) -> None:
    here = reader()
    there = other.of(here)
    wait_for(lambda: knows(here) and knows(there), "both to know her")
    places = other.taps["places"]
    places.switch(Mode.SWALLOW)
    began = time.monotonic()
    try:
        assert here.call("DELETE", "/v1/me/sessions").status_code == 204
        assert time.monotonic() < began + HELD_UP_SECONDS + SLACK_SECONDS
        while lets_in(there):
            assert time.monotonic() < began + UNHEARD_SECONDS + SLACK_SECONDS
    finally:
        places.switch(Mode.PASS)
        places.reset()
    assert not lets_in(there)
    someone = other.of(reader())
    wait_for(lambda: knows(someone), "the process to hear again")


def test_a_process_whose_subscription_was_cut_asks_again(other: Api, reader: NewReader) -> None:
    there = other.of(reader())
    wait_for(lambda: knows(there), "the process to know her")
    other.taps["places"].switch(Mode.REFUSE)
    try:
        wait_for(lambda: "documents find sessions" in round_trips(other.taps, lambda: lets_in(there)), "MongoDB asked")
    finally:
        other.taps["places"].switch(Mode.PASS)
    wait_for(lambda: knows(there), "the process to hear again")
