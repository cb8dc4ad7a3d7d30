"""The shape of the code: sizes, names, import contracts, jobs and the map."""

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from barker.worker.handlers import HANDLERS

FILE_MAX, FUNCTION_MAX, FUNCTION_MEDIAN, PARAMETERS_MAX = 300, 40, 8, 6
VAGUE = {"utils.py", "helpers.py", "common.py", "base.py", "manager.py", "misc.py"}
CLIENTS = ("clients/python", "clients/terminal")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources(root: Path, *folders: str) -> Iterator[tuple[str, ast.Module, int]]:
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            text = path.read_text()
            yield str(path.relative_to(root)), ast.parse(text), text.count("\n")


def functions(root: Path) -> Iterator[tuple[str, Function]]:
    for name, tree, _ in sources(root, "service", *CLIENTS):
        for node in ast.walk(tree):
            if isinstance(node, Function):
                yield f"{name}:{node.lineno} {node.name}", node


def length(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_files_are_small_and_have_a_name(root: Path) -> None:
    for name, _, lines in sources(root, "service", *CLIENTS, "tests"):
        assert lines <= FILE_MAX, f"{name} has {lines} lines"
        assert Path(name).name not in VAGUE, name


def test_functions_are_small(root: Path) -> None:
    found = list(functions(root))
    for name, node in found:
        assert length(node) <= FUNCTION_MAX, f"{name} has {length(node)} lines"
        arguments = [one for one in (*node.args.args, *node.args.kwonlyargs) if one.arg not in ("self", "cls")]
        assert len(arguments) <= PARAMETERS_MAX, f"{name} has {len(arguments)} parameters"
    assert statistics.median(length(node) for _, node in found) <= FUNCTION_MEDIAN


def test_no_class_has_one_method_only(root: Path) -> None:
    for name, tree, _ in sources(root, "service", *CLIENTS):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and not node.decorator_list and not node.bases:
                methods = [one.name for one in node.body if isinstance(one, Function) and one.name != "__init__"]
                assert len(methods) != 1, f"{name}: class {node.name} has one method, {methods}"


def test_rooms_import_downwards_only(root: Path) -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--config", "setup.cfg", "--no-cache"]
    found = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


def test_clients_know_the_service_by_its_addresses_alone(root: Path) -> None:
    for name, tree, _ in sources(root, *CLIENTS):
        for node in ast.walk(tree):
            imported = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            imported += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            assert not {one.partition(".")[0] for one in imported} & {"barker", "tests"}, name


def test_every_job_has_a_handler_that_takes_its_arguments(root: Path) -> None:
    asked: dict[str, set[str]] = {}
    for name, tree, _ in sources(root, "service"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Job" and len(node.args) == 2:
                named, arguments = node.args
                assert isinstance(named, ast.Constant), name
                assert isinstance(arguments, ast.Dict), name
                asked[str(named.value)] = {str(key.value) for key in arguments.keys if isinstance(key, ast.Constant)}
    assert set(asked) == set(HANDLERS)
    for job, keys in asked.items():
        code = HANDLERS[job].__code__
        assert {"stores", *keys} == set(code.co_varnames[: code.co_argcount]), job


@pytest.mark.parametrize("paper", ["service/README.md", "README.md", "CONTRIBUTING.md"])
def test_papers_name_real_paths(root: Path, paper: str) -> None:
    text = (root / paper).read_text()
    named = set(re.findall(r"`((?:service|tests|clients|deploy|\.ci)/[\w./-]*)`", text))
    named |= {f"service/{path}" for path in re.findall(r"`(barker/[\w./-]+)`", text)}
    rooms = "|".join(path.name for path in (root / "service/barker").iterdir() if path.is_dir())
    named |= {f"service/barker/{path}" for path in re.findall(rf"`((?:{rooms})/[\w./-]*)`", text)}
    assert named
    for path in named:
        assert (root / path).exists(), f"{paper} names {path}, which is not there"


def test_the_map_names_every_room(root: Path) -> None:
    text = (root / "service/README.md").read_text()
    for room in (root / "service/barker").iterdir():
        if room.suffix == ".py" and room.name != "__init__.py":
            assert f"`barker/{room.name}`" in text, room.name
        if room.is_dir() and room.name != "__pycache__":
            assert f"`barker/{room.name}/`" in text, room.name


def test_importing_starts_no_thread(root: Path) -> None:
    code = "import barker.app, barker.cli, barker.worker.loop, threading; assert threading.active_count() == 1"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root)
