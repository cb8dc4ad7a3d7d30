"""The processes beside the stores: what prepares them, the API, a worker, and Neo4j's practice run."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from barker.local.child import Child, Command

PREPARE = (sys.executable, "-m", "barker.cli", "prepare")
API = (sys.executable, "-m", "gunicorn", "-c", "python:barker.server", "barker.wsgi:app")
WORKER = (sys.executable, "-m", "barker.worker")
PRACTICE = (sys.executable, "-m", "barker.local.practice")


@dataclass(frozen=True)
class Services:
    """Each as a child that is not started yet."""

    prepare: Child
    api: Child
    worker: Child
    practice: Child


def services_with(env: Mapping[str, str], logs: Path) -> Services:
    """All of them with these settings in their environment, logging into this folder."""

    def child(title: str, argv: tuple[str, ...]) -> Child:
        return Child(Command(title, argv, logs / f"{title.lower()}.log", env))

    return Services(child("Prepare", PREPARE), child("API", API), child("Worker", WORKER), child("Practice", PRACTICE))
