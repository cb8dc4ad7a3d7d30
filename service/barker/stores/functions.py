"""The functions that run inside of Redis: loaded when prepared, and where missing.

Four files of Lua are one library; two are another, which runs on another server.
"""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from redis import Redis
from redis.client import Pipeline
from redis.exceptions import ResponseError


def _library(*names: str) -> str:
    return "\n".join(files("barker.stores").joinpath(name).read_text() for name in names)


LIBRARY = _library("queues.lua", "hiding.lua", "jobs.lua", "before.lua")
PLACES = _library("places.lua", "nearest.lua")
Call = tuple[str, list[str], list[Any]]  # function, keys (all of one slot), arguments


def load(redis: Redis, library: str = LIBRARY) -> None:
    """Load a library on every server, or replace it; may be repeated."""
    redis.function_load(library, replace=True)


def call(redis: Redis, calls: Sequence[Call], library: str = LIBRARY) -> list[Any]:
    """Call functions in one round trip (a server). Each must be one that may be repeated.

    What a server without them got it gets again. On a cluster that may be one that was just added.
    """
    results = _pipe(redis, calls)
    missed = [number for number, result in enumerate(results) if _is_missing(result)]
    if missed:
        load(redis, library)
        for number, result in zip(missed, _pipe(redis, [calls[number] for number in missed]), strict=True):
            results[number] = result
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


def _is_missing(result: Any) -> bool:
    return isinstance(result, ResponseError) and "Function not found" in str(result)


def _pipe(redis: Redis, calls: Sequence[Call]) -> list[Any]:
    if len(calls) == 1:  # a pipeline of one costs the process half as much again
        function, keys, arguments = calls[0]
        try:
            return [redis.fcall(function, len(keys), *keys, *arguments)]
        except ResponseError as error:
            return [error]
    pipe: Pipeline
    with redis.pipeline(transaction=False) as pipe:
        for function, keys, arguments in calls:
            pipe.fcall(function, len(keys), *keys, *arguments)
        return pipe.execute(raise_on_error=False)
