"""What stores say of themselves, for `barker doctor`."""

import re
from dataclasses import dataclass, field
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

ASKED = ("maxmemory-policy", "appendonly", "stream-node-max-bytes")


@dataclass(frozen=True)
class Facts:
    """Version and time (Unix milliseconds) of a store, what of ours it lacks, what else it tells by its own names."""

    version: tuple[int, ...]
    clock_ms: int
    missing: tuple[str, ...] = ()
    told: dict[str, Any] = field(default_factory=dict)


def version(text: str) -> tuple[int, ...]:
    """Return the numbers of a version."""
    return tuple(int(number) for number in re.findall(r"\d+", text)[:3])


def of_redis(server: Redis, library: str, *, forgets: bool = False) -> Facts:
    """Ask one Redis, or Valkey, also whether it has the code of a library; one that forgets may have none yet."""
    info: dict[str, Any] = server.info()
    seconds, micros = server.time()
    found = _library(server, library)
    missing = () if _in(found, library) or (forgets and not found) else ("the functions",)
    told = {**_settings(server), "run": info["run_id"], "used": info["used_memory"], "limit": info["maxmemory"]}
    # Valkey says it is Redis 7.2.4, and its own version beside.
    return Facts(version(info["redis_version"]), int(seconds) * 1000 + int(micros) // 1000, missing, told)


def _library(server: Redis, library: str) -> Any:
    name = library.splitlines()[0].rpartition("name=")[2]
    return server.function_list(library=name, withcode=True)


def _in(found: Any, library: str) -> bool:
    """Look through an answer whose shape differs by protocol."""
    if isinstance(found, str):
        return found.strip() == library.strip()
    parts = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    return any(_in(part, library) for part in parts)


def _settings(server: Redis) -> dict[str, Any]:
    try:
        found: list[dict[str, Any]] = [server.config_get(asked) for asked in ASKED]  # type: ignore[misc]
        return {name: value for one in found for name, value in one.items()}
    except RedisError:  # a user of little right, or a service that hides its settings
        return {}
