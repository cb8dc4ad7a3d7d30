"""The command `bark`, as a process and within the test's own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from barker_terminal.main import bark

ROOT = Path(__file__).parent.parent.parent
PATHS = os.pathsep.join(str(ROOT / folder) for folder in ("clients/python", "clients/terminal"))


@dataclass
class Terminal:
    """Somebody's terminal: a home of her own, and a service."""

    home: Path
    url: str
    token: str | None = None
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        """The environment of the command, without anything of who runs the test."""
        told = {name: value for name, value in os.environ.items() if not name.startswith(("BARK", "XDG_"))}
        own = {"HOME": str(self.home), "BARK_URL": self.url, "PYTHONPATH": PATHS, **self.more}
        return {**told, **own, **({"BARK_TOKEN": self.token} if self.token else {})}

    @property
    def keys(self) -> Path:
        """The file that holds the token."""
        return self.home / ".config/bark/credentials.json"

    def run(self, *words: str, stdin: str = "") -> Result:
        """Run it within this process."""
        own = {**dict.fromkeys(("BARK_TOKEN", "XDG_CONFIG_HOME")), "HOME": str(self.home), "BARK_URL": self.url}
        own |= self.more | ({"BARK_TOKEN": self.token} if self.token else {})
        return CliRunner().invoke(bark, words, input=stdin, env=own, prog_name="bark")

    def ok(self, *words: str, stdin: str = "") -> str:
        """Run it, and return what it printed; it has to succeed."""
        result = self.run(*words, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *words: str, stdin: str = "") -> Any:
        """Run it with --json, and return the document."""
        return json.loads(self.ok(*words, "--json", stdin=stdin))

    def process(self, *words: str) -> "subprocess.Popen[str]":
        """Start it as a process of its own."""
        command = [sys.executable, "-m", "barker_terminal", *words]
        return subprocess.Popen(
            command,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
        )
