"""How a run of the usual tests gets other stores than the usual ones: a plugin sets up the fixture `stores_urls`."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest

Urls = dict[str, str]
Fixture = Any  # pytest names no public type


def swap(
    fixture: Fixture, request: pytest.FixtureRequest, run: Callable[[Path], AbstractContextManager[Urls]]
) -> Urls | None:
    """Set up `stores_urls` from what `run` starts, until the run's end; None for any other fixture."""
    if fixture.argname != "stores_urls":
        return None
    factory: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
    request.getfixturevalue("servers_can_be_had")
    stack = ExitStack()
    fixture.addfinalizer(stack.close)
    key = fixture.cache_key(request)
    try:
        urls = stack.enter_context(run(factory.mktemp("stores")))
    except BaseException as error:  # kept as pytest keeps it, or every test would try again
        fixture.cached_result = (None, key, (error, error.__traceback__))
        raise
    fixture.cached_result = (urls, key, None)
    return urls
