"""People who use the Python client."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from barker_client import Client
from tests.barker_process import Service

SignUp = Callable[..., Client]


@pytest.fixture
def sign_up(service: Service) -> Iterator[SignUp]:
    """Sign somebody up, and return her client; `url` is for who does not go straight to the service."""
    with ExitStack() as stack:

        def new(stem: str = "somebody", url: str | None = None) -> Client:
            person = service.sign_up(stem)
            return stack.enter_context(Client(url or service.url, person.token))

        yield new


@pytest.fixture
def ada(sign_up: SignUp) -> Client:
    """Somebody."""
    return sign_up("ada")


@pytest.fixture
def bob(sign_up: SignUp) -> Client:
    """Somebody else."""
    return sign_up("bob")
