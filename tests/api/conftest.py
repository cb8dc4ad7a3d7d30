"""People whom many tests of the API share."""

import pytest

from tests.barker_process import Person, Service


@pytest.fixture(scope="module")
def ada(service: Service) -> Person:
    """Somebody."""
    return service.sign_up("ada", name="Ada", interests=["chess", "tea"])


@pytest.fixture(scope="module")
def bob(service: Service) -> Person:
    """Somebody else."""
    return service.sign_up("bob")
