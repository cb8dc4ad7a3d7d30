"""Ids: rising, unique, 63 bits, 19 digits."""

import threading
import time

import pytest

from barker import ids


def test_ids_rise_within_a_process_and_over_threads() -> None:
    found: list[list[int]] = [[] for _ in range(4)]

    def make(into: list[int]) -> None:
        into.extend(ids.new() for _ in range(5_000))

    threads = [threading.Thread(target=make, args=(into,)) for into in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(sorted(one) == one for one in found)
    assert len({id_ for one in found for id_ in one}) == 20_000


def test_an_id_tells_its_time_and_fits_63_bits() -> None:
    before = time.time_ns() // 1_000_000
    id_ = ids.new()
    assert before <= ids.ms_of(id_) <= before + 1_000
    assert 0 < id_ <= ids.MAX_ID
    assert ids.at(ids.ms_of(id_)) <= id_ < ids.at(ids.ms_of(id_) + 1)


def test_a_clock_set_back_makes_no_id_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    last, now = ids.new(), ids.now_ms()
    monkeypatch.setattr(ids, "now_ms", lambda: now - 3_600_000)
    later = [ids.new() for _ in range(3)]
    assert later == sorted(later)
    assert later[0] > last


@pytest.mark.parametrize("ms", [1_704_067_200_000, 3_650_000_000_000])
def test_text_order_is_number_order_from_2024_to_2085(ms: int) -> None:
    assert len(str(ids.at(ms))) == 19
