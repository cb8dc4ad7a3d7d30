"""`deploy/env.example` names every setting with its default, and nothing else."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from barker.settings import PREFIX, Settings


def plain(value: Any) -> str:
    """Return a default as it is written into an environment."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, frozenset):
        return ",".join(sorted(value))
    return f"{value:g}" if isinstance(value, float) else str(value)


@pytest.fixture
def example(root: Path) -> dict[str, str]:
    text = (root / "deploy/env.example").read_text()
    return dict(re.findall(rf"^#({PREFIX}\w+)=(.*)$", text, re.MULTILINE))


def test_it_names_every_setting_with_its_default(example: dict[str, str]) -> None:
    assert example == {PREFIX + name.upper(): plain(field.default) for name, field in Settings.model_fields.items()}


def test_the_service_takes_it_as_it_is(example: dict[str, str]) -> None:
    assert Settings.read({name: value for name, value in example.items() if value}) == Settings.read({})
