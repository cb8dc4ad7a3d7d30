"""The read position over HTTP."""

import pytest

from barker import ids
from tests.barker_process import PASSWORD, Person, Service

PATH = "/v1/me/read-position"


def on_device(person: Person, device: str) -> Person:
    """Return the same person, signed in once more."""
    body = {"handle": person.handle, "password": PASSWORD, "device": device}
    return Person(person.service, person.service.call("POST", "/v1/sessions", json=body).json()["token"], person.user)


def put(person: Person, entry_id: str) -> str:
    answer = person.call("PUT", PATH, json={"id": entry_id})
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"id", "updated_at"}
    return str(answer.json()["id"])


def test_a_position_is_null_then_where_it_was_put_and_never_lower(service: Service) -> None:
    eve = service.sign_up("eve")
    assert eve.get(PATH) == {"id": None, "updated_at": None}
    assert put(eve, "1764000000000-1") == "1764000000000-1"
    moved = eve.get(PATH)
    assert moved["updated_at"].endswith("Z")
    assert put(eve, "1764000000000-0") == "1764000000000-1"
    assert eve.get(PATH) == moved


def test_a_device_is_known_by_its_name_and_one_without_by_its_session(service: Service) -> None:
    eve = service.sign_up("eve")
    phone, tablet, unnamed, another = (on_device(eve, name) for name in ("phone", "tablet", "", ""))
    for number, device in enumerate((phone, tablet, unnamed, another), 1):
        put(device, f"{number}-0")
    assert [device.get(PATH)["id"] for device in (phone, tablet, unnamed, another)] == ["1-0", "2-0", "3-0", "4-0"]
    assert phone.call("DELETE", "/v1/me/sessions").status_code == 204
    assert on_device(eve, "phone").get(PATH)["id"] == "1-0"
    assert on_device(eve, "").get(PATH)["id"] is None


@pytest.mark.parametrize("entry_id", ["", "x", "5", "5-", "-5", "5-5\n", "5-5-5", "9" * 16 + "-0", "٥-٥", 5, None])
def test_what_is_no_entry_is_refused(ada: Person, entry_id: object) -> None:
    answer = ada.call("PUT", PATH, json={"id": entry_id})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["id"]


def test_what_is_from_the_future_is_refused(ada: Person) -> None:
    answer = ada.call("PUT", PATH, json={"id": f"{ids.now_ms() + 60_000}-0"})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["id"]
    assert put(ada, f"{ids.now_ms()}-0")
