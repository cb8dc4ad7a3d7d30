"""`Idempotency-Key`: a repeat gets the first answer."""

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest

from barker.stores import Stores
from tests.barker_process import PASSWORD, Person, Service


def key() -> dict[str, str]:
    return {"Idempotency-Key": secrets.token_hex(8)}


def test_a_repeated_bark_is_one_bark(ada: Person) -> None:
    before, headers = ada.get("/v1/me")["counts"]["barks"], key()
    first, again = (ada.call("POST", "/v1/barks", json={"text": "once"}, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["Location"] == first.headers["Location"]
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    assert ada.get("/v1/me")["counts"]["barks"] == before + 1


def test_a_key_belongs_to_one_request_of_one_user(ada: Person, bob: Person) -> None:
    headers = key()
    first = ada.call("POST", "/v1/barks", json={"text": "one"}, headers=headers).json()
    other = ada.call("POST", "/v1/barks", json={"text": "two"}, headers=headers)
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert bob.call("POST", "/v1/barks", json={"text": "one"}, headers=headers).json()["id"] != first["id"]


def test_a_refused_request_frees_its_key(ada: Person) -> None:
    headers = key()
    refused = ada.call("POST", "/v1/barks", json={"text": "x", "in_reply_to": "5"}, headers=headers)
    assert refused.status_code == 422
    assert ada.call("POST", "/v1/barks", json={"text": "x"}, headers=headers).status_code == 201


@pytest.mark.parametrize("bad", ["", "x" * 256, "ключ"])
def test_a_bad_key_is_named(ada: Person, bad: str) -> None:
    headers = {"Idempotency-Key": bad.encode()}
    answer = ada.call("POST", "/v1/barks", json={"text": "x"}, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "Idempotency-Key")


def test_the_same_request_at_once_is_done_once(ada: Person) -> None:
    headers = key()
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda _: ada.call("POST", "/v1/barks", json={"text": "race"}, headers=headers), range(8))
        )
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1


def test_a_repeated_sign_up_and_sign_in_bring_the_same_token(service: Service, stores: Stores) -> None:
    body = {"handle": f"ada_{secrets.token_hex(4)}", "password": PASSWORD}
    for path in ("/v1/users", "/v1/sessions"):
        headers = key()
        first, again = (service.call("POST", path, json=body, headers=headers) for _ in range(2))
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == first.json()
        assert again.headers["Set-Cookie"] == first.headers["Set-Cookie"]
        token = first.json()["token"]
        assert service.call("GET", "/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200
        kept = stores.documents.collection("answers").find()
        assert not any(token.encode() in document.get("body", b"") for document in kept)


def test_who_does_not_know_the_password_gets_no_answer_by_a_key(service: Service) -> None:
    handle, headers = f"ada_{secrets.token_hex(4)}", key()
    body = {"handle": handle, "password": PASSWORD}
    assert service.call("POST", "/v1/users", json=body, headers=headers).status_code == 201
    wrong = service.call("POST", "/v1/users", json={**body, "password": "a wrong password"}, headers=headers)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
