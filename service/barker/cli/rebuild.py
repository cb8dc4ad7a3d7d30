"""`barker rebuild`: make again what is derived."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from barker.cli.opening import opened

if TYPE_CHECKING:
    from barker.actions.rebuilding import Progress
    from barker.stores import Stores

    Rebuild = Callable[[Stores], Iterator[Progress]]

PARTS = ("graph", "counts", "queues")


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(PARTS), metavar="[graph] [counts] [queues]")
def rebuild(parts: tuple[str, ...]) -> None:
    """Make again what is derived: nodes of the graph, counts, queues; all of it where nothing is named.

    It runs beside the service, and may be repeated. After a store was restored from a backup, rebuild all.
    """
    from barker.actions import rebuilding  # noqa: PLC0415 (drivers take half a second to import)

    steps: dict[str, list[tuple[str, Rebuild]]] = {
        "graph": [("people without a node", rebuilding.graph)],
        "counts": [("counts of people", rebuilding.counts_of_people), ("counts of barks", rebuilding.counts_of_barks)],
        "queues": [("queues", rebuilding.queues)],
    }
    with opened() as stores:
        for part in PARTS:
            if part in parts or not parts:
                for label, step in steps[part]:
                    _run(stores, label, step)


def _run(stores: "Stores", label: str, step: "Rebuild") -> None:
    mended = 0
    with click.progressbar(length=1, label=f"{label:<22}") as bar:
        for progress in step(stores):
            bar.length = max(progress.done, progress.total)
            bar.update(progress.done - bar.pos)
            mended = progress.mended
        bar.update((bar.length or 0) - bar.pos)
    click.echo(f"{label}: {mended} mended")
