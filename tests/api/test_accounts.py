"""Signing up, in and out; profiles, sessions, cookies and limits."""

import secrets

import requests

from barker import ids
from tests.barker_process import PASSWORD, Person, Service


def test_a_new_user_is_shown_as_the_contract_says(service: Service) -> None:
    handle = f"ada_{secrets.token_hex(4)}"
    profile = {"name": " Ada Lovelace ", "about": "Engines.\nPoetry.", "interests": ["maths", "maths", "horses"]}
    answer = service.call("POST", "/v1/users", json={"handle": handle.upper(), "password": PASSWORD, **profile})
    body = answer.json()
    assert answer.status_code == 201
    assert body["user"] == {
        "id": body["user"]["id"],
        "handle": handle,
        "name": "Ada Lovelace",
        "about": "Engines.\nPoetry.",
        "interests": ["maths", "horses"],
        "avatar_url": None,
        "created_at": body["user"]["created_at"],
        "counts": {"barks": 0, "followers": 0, "following": 0},
        "you": {"follows": False, "followed_by": False, "blocks": False, "mutes": False, "muted_until": None},
    }
    assert answer.headers["Location"] == f"/v1/users/{handle}"
    assert len(body["user"]["id"]) == 19
    assert body["user"]["created_at"].endswith("Z")
    assert body["session"]["current"]
    me = service.call("GET", "/v1/me", headers={"Authorization": f"Bearer {body['token']}"}).json()
    assert me["handle"] == handle


def test_signing_in_opens_another_session(service: Service, bob: Person) -> None:
    answer = service.call(
        "POST", "/v1/sessions", json={"handle": bob.handle.upper(), "password": PASSWORD, "device": "phone"}
    )
    assert answer.status_code == 201
    assert answer.json()["session"]["device"] == "phone"
    assert answer.json()["token"] != bob.token
    listed = bob.get("/v1/me/sessions", limit=1)
    assert [item["device"] for item in listed["items"]] == ["phone"]
    assert bob.get("/v1/me/sessions", limit=1, cursor=listed["next"])["items"][0]["current"]


def test_a_session_that_is_ended_is_dead_at_once(service: Service) -> None:
    eve = service.sign_up("eve")
    other = service.call("POST", "/v1/sessions", json={"handle": eve.handle, "password": PASSWORD}).json()
    second = Person(service, other["token"], other["user"])
    assert second.get("/v1/me")
    path = f"/v1/me/sessions/{other['session']['id']}"
    assert eve.get(path)["id"] == other["session"]["id"]
    assert eve.call("DELETE", path).status_code == 204
    assert second.call("GET", "/v1/me").status_code == 401
    assert eve.call("DELETE", path).status_code == 404
    assert eve.call("DELETE", "/v1/me/sessions").status_code == 204
    assert eve.call("GET", "/v1/me").status_code == 401


def test_nobody_sees_or_ends_anothers_session(ada: Person, bob: Person) -> None:
    session = ada.get("/v1/me/sessions")["items"][0]["id"]
    for method in ("GET", "DELETE"):
        assert bob.call(method, f"/v1/me/sessions/{session}").status_code == 404
    assert ada.get("/v1/me")


def test_a_profile_changes_where_it_is_told_to(service: Service) -> None:
    eve = service.sign_up("eve", name="Eve", about="before", interests=["go"])
    changed = eve.call("PATCH", "/v1/me", json={"about": ""}).json()
    assert (changed["name"], changed["about"], changed["interests"]) == ("Eve", "", ["go"])
    assert eve.call("PATCH", "/v1/me", json={"interests": ["tea"]}).json()["interests"] == ["tea"]
    assert eve.call("PATCH", "/v1/me", json={}).json()["name"] == "Eve"
    assert eve.call("PATCH", "/v1/me", json={"handle": "other"}).status_code == 422
    assert service.call("GET", f"/v1/users/{eve.handle}").json()["interests"] == ["tea"]


def test_what_is_between_two_people_is_shown_to_them_alone(service: Service) -> None:
    eve, fay = service.sign_up("eve"), service.sign_up("fay")
    answer = eve.call("PUT", f"/v1/me/following/{fay.handle}").json()
    assert answer["you"] == {
        "follows": True,
        "followed_by": False,
        "blocks": False,
        "mutes": False,
        "muted_until": None,
    }
    assert answer["counts"]["followers"] == 1
    assert fay.get(f"/v1/users/{eve.handle}")["you"]["followed_by"]
    assert service.call("GET", f"/v1/users/{fay.handle}").json()["you"] is None
    (listed,) = eve.get(f"/v1/users/{eve.handle}/following")["items"]
    assert (listed["handle"], listed["you"]["follows"]) == (fay.handle, True)
    (follower,) = service.call("GET", f"/v1/users/{fay.handle}/followers").json()["items"]
    assert (follower["handle"], follower["you"]) == (eve.handle, None)


def test_lists_of_people_are_paged(service: Service) -> None:
    eve = service.sign_up("eve")
    handles = []
    for _ in range(5):
        other = service.sign_up("fan")
        other.follow(eve)
        handles.append(other.handle)
    found, path = [], f"/v1/users/{eve.handle}/followers?limit=2"
    while path:
        answer = eve.call("GET", path)
        found += [user["handle"] for user in answer.json()["items"]]
        path = answer.links["next"]["url"].removeprefix(service.url) if "next" in answer.links else ""
    assert found == handles[::-1]


def test_a_place_can_be_shared_and_taken_back(ada: Person) -> None:
    assert ada.call("PUT", "/v1/me/place", json={"lat": 48.2, "lon": 16.37}).status_code == 204
    assert ada.call("DELETE", "/v1/me/place").status_code == 204
    assert ada.call("DELETE", "/v1/me/place").status_code == 204


def test_the_web_app_gets_a_cookie_that_no_other_page_can_use(service: Service) -> None:
    browser = requests.Session()
    body = {"handle": f"web_{secrets.token_hex(4)}", "password": PASSWORD}
    cookie = browser.post(f"{service.url}/v1/users", json=body).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert browser.get(f"{service.url}/v1/me").json()["handle"] == body["handle"]
    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        assert browser.post(f"{service.url}/v1/barks", json={"text": "x"}, headers=headers).status_code == 403
    own = {"Origin": service.url}
    assert browser.post(f"{service.url}/v1/barks", json={"text": "x"}, headers=own).status_code == 201
    assert browser.delete(f"{service.url}/v1/me/sessions", headers=own).status_code == 204
    assert not browser.cookies
    assert browser.get(f"{service.url}/v1/me").status_code == 401


def test_a_dead_cookie_keeps_nobody_from_signing_in(service: Service, ada: Person) -> None:
    answer = service.call(
        "POST",
        "/v1/sessions",
        json={"handle": ada.handle, "password": PASSWORD},
        cookies={"barker_token": "dead"},
        headers={"Authorization": "Bearer dead"},
    )
    assert answer.status_code == 201


def test_every_answer_has_a_request_id_that_the_log_has_too(service: Service, ada: Person) -> None:
    given = f"test-{ids.new()}"
    answer = ada.call("GET", "/v1/me", headers={"X-Request-Id": given})
    assert answer.headers["X-Request-Id"] == given
    (line,) = [line for line in service.log("serve").splitlines() if given in line]
    assert '"status": 200' in line
    assert ada.token not in service.log("serve")
    for odd in ("a b", "x" * 65, '"'):
        assert ada.call("GET", "/v1/me", headers={"X-Request-Id": odd}).headers["X-Request-Id"] != odd
