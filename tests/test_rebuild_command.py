"""`barker rebuild`: what an operator sees."""

import os

import pytest
from click.testing import CliRunner, Result

from barker.cli import main
from barker.stores import Stores


@pytest.fixture
def environ(stores: Stores, stores_urls: dict[str, str]) -> dict[str, str]:
    return {**{name: value for name, value in os.environ.items() if not name.startswith("BARKER_")}, **stores_urls}


def run(environ: dict[str, str], *words: str) -> Result:
    return CliRunner(env=environ).invoke(main, ["rebuild", *words])


def test_it_tells_what_it_mended(environ: dict[str, str]) -> None:
    done = run(environ, "graph", "counts")
    assert done.exit_code == 0, done.output
    assert "people without a node: " in done.output
    assert "counts of barks: " in done.output
    assert "queues" not in done.output


def test_it_knows_its_parts(environ: dict[str, str]) -> None:
    done = run(environ, "everything")
    assert done.exit_code == 2
    assert "'graph', 'counts', 'queues'" in done.output
