"""The lock file names one version of everything, and each is one that setup.cfg and the clients allow."""

import configparser
import re
import tomllib
from collections import deque
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

OWN = {"barker", "barker-client", "barker-terminal"}
CLIENTS = ("clients/python/pyproject.toml", "clients/terminal/pyproject.toml")


def locked(root: Path) -> dict[str, str]:
    lines = [line for line in (root / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    loose = [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.+!]*", line)]
    assert not loose, "no exact version"
    found = {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines)}
    assert len(found) == len(lines), "something is named twice"
    return {str(name): version for name, version in found.items()}


def asked(root: Path) -> list[Requirement]:
    setup = configparser.ConfigParser()
    setup.read(root / "setup.cfg")
    lists = [setup["options"]["install_requires"], *setup["options.extras_require"].values()]
    found = [line for text in lists for line in text.split("\n") if line and not line.startswith("#")]
    for client in CLIENTS:
        found += tomllib.loads((root / client).read_text())["project"]["dependencies"]
    return [one for one in map(Requirement, found) if canonicalize_name(one.name) not in OWN]


def test_every_range_is_met_by_the_lock(root: Path) -> None:
    lock = locked(root)
    unmet = [str(one) for one in asked(root) if not one.specifier.contains(lock.get(canonicalize_name(one.name), "0"))]
    assert len(asked(root)) > 30
    assert not unmet, "run make lock"


def test_what_they_need_in_turn_is_locked_too(root: Path) -> None:
    """As far as it is installed here: of an extra that is not, nothing is known."""
    lock, seen = locked(root), set[tuple[str, frozenset[str]]]()
    missing: set[str] = set()
    open_ = deque(asked(root))
    while open_:
        one = open_.popleft()
        name = canonicalize_name(one.name)
        extras = frozenset(one.extras) | {""}
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        if not one.specifier.contains(lock.get(name, "0"), prereleases=True):
            missing.add(str(one))
        try:
            needed = map(Requirement, requires(one.name) or ())
        except PackageNotFoundError:
            continue
        open_ += [need for need in needed if not need.marker or any(need.marker.evaluate({"extra": e}) for e in extras)]
    assert len(seen) > 60
    assert not missing, "run make lock"


@pytest.mark.parametrize("line", ["flask", "flask>=3", "flask==3.*", "flask==3.1 ; python_version>'3'"])
def test_what_is_not_exact_is_found(tmp_path: Path, line: str) -> None:
    (tmp_path / "constraints.txt").write_text(f"# made\na==1.0\n{line}\n")
    with pytest.raises(AssertionError, match="no exact version"):
        locked(tmp_path)
