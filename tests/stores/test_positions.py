"""How far people have read, on a real MongoDB."""

from concurrent.futures import ThreadPoolExecutor

from barker import ids
from barker.models import Position
from barker.stores import Stores
from barker.stores.positions import Device


def test_nobody_is_anywhere_before_she_has_read(stores: Stores) -> None:
    assert stores.positions.of(ids.new(), "phone") == Position()


def test_a_position_only_moves_forward(stores: Stores) -> None:
    user = ids.new()
    moved = Position("1764000000000-9", 2_000)
    assert stores.positions.move(user, "phone", "1764000000000-9", 2_000) == moved
    for lower in ("1764000000000-9", "1764000000000-8", "999-10000000000", "0-0"):
        assert stores.positions.move(user, "phone", lower, 3_000) == moved, lower
    for number, higher in enumerate(("1764000000000-10", "1764000000001-0", "10000000000000-0")):
        assert stores.positions.move(user, "phone", higher, 4_000 + number) == Position(higher, 4_000 + number)
    assert stores.positions.of(user, "phone") == Position("10000000000000-0", 4_002)


def test_each_device_has_a_position_of_its_own(stores: Stores) -> None:
    user, session = ids.new(), ids.new()
    places: dict[Device, str] = {"phone": "5-1", "tablet": "5-2", str(session): "5-3", session: "5-4"}
    for device, entry_id in places.items():
        stores.positions.move(user, device, entry_id, 1)
    assert {device: stores.positions.of(user, device).entry_id for device in places} == places
    assert stores.positions.of(ids.new(), "phone") == Position()


def test_of_many_who_move_at_once_the_highest_wins(stores: Stores) -> None:
    user = ids.new()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: stores.positions.move(user, "phone", f"7-{n * 37 % 200}", n), range(200)))
    assert stores.positions.of(user, "phone").entry_id == "7-199"
