"""A run of measurements that has only begun, on the stores of the tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from rich.console import Console

from barker.stores import Stores
from tests.load.bench import Bench, Options
from tests.load.report import Report


@pytest.fixture
def bench(stores: Stores, stores_urls: dict[str, str], tmp_path: Path) -> Iterator[Bench]:
    console = Console()
    options = Options(quick=True, repeat=1, workers=1, minutes=1)
    with Redis.from_url(stores_urls["BARKER_QUEUES_URL"], decode_responses=True) as redis:
        yield Bench(options, stores, stores_urls, [], redis, tmp_path, Report(console), console)
