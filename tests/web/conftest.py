"""Where Playwright is missing, what needs it is skipped on a laptop and fails in CI."""

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.web.giving_up import give_up

if find_spec("playwright"):
    from tests.web.browsing import browser, screen_of  # noqa: F401 (fixtures)


class _Undriven(pytest.Module):
    """A module of tests that cannot even be imported."""

    def collect(self) -> Iterable[pytest.Item]:
        """Say why."""
        give_up("playwright is not installed: make test does that")


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Put a stand-in in the place of what would import Playwright."""
    if find_spec("playwright") or "tests.web" not in module_path.read_text():
        return None
    return _Undriven.from_parent(parent, path=module_path)
