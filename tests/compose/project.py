"""A project of compose with a name, a port, a network and passwords of its own."""

import json
import os
import secrets
import subprocess
from pathlib import Path
from typing import Any

from tests.barker_process import Service

DEPLOY = Path(__file__).parents[2] / "deploy"
UP_SECONDS = 900  # the image is built, too
DOWN_SECONDS = 120


class Project(Service):
    """What people send goes through the published port, to nginx."""

    def __init__(self, compose: list[str], folder: Path) -> None:
        super().__init__({}, folder)
        name = f"barker-{secrets.token_hex(3)}"
        self._compose = [*compose, "-p", name, "--env-file", str(folder / ".env")]
        subnet = f"10.{secrets.choice(range(64, 128))}.{secrets.choice(range(256))}"
        app = {"APP_IMAGE": "barker:smoke", "BARKER_LIMITS": "off"}
        self.environ = {**os.environ, **app, "SECRETS": str(folder), "HTTP_PORT": str(self.port), "SUBNET": subnet}

    def __enter__(self) -> "Project":
        """Bring it up as `make up` does."""
        try:
            self.up()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Take it down, with all that it kept."""
        self.compose("down", "-v", "-t", "10")

    def up(self) -> None:
        """Start what is not there, and wait until it answers."""
        command = [str(DEPLOY / "compose/up.sh"), *self._compose]
        done = subprocess.run(
            command, env=self.environ, capture_output=True, text=True, timeout=UP_SECONDS, check=False
        )
        logs = "" if done.returncode == 0 else self.compose("logs", "--tail", "20")
        assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}\n{logs}"

    def compose(self, *arguments: str) -> str:
        """Give a command of compose, and return what it says."""
        command = [*self._compose, "-f", str(DEPLOY / "compose.yaml"), *arguments]
        done = subprocess.run(
            command, env=self.environ, capture_output=True, text=True, timeout=DOWN_SECONDS, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def containers(self) -> dict[str, dict[str, Any]]:
        """Return what Docker knows of each container, by the name of its service."""
        ids = self.compose("ps", "-q").split()
        done = subprocess.run(["docker", "inspect", *ids], capture_output=True, text=True, timeout=30, check=True)
        return {one["Config"]["Labels"]["com.docker.compose.service"]: one for one in json.loads(done.stdout)}
