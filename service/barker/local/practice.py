"""Neo4j's practice run: Java keeps what it has loaded, and starts in half the time from then on.

`python -m barker.local.practice` is run by `barker up`, once, in the background, with its stores in the environment.
"""

import os
import signal
import subprocess
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from barker.local import graph, jars
from barker.local.child import Child, Command
from barker.local.display import Lines, print_line
from barker.local.ports import LOOPBACK, free_port
from barker.local.services import PREPARE
from barker.local.starting import Awaited, wait_until_ready

WAIT_SECONDS = 45.0  # before it begins: who has just started everything wants to use it
READY_SECONDS = 120.0
WRITING_SECONDS = 180.0  # Java writes it while it ends


def main() -> None:
    """Wait, then practise, giving way to all others; SIGTERM ends it at once."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.nice(19)
    with suppress(KeyboardInterrupt):
        time.sleep(WAIT_SECONDS)
        with TemporaryDirectory(prefix="practice-", dir=jars.folder().parent) as place:
            practise(Path(place))


def practise(place: Path) -> None:
    """Start an empty Neo4j in a folder, have it prepared as the real one is, and keep what Java learns."""
    port, learnt = free_port(), place / "learnt"
    (place / "graph").mkdir()
    argv = graph.practice_command(place / "graph", port, learnt)
    neo4j = Child(Command("Neo4j (practice)", argv, place / "log"))
    try:
        neo4j.start()
        awaited = Awaited(neo4j, partial(graph.is_ready, port), f"{LOOPBACK}:{port}")
        wait_until_ready([awaited], Lines(print_line), READY_SECONDS)
        subprocess.run(PREPARE, env={**os.environ, "BARKER_GRAPH_URL": f"bolt://{LOOPBACK}:{port}"}, check=True)
        neo4j.ask_to_end()
        if neo4j.wait(WRITING_SECONDS) is not None:
            learnt.replace(graph.head_start())
    finally:
        neo4j.kill()


if __name__ == "__main__":
    main()
