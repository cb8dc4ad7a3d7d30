"""Tokens and limits on a real Redis."""

import secrets

from barker.stores import Stores


def test_a_token_is_kept_until_it_is_dropped(stores: Stores) -> None:
    token = secrets.token_bytes(32)
    assert stores.counters.token(token) is None
    stores.counters.keep_token(token, 1, 2)
    assert stores.counters.token(token) == (1, 2)
    stores.counters.drop_tokens([token])
    assert stores.counters.token(token) is None


def test_a_limit_counts_down_and_then_refuses(stores: Stores) -> None:
    caller = secrets.token_hex(8)
    usages = [stores.counters.hit("route", caller, 2, 60) for _ in range(3)]
    assert [usage.allowed for usage in usages] == [True, True, False]
    assert [usage.remaining for usage in usages] == [1, 0, 0]
    assert all(0 < usage.reset_seconds <= 120 for usage in usages)
    assert stores.counters.hit("route", "another" + caller, 2, 60).allowed
