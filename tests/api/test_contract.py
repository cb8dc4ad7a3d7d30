"""The API against its own OpenAPI: no 5xx, no answer that is not described."""

import json
import os
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, assume, settings
from schemathesis.checks import negative_data_rejection, positive_data_acceptance

from barker.api.description import described
from barker.app import create_app
from barker.settings import Settings
from tests.barker_process import PASSWORD, Person, Service

LINE_MAX = 4_000  # characters: longer ones never reach the app
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "6"))  # a route; `make fuzz` tries many more

_app = create_app(Settings.read({}))
_app.extensions["barker"].stores.close()  # it was only asked what it offers
api_doc = described(_app)
# The stream has no end; it has tests of its own.
schema = schemathesis.openapi.from_dict(json.loads(json.dumps(api_doc))).exclude(path="/v1/stream")


@pytest.fixture
def somebody(service: Service) -> Person:
    """Return somebody new for each route: one of them ends all her sessions."""
    return service.sign_up("fuzz")


drawn = settings(
    max_examples=EXAMPLES,
    derandomize="FUZZ_EXAMPLES" not in os.environ,  # the usual run tries the same each time, `make fuzz` something new
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@schema.parametrize()
@drawn
def test_every_answer_is_described(case: schemathesis.Case[Any], somebody: Person) -> None:
    check(case, somebody)


@schema.include(path_regex=r"\{").parametrize()
@drawn
def test_every_answer_about_what_is_there_is_described(case: schemathesis.Case[Any], somebody: Person) -> None:
    """A drawn handle or id nearly always names nothing."""
    if "handle" in case.path_parameters:
        case.path_parameters["handle"] = somebody.handle
    elif "sessions" in case.path:
        known = {"handle": somebody.handle, "password": PASSWORD}
        another = somebody.service.call("POST", "/v1/sessions", json=known)
        case.path_parameters["id"] = another.json()["session"]["id"]
    else:
        case.path_parameters["id"] = somebody.bark("I am there.")["id"]
    check(case, somebody)


def check(case: schemathesis.Case[Any], somebody: Person) -> None:
    """Send a request that was drawn, and hold the answer against its description."""
    url = requests.Request(**case.as_transport_kwargs(base_url=somebody.service.url) | {"headers": {}}).prepare().url
    assume(len(str(url)) < LINE_MAX)
    case.call_and_validate(
        base_url=somebody.service.url,
        headers=somebody.headers,
        timeout=30,
        # A bark in answer to one that is not there has a valid form and is refused all the same. What is drawn as
        # invalid may be the token, which we send, or an empty value that no URL can carry: see test_bad_input.
        excluded_checks=[positive_data_acceptance, negative_data_rejection],
    )
