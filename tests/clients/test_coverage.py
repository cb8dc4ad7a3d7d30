"""Every operation of the service has a method of the Python client, which asks for just that operation."""

import re
from typing import Any

import pytest

from barker_client import BarkerError, Client, NotFound
from barker_client.calls import Calls
from tests.barker_process import Service
from tests.clients.conftest import SignUp
from tests.clients.coverage import AHEAD, AHEAD_METHODS, CASES, EVERY, METHODS, WITHOUT, World

ABOUT_THE_CLIENT = {name for name in vars(Calls) if not name.startswith("_")}  # call, send, close


@pytest.fixture(scope="module")
def operations(service: Service) -> set[str]:
    """Return what the service offers."""
    paths: dict[str, Any] = service.call("GET", "/openapi.json").json()["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def test_every_operation_has_a_method(operations: set[str]) -> None:
    missing = operations - set(METHODS) - set(WITHOUT)
    assert not missing, "add a method to clients/python, and its line to tests/clients/coverage.py"
    assert set(WITHOUT) <= operations


def test_every_method_has_an_operation(operations: set[str]) -> None:
    assert set(METHODS) - operations <= AHEAD
    public = {name for name in dir(Client) if not name.startswith("_")} - ABOUT_THE_CLIENT
    assert public == set(EVERY)


@pytest.fixture(scope="module")
def me(service: Service) -> Client:
    """Return who asks."""
    return Client(service.url, service.sign_up("ada").token)


@pytest.fixture(scope="module")
def handle(service: Service) -> str:
    """Return whom she asks about."""
    return service.sign_up("bob").handle


@pytest.mark.parametrize(("operation", "name"), CASES)
def test_a_method_asks_for_its_operation(
    me: Client, handle: str, sign_up: SignUp, operations: set[str], operation: str, name: str
) -> None:
    if "session" in operation or name == "sign_up":
        me = sign_up("ada")  # she is somebody else afterwards, or nobody
    world = World(handle, me.bark("Hello").id, next(iter(me.sessions())).id)
    asked: list[str] = []
    me._session.hooks["response"].append(
        lambda answer, **_: asked.append(f"{answer.request.method} {answer.request.path_url.partition('?')[0]}")
    )
    refused: BarkerError | None = None
    try:
        EVERY[name](me, world)
    except BarkerError as error:
        refused = error
    method, _, path = operation.partition(" ")
    pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))
    assert re.fullmatch(f"{method} {pattern}", asked[-1]), asked
    is_ahead = operation not in operations or name in AHEAD_METHODS
    is_off = refused is not None and refused.code == "push_off"
    assert refused is None or is_ahead or (is_off and isinstance(refused, NotFound)), refused
