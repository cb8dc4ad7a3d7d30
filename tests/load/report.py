"""What was measured: a table for people, JSON for programs."""

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

PLAIN_WIDTH = 150  # columns, where the output is no terminal


@dataclass(frozen=True)
class Figure:
    """One line of the table. `value` is the median of `values` unless given; `of` says what it is compared with."""

    measurement: str
    what: str
    unit: str
    values: Sequence[float]
    value: float = field(default=float("nan"))
    ratio: float | None = None
    of: str = ""
    goal: str = ""
    met: bool | None = None

    @property
    def middle(self) -> float:
        """The given value, else the median."""
        return statistics.median(self.values) if self.value != self.value else self.value


class Report:
    """All figures of a run, and what has to be known to believe them."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._figures: list[Figure] = []
        self._notes: list[str] = []
        self._failures: dict[str, str] = {}

    @property
    def failures(self) -> Mapping[str, str]:
        """The measurements that could not be done, with the reasons."""
        return self._failures

    def add(self, figure: Figure) -> None:
        """Keep a figure."""
        self._figures.append(figure)

    def note(self, text: str) -> None:
        """Keep a remark, once."""
        if text not in self._notes:
            self._notes.append(text)

    def failed(self, measurement: str, reason: str) -> None:
        """Keep why a measurement gave no figure."""
        self._failures[measurement] = reason

    def show(self, about: Mapping[str, str]) -> None:
        """Print the machine, the table, the notes."""
        for title, text in about.items():
            self._console.print(f"[bold]{title}[/]  {text}", highlight=False)
        self._console.print(self._table())
        for note in self._notes:
            self._console.print(f"- {note}", markup=False, highlight=False)
        for measurement, reason in self._failures.items():
            self._console.print(f"{measurement} FAILED: {reason}", markup=False, highlight=False, style="red")

    def write(self, path: Path, about: Mapping[str, str]) -> None:
        """Write all of it as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {
            "about": about,
            "figures": [_plain(figure) for figure in self._figures],
            "notes": self._notes,
            "failures": self._failures,
        }
        path.write_text(json.dumps(content, indent=1) + "\n")

    def _table(self) -> Table:
        table = Table("", "what", pad_edge=False)
        for title in ("median", "min", "max", "n", "ratio"):
            table.add_column(title, justify="right")
        table.add_column("goal")
        table.add_column("")
        before = ""
        for figure in self._figures:
            if before and figure.measurement != before:
                table.add_section()
            table.add_row(figure.measurement if figure.measurement != before else "", *_cells(figure))
            before = figure.measurement
        return table


def _cells(figure: Figure) -> list[str]:
    ratio = f"{figure.ratio:.2f} x {figure.of}" if figure.ratio is not None else ""
    met = {True: "[green]met[/]", False: "[red]NOT met[/]", None: "not judged" if figure.goal else ""}[figure.met]
    numbers = [f"{_short(figure.middle)} {figure.unit}", _short(min(figure.values)), _short(max(figure.values))]
    return [figure.what, *numbers, str(len(figure.values)), ratio, figure.goal, met]


def _short(number: float) -> str:
    if number >= 10_000:
        return f"{number:,.0f}"
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def _plain(figure: Figure) -> dict[str, Any]:
    numbers = {"value": figure.middle, "min": min(figure.values), "max": max(figure.values)}
    values = [round(value, 4) for value in figure.values]
    return asdict(figure) | numbers | {"values": values}
