"""All of `deploy/compose.yaml`, up for the tests of this folder."""

import os
from collections.abc import Iterator

import pytest

from tests.compose.project import Project

# It takes a minute and Docker: these run by `make smoke`, which names the command of compose.
COMPOSE = os.environ.get("COMPOSE", "")
collect_ignore_glob = [] if COMPOSE else ["test_*.py"]


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Return the project, up; afterwards nothing of it is left but the image."""
    with Project(COMPOSE.split(), tmp_path_factory.mktemp("compose")) as project:
        yield project
