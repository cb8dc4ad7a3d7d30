"""Two groups of processes: one that answers streams, and one that answers all the rest."""

import pytest

from barker.app import create_app
from barker.settings import Settings
from barker.stores import Stores


@pytest.mark.parametrize(
    ("group", "here", "elsewhere"),
    [
        ("all", ["/healthz", "/readyz", "/v1/stream", "/v1/feed", "/docs"], []),
        ("api", ["/healthz", "/readyz", "/v1/feed", "/docs"], ["/v1/stream", "/v1/ws"]),
        ("stream", ["/healthz", "/readyz", "/v1/stream"], ["/", "/v1/feed", "/docs", "/v1/users/ada", "/nothing"]),
    ],
)
def test_each_group_answers_its_own_and_says_where_the_rest_is(
    stores: Stores, group: str, here: list[str], elsewhere: list[str]
) -> None:
    client = create_app(Settings.read({"BARKER_GROUP": group, "BARKER_LIMITS": "off"}), stores).test_client()
    for path in here:
        assert client.get(path).status_code in (200, 401), path
    for path in elsewhere:
        for method in ("GET", "POST", "OPTIONS"):
            refused = client.open(path, method=method)
            assert refused.status_code == 421, path
            assert refused.mimetype == "application/problem+json"
            problem = refused.get_json()
            assert problem["code"] == "elsewhere"
            assert {"api": "`stream`", "stream": "`api`"}[group] in problem["detail"]
