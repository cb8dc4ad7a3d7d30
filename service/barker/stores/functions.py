"""The functions that run inside of Redis, `queues.lua`: loaded when they are prepared and where they are missing."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from redis import Redis
from redis.client import Pipeline
from redis.exceptions import ResponseError

LIBRARY = files("barker.stores").joinpath("queues.lua").read_text()
Call = tuple[str, list[str], list[Any]]  # function, keys (all of one slot), arguments


def load(redis: Redis) -> None:
    """Load the library, or replace it; may be repeated."""
    redis.function_load(LIBRARY, replace=True)


def call(redis: Redis, calls: Sequence[Call]) -> list[Any]:
    """Call functions in one round trip. Each must be one that may be repeated: a server without them gets all again."""
    results = _pipe(redis, calls)
    if any(isinstance(result, ResponseError) and "Function not found" in str(result) for result in results):
        load(redis)
        results = _pipe(redis, calls)
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


def _pipe(redis: Redis, calls: Sequence[Call]) -> list[Any]:
    pipe: Pipeline
    with redis.pipeline(transaction=False) as pipe:
        for function, keys, arguments in calls:
            pipe.fcall(function, len(keys), *keys, *arguments)
        return pipe.execute(raise_on_error=False)
