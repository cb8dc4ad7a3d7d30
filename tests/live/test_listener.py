"""One tab's buffer: who waits hears at once, and a goodbye comes before all else."""

import time

import gevent

from barker.live.hub import BUFFER, SLOW, Bye, Listener, Look, Word
from barker.models import Entry

LONG = 20.0  # seconds; who waits so long was not woken


def entry(number: int) -> Entry:
    return Entry(f"{number}-0", "delete", number, 5)


def tell(listener: Listener, words: list[Word]) -> None:
    for word in words:
        listener.tell(word)


def test_who_waits_is_woken_by_each_word_and_hears_all_in_order() -> None:
    listener, began = Listener(b""), time.monotonic()
    for number in range(10):
        words: list[Word] = [entry(2 * number), Look(), entry(2 * number + 1)]
        gevent.spawn_later(0.01, tell, listener, words)
        assert [listener.next(LONG) for _ in words] == words
    assert time.monotonic() - began < LONG / 2


def test_who_waits_is_woken_by_a_goodbye_and_waits_no_more() -> None:
    listener, began = Listener(b""), time.monotonic()
    gevent.spawn_later(0.01, listener.tell, Bye("restart"))
    assert [listener.next(LONG) for _ in range(2)] == [Bye("restart")] * 2
    assert time.monotonic() - began < LONG / 2


def test_who_is_told_nothing_waits_as_long_as_she_said_each_time() -> None:
    listener = Listener(b"")
    listener.tell(entry(1))
    assert listener.next(LONG) == entry(1)
    for _ in range(2):
        began = time.monotonic()
        assert listener.next(0.1) is None
        assert time.monotonic() - began > 0.09


def test_a_goodbye_comes_before_what_was_told_earlier() -> None:
    listener = Listener(b"")
    tell(listener, [entry(1), Look(), Bye("signed_out"), entry(2)])
    assert [listener.next(0) for _ in range(2)] == [Bye("signed_out")] * 2


def test_whose_buffer_is_full_is_slow_unless_there_is_a_better_reason() -> None:
    listener = Listener(b"")
    tell(listener, [entry(number) for number in range(BUFFER)])
    assert listener.leaving is None
    listener.tell(Look())
    assert listener.next(0) == Bye(SLOW)
    tell(listener, [Bye("signed_out"), entry(BUFFER)])
    assert listener.next(0) == Bye("signed_out")
    assert len(listener.words) == BUFFER
