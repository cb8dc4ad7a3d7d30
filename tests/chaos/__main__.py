"""`python -m tests.chaos`: kill processes at random, and see whether a bark is lost or doubled."""

import json
import random
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from barker import logs
from barker.local.display import print_line
from tests.chaos.campaign import Campaign, Plan, Result
from tests.chaos.crew import Crew
from tests.chaos.killing import WEIGHTS
from tests.chaos.progress import progress
from tests.chaos.report import lines


@click.command()
@click.option("--kills", default=1000, type=click.IntRange(1), show_default=True, help="Stop after so many kills.")
@click.option(
    "--seconds",
    default=900.0,
    type=click.FloatRange(1),
    show_default=True,
    help="Or after so long; kills are spread over it.",
)
@click.option("--settle", default=900.0, type=click.FloatRange(30), show_default=True, help="Seconds to come to rest.")
@click.option("--seed", default=None, type=int, help="Choose the same again, as far as times allow.")
@click.option("--workers", default=2, type=click.IntRange(1, 8), show_default=True)
@click.option("--apis", default=2, type=click.IntRange(1, 8), show_default=True)
@click.option("--only", default=",".join(WEIGHTS), show_default=True, help="What is killed.")
@click.option("--json", "file", default="build/faults.json", show_default=True, type=click.Path(path_type=Path))
def main(file: Path, seed: int | None, only: str, **size: Any) -> None:
    """Kill processes while people bark, follow and unfollow; then look whether anything is missing or doubled."""
    kinds = [kind.strip() for kind in only.split(",")]
    if unknown := set(kinds) - set(WEIGHTS):
        raise click.BadParameter(f"{', '.join(sorted(unknown))}: there are {', '.join(WEIGHTS)}", param_hint="--only")
    logs.configure("error")  # that stores are down is no news here
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    data = Path(tempfile.mkdtemp(prefix="barker-faults-"))
    try:
        result = _run(Plan(**size, seed=random.randrange(10**6) if seed is None else seed, only=kinds), data)
    except KeyboardInterrupt:
        shutil.rmtree(data)
        raise
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(result.as_json(), indent=2) + "\n")
    for line in lines(result):
        print_line(line)
    if not result.is_good:
        print_line(f"Logs and data are kept in {data}.")
        sys.exit(1)
    shutil.rmtree(data)


def _run(plan: Plan, data: Path) -> Result:
    with progress(plan.kills, plan.seconds) as say, Crew(data, plan.apis, plan.workers) as crew:
        return Campaign(crew, data, plan, say).run()


if __name__ == "__main__":
    main()
