"""The processes beside the stores: what prepares them, the API, a worker, and Neo4j's practice run."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from barker.local.child import Child, Command

PYTHON = (sys.executable, "-P", "-m")  # -P: a file in the folder it was started in is no module of ours
PREPARE = (*PYTHON, "barker.cli", "prepare")
API = (*PYTHON, "gunicorn", "-c", "python:barker.server", "barker.wsgi:app")
WORKER = (*PYTHON, "barker.worker")
PRACTICE = (*PYTHON, "barker.local.practice")


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
