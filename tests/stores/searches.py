"""What searches ask MongoDB, explained by MongoDB itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from pymongo.collection import Collection

from barker.stores.documents import DocumentStore


@dataclass
class Work:
    """What MongoDB looked at."""

    keys: int = 0
    docs: int = 0


@contextmanager
def profiled(documents: DocumentStore, collection: str) -> Iterator[Work]:
    """Count what MongoDB really looks at meanwhile: an explanation runs each part to its end."""
    work, database = Work(), documents.collection(collection).database
    database.drop_collection("system.profile")
    database.command("profile", 2)
    try:
        yield work
    finally:
        database.command("profile", 0)
        for done in database["system.profile"].find({"ns": f"{database.name}.{collection}"}):
            work.keys += done.get("keysExamined", 0)
            work.docs += done.get("docsExamined", 0)


def noted(monkeypatch: pytest.MonkeyPatch) -> list[list[dict[str, Any]]]:
    """Return a list into which every pipeline goes that is run from now on."""
    pipelines: list[list[dict[str, Any]]] = []
    run = Collection.aggregate

    def aggregate(self: Collection[Any], pipeline: Any, *arguments: Any, **more: Any) -> Any:
        pipelines.append(pipeline)
        return run(self, pipeline, *arguments, **more)

    monkeypatch.setattr(Collection, "aggregate", aggregate)
    return pipelines


def explained(documents: DocumentStore, collection: str, pipeline: list[dict[str, Any]]) -> tuple[set[str], int, int]:
    """Return the stages that reading takes, and how many keys and documents it looks at."""
    asked = {"aggregate": collection, "pipeline": pipeline, "cursor": {}}
    database = documents.collection(collection).database
    found = list(_plans(database.command({"explain": asked, "verbosity": "executionStats"})))
    stages = {stage for plan in found for stage in _stages(plan["winningPlan"])}
    keys, docs = (sum(plan[name] for plan in found) for name in ("totalKeysExamined", "totalDocsExamined"))
    return stages, keys, docs


def _plans(found: Any) -> Iterator[dict[str, Any]]:
    if isinstance(found, list):
        for one in found:
            yield from _plans(one)
    elif isinstance(found, dict):
        if "queryPlanner" in found:
            yield {**found["queryPlanner"], **found["executionStats"]}
        else:
            for one in found.values():
                yield from _plans(one)


def _stages(plan: Any) -> Iterator[str]:
    if isinstance(plan, list):
        for one in plan:
            yield from _stages(one)
    elif isinstance(plan, dict):
        if isinstance(plan.get("stage"), str):
            yield plan["stage"]
        for one in plan.values():
            yield from _stages(one)
