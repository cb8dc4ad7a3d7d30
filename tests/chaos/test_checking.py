"""The judge of `make faults` finds what it is there to find."""

import time

import pytest

from barker import ids
from barker.models import Entry
from tests.chaos import checking
from tests.chaos.checking import Left, Truth, Verdict
from tests.chaos.journal import Change, Journal, Post, Told
from tests.chaos.keeping import Kept
from tests.chaos.phone import Person
from tests.chaos.screens import Screen

ADA, BOB, EVE = 1, 2, 3  # bob follows ada, and not eve
NOW = ids.now_ms()
ONE, TWO, THREE = (ids.at(NOW + number) for number in (1, 2, 3))
TRUTH = Truth(barks={ADA: {ONE, TWO}, BOB: set(), EVE: {THREE}}, following={ADA: set(), BOB: {ADA}, EVE: set()})


def entry(number: int, bark_id: int, author: int = ADA, kind: str = "bark") -> Entry:
    return Entry(f"{NOW + number}-0", kind, bark_id, author)


def kept(*entries: Entry) -> Kept:
    queue = Kept()
    queue.take(entry(0, 0, 0, "start"), [entry(0, 0, 0, "start"), *entries], whole=False)
    return queue


def counts(verdict: Verdict) -> tuple[int, int, int, int]:
    assert verdict.is_good is not any((verdict.missing, verdict.doubled, verdict.wrong, verdict.disordered))
    return verdict.missing, verdict.doubled, verdict.wrong, verdict.disordered


@pytest.mark.parametrize(
    ("feed", "found"),
    [
        ([TWO, ONE], (0, 0, 0, 0)),
        ([TWO], (1, 0, 0, 0)),
        ([TWO, TWO, ONE], (0, 1, 0, 0)),
        ([THREE, TWO, ONE], (0, 0, 1, 0)),
        ([ONE, TWO], (0, 0, 0, 1)),
    ],
)
def test_a_feed_that_differs_from_the_truth_is_found(feed: list[int], found: tuple[int, int, int, int]) -> None:
    verdict = Verdict()
    checking.check_feed(verdict, BOB, feed, TRUTH)
    assert counts(verdict) == found


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ([entry(1, ONE), entry(2, TWO)], (0, 0)),
        ([entry(1, ONE), entry(2, TWO, kind="backfill")], (0, 0)),
        ([entry(1, ONE), entry(2, TWO), entry(3, TWO, kind="backfill")], (0, 0)),
        ([entry(1, ONE)], (1, 0)),
        ([entry(1, ONE), entry(2, TWO), entry(3, TWO)], (0, 1)),
    ],
)
def test_a_queue_that_missed_a_bark_or_got_it_twice_is_found(entries: list[Entry], found: tuple[int, int]) -> None:
    verdict = Verdict()
    checking.check_queue(verdict, BOB, kept(*entries), {ONE, TWO})
    assert counts(verdict)[:2] == found


def test_an_entry_that_its_server_lost_and_got_again_is_no_double() -> None:
    queue = kept(entry(1, ONE), entry(2, TWO))
    start = entry(0, 0, 0, "start")
    queue.take(start, [start, entry(1, ONE), entry(9, TWO)], whole=True)
    verdict = Verdict()
    checking.check_queue(verdict, BOB, queue, {ONE, TWO})
    assert counts(verdict) == (0, 0, 0, 0)


def test_what_a_refilled_queue_is_too_small_for_is_excused_and_nothing_else() -> None:
    queue = kept()
    again = entry(100, ids.at(NOW + 5_000), 0, "start")
    queue.take(again, [again, entry(101, TWO, kind="backfill"), entry(102, ONE, 0, "floor")], whole=True)
    verdict = Verdict()
    checking.check_queue(verdict, BOB, queue, {ONE, TWO, THREE})
    assert verdict.excused == 1
    assert counts(verdict) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("left", "wrong"),
    [
        (Left(set()), 1),
        (Left({EVE}), 0),
        (Left({EVE}, {(BOB, EVE): NOW / 1000 + 1}), 0),  # it came two seconds after NOW
        (Left({EVE}, {(BOB, EVE): NOW / 1000 + 3}), 1),
    ],
)
def test_nobody_who_was_left_is_in_the_queue_but_what_came_late_and_is_dropped(left: Left, wrong: int) -> None:
    verdict = Verdict()
    checking.check_left(verdict, BOB, [entry(1, ONE), entry(2_000, THREE, EVE)], TRUTH, left)
    assert counts(verdict) == (0, 0, wrong, 0)


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ([entry(1, ONE), entry(2, TWO)], (0, 0, 0)),
        ([entry(1, ONE)], (1, 0, 0)),
        ([entry(1, ONE), entry(2, TWO), entry(2, TWO)], (0, 1, 0)),
        ([entry(1, ONE), entry(2, TWO), entry(3, TWO)], (0, 1, 0)),
        ([entry(1, ONE), entry(2, TWO), entry(9, TWO)], (0, 0, 0)),  # lost by the server, and delivered again
        ([entry(1, ONE), entry(2, TWO), entry(4, THREE)], (0, 0, 1)),
    ],
)
def test_a_screen_that_was_told_wrong_is_found(told: list[Entry], found: tuple[int, int, int]) -> None:
    screen = Screen(Person(BOB, "bob", "token"), [], [Told(one.id, one.bark_id) for one in told])
    verdict = Verdict()
    queue = kept(entry(1, ONE), entry(2, TWO), entry(3, TWO))
    checking.check_screen(verdict, screen, queue, {ONE, TWO}, {THREE})
    assert counts(verdict)[:3] == found


def test_a_screen_that_was_told_of_a_gap_reads_the_feed() -> None:
    screen = Screen(Person(BOB, "bob", "token"), [], gaps=[NOW / 1000 + 1])
    verdict = Verdict()
    checking.check_screen(verdict, screen, kept(), {ONE, TWO}, set())
    assert (verdict.excused, *counts(verdict)) == (2, 0, 0, 0, 0)


def test_only_what_came_after_a_follow_for_good_was_due() -> None:
    now = time.time()
    journal = Journal([Post(ADA, "one", now + 1, ONE, now + 1), Post(ADA, "two", now + 3, TWO, now + 3)])
    for follows, acknowledged, due in ((True, True, {TWO}), (False, True, set()), (True, False, set())):
        journal.changes = [Change((BOB, ADA), follows, acknowledged, now + 1.5, now + 2)]
        assert checking.due_for(BOB, journal, TRUTH, journal.followed_since({(BOB, ADA)})) == due
    journal.changes = []
    assert checking.due_for(BOB, journal, TRUTH, journal.followed_since({(BOB, ADA)})) == {ONE, TWO}


@pytest.mark.parametrize(("second", "found"), [(TWO, 0), (ids.at(NOW - 1), 1)], ids=["risen", "fallen"])
def test_barks_of_an_author_are_in_the_order_in_which_she_made_them(second: int, found: int) -> None:
    verdict = Verdict()
    journal = Journal([Post(ADA, "one", 1.0, ONE, 2.0), Post(ADA, "two", 3.0, second, 4.0)])
    checking.check_order(verdict, journal)
    assert counts(verdict) == (0, 0, 0, found)
