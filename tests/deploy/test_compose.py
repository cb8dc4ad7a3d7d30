"""`compose.yaml`: it names settings that there are and pinned images, keeps no secret, opens no port but nginx's."""

import os
import re
from pathlib import Path

import pytest

from barker.local.redis import places_command, queues_command
from barker.settings import PREFIX, Settings
from tests.containers import COMPOSE, VARIABLE, Services, services

BARKERS = ("prepare", "api-1", "api-2", "stream", "worker")
STORES = ("mongo", "neo4j", "queues", "places")
PASSWORDS = {"MONGO_PASSWORD": "Mongo1", "NEO4J_PASSWORD": "Neo4j1", "REDIS_PASSWORD": "Redis1"}


@pytest.fixture
def found() -> Services:
    return services(PASSWORDS)


@pytest.mark.parametrize("name", BARKERS)
def test_the_service_takes_the_settings(found: Services, name: str) -> None:
    environ = found[name]["environment"]
    Settings.read(environ)
    others = [setting for setting in environ if not setting.startswith(PREFIX)]
    assert others == (["MONGO_ROOT_URL"] if name == "prepare" else [])
    assert found[name]["env_file"] == "./barker.env"


def test_settings_are_named_as_in_the_example(found: Services, root: Path) -> None:
    """Also in the papers and scripts around it: what begins like a setting is one."""
    folder = root / "deploy"
    files = (
        folder / "compose.yaml",
        folder / "Dockerfile",
        *(folder / "compose").rglob("*.*"),
        *(folder / "offline").rglob("*"),
    )
    texts = [file.read_text() for file in files if file.is_file()]
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+", " ".join(texts)))
    assert named - set(re.findall(rf"^#({PREFIX}\w+)=", (folder / "env.example").read_text(), re.MULTILINE)) == set()


def test_images_are_pinned(found: Services) -> None:
    images = {one["image"] for name, one in found.items() if name not in BARKERS}
    args = {name: value for name, value in found["prepare"]["build"]["args"].items() if name != "EXTRAS"}
    for image in images | set(args.values()):
        assert re.fullmatch(r"\w+:\d+(\.\d+)*(-slim)?", image), image
    dockerfile = (COMPOSE.parent / "Dockerfile").read_text()
    assert dict(re.findall(r"^ARG (\w+)=(\S+)$", dockerfile, re.MULTILINE)) == args


@pytest.mark.parametrize("name", ["MONGO_IMAGE", "NEO4J_IMAGE", "REDIS_IMAGE", "NGINX_IMAGE", "APP_IMAGE"])
def test_images_can_be_named_by_the_environment(name: str) -> None:
    assert "mine:1" in [one["image"] for one in services({**PASSWORDS, name: "mine:1"}).values()]


def test_only_nginx_is_reached_and_only_on_loopback(found: Services) -> None:
    published = {name: one["ports"] for name, one in found.items() if "ports" in one}
    assert published == {"nginx": ["127.0.0.1:8000:8080"]}
    assert all(one.get("network_mode") is None and not one.get("privileged") for one in found.values())
    assert all(found[name]["networks"] == ["stores"] for name in STORES)
    assert found["nginx"]["networks"] == ["inside"]  # it has no business with a store


def test_no_secret_stands_in_it() -> None:
    text = COMPOSE.read_text()
    defaults = {name: default for name, default in VARIABLE.findall(text) if name.endswith("_PASSWORD")}
    assert set(defaults) == set(PASSWORDS)
    for line in text.splitlines():
        if re.search("PASSWORD|requirepass|_AUTH", line.partition(" #")[0]):
            assert re.search(r"\$\{?\$?\w+", line), line
    assert not [name for name in PASSWORDS if re.search(rf"\$\{{{name}:-", text)]  # a default would be one


def test_every_store_has_a_password(found: Services) -> None:
    assert found["mongo"]["environment"]["MONGO_INITDB_ROOT_PASSWORD"] == "Mongo1"
    assert "--keyFile" in found["mongo"]["command"][-1]
    assert found["neo4j"]["environment"]["NEO4J_AUTH"] == "neo4j/Neo4j1"
    for name in ("queues", "places"):
        assert found[name]["environment"]["REDISCLI_AUTH"] == "Redis1"
        assert "requirepass $REDISCLI_AUTH" in found[name]["command"][-1]


@pytest.mark.parametrize("name", [*BARKERS, *STORES, "nginx"])
def test_each_has_limits_and_comes_back(found: Services, name: str) -> None:
    one = found[name]
    assert re.fullmatch(r"\d+[mg]", str(one["mem_limit"]))
    assert one["restart"] == ("no" if name == "prepare" else "unless-stopped")
    assert one["logging"]["options"]["max-size"]
    assert name == "prepare" or "healthcheck" in one
    if name not in STORES:
        assert (one["read_only"], one["cap_drop"]) == (True, ["ALL"])
    if name in BARKERS and name != "prepare":
        assert one["depends_on"] == {"prepare": {"condition": "service_completed_successfully"}}


def test_both_redis_are_set_as_they_are_tested(found: Services, tmp_path: Path, servers_can_be_had: None) -> None:
    for name, command in (("queues", queues_command), ("places", places_command)):
        tested = _options(" ".join(command(tmp_path, 6379)))
        given = _options(found[name]["environment"]["OPTIONS"])
        same = set(tested) - {"bind", "port", "dir", "save", "maxmemory"}
        assert {option: given.get(option) for option in same} == {option: tested[option] for option in same}
    assert "maxmemory" in _options(
        found["queues"]["environment"]["OPTIONS"]
    )  # else the kernel ends it, and it may lose


def _options(command: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+) (\S+)", command))


def test_extras_can_be_built_in_and_are_constrained() -> None:
    """Traces need one: without it an image says that it cannot trace, and takes no more by then."""
    assert services({**PASSWORDS, "EXTRAS": "[otel]"})["prepare"]["build"]["args"]["EXTRAS"] == "[otel]"
    dockerfile = (COMPOSE.parent / "Dockerfile").read_text()
    assert re.search(r"\nARG EXTRAS\n", dockerfile.partition("AS build")[2])
    assert 'pip install --constraint constraints.txt ".${EXTRAS}"' in dockerfile


def test_data_that_must_stay_is_in_volumes(found: Services) -> None:
    kept = {name: one["volumes"] for name, one in found.items() if name in STORES and "volumes" in one}
    assert kept == {"mongo": ["mongo:/data/db"], "neo4j": ["neo4j:/data"], "queues": ["queues:/data"]}


def test_nothing_secret_is_packed_into_the_image(root: Path) -> None:
    ignored = (root / ".dockerignore").read_text().splitlines()
    assert "*" in ignored
    assert {line[1:] for line in ignored if line.startswith("!")} <= set(os.listdir(root)) | {"clients/web"}
    assert not [line for line in ignored if line.startswith("!") and re.search(r"deploy|var|\.env", line)]
