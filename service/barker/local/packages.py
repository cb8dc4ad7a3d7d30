"""Where pip has put the servers: the packages of the extra `barker[local]`."""

import os
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from barker.local.errors import StartFailed


def executable(package: str, *path: str) -> Path:
    """A program inside an installed package, without importing the package."""
    program = _folder(package).joinpath(*path)
    if not os.access(program, os.X_OK):
        _allow_to_run(program)
    return program


def module(name: str) -> Any:
    """A module of an installed package, imported only now that it is needed."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise _missing(name) from error


def _folder(package: str) -> Path:
    try:
        spec = find_spec(package)
    except ModuleNotFoundError:
        spec = None
    if spec is None or not spec.submodule_search_locations:
        raise _missing(package)
    return Path(spec.submodule_search_locations[0])


def _missing(package: str) -> StartFailed:
    return StartFailed(f"The package {package} is missing: the local servers come with  pip install 'barker[local]'")


def _allow_to_run(program: Path) -> None:
    try:
        program.chmod(0o755)  # NOTE not every installer keeps the bit of the wheel
    except OSError as error:
        raise StartFailed(f"{program} cannot be run: {error.strerror}. Is barker[local] installed whole?") from error
