"""The four kinds of local server, in one table."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from barker.local import documents, graph, redis


@dataclass(frozen=True)
class Kind:
    """One kind of server: its names, its usual port, how to run it and how to ask whether it is ready."""

    name: str
    title: str
    setting: str
    url: str
    usual_port: int
    command: Callable[[Path, int], list[str]]
    is_ready: Callable[[int], bool]
    readable: Callable[[str], str] = str
    own_log: str = ""  # a log it keeps in its folder, where that says more than its output


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            name="documents",
            title="MongoDB (documents)",
            setting="BARKER_DOCUMENTS_URL",
            url="mongodb://127.0.0.1:{port}/barker?directConnection=true",
            usual_port=27017,
            command=documents.command,
            is_ready=documents.is_ready,
            readable=documents.readable,
        ),
        Kind(
            name="graph",
            title="Neo4j (graph)",
            setting="BARKER_GRAPH_URL",
            url="bolt://127.0.0.1:{port}",
            usual_port=7687,
            command=graph.command,
            is_ready=graph.is_ready,
            readable=graph.readable,
            own_log=graph.OWN_LOG,
        ),
        Kind(
            name="places",
            title="Redis (places)",
            setting="BARKER_PLACES_URL",
            url="redis://127.0.0.1:{port}/0",
            usual_port=6379,
            command=redis.places_command,
            is_ready=redis.is_ready,
        ),
        Kind(
            name="queues",
            title="Redis (queues)",
            setting="BARKER_QUEUES_URL",
            url="redis://127.0.0.1:{port}/0",
            usual_port=6380,
            command=redis.queues_command,
            is_ready=redis.is_ready,
        ),
    )
}
