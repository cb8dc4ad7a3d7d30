"""The picture of `growth`: two panels over the number of followers."""

from collections.abc import Sequence
from pathlib import Path
from statistics import median

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

INK, LIMIT, GRID = "#1f5fa8", "#b5541c", "#dddddd"
Rows = Sequence[tuple[int, list[float], list[float]]]  # followers, deliveries a second, milliseconds


def draw(path: Path, rows: Rows, limit: float | None) -> None:
    """Write the plot as PNG: medians as a line, all samples as dots."""
    figure = Figure(figsize=(9.5, 3.8), layout="constrained", facecolor="white")
    left, right = figure.subplots(1, 2)
    _panel(left, rows, 1, "deliveries a second, through the worker")
    left.set_ylim(bottom=0)
    if limit:
        left.axhline(limit, color=LIMIT, linestyle="--", linewidth=1.2)
        left.annotate(f"redis-benchmark: {limit:,.0f}", (rows[0][0], limit), (0, 4), textcoords="offset points")
        left.set_ylim(top=1.15 * max(limit, *(max(rates) for _, rates, _ in rows)))
    left.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    _panel(right, rows, 2, "one bark: post to last queue")
    right.set_yscale("log")
    right.yaxis.set_minor_formatter(NullFormatter())
    right.yaxis.set_major_formatter(FuncFormatter(lambda ms, _: f"{ms / 1000:g} s" if ms >= 1000 else f"{ms:g} ms"))
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)


def _panel(axes: Axes, rows: Rows, column: int, title: str) -> None:
    followers = [row[0] for row in rows]
    axes.set_xscale("log")
    axes.set_title(title, loc="left", fontsize=10.5)
    axes.set_xlabel("followers, all with queues")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.grid(color=GRID, linewidth=0.7)
    axes.spines[["top", "right"]].set_visible(False)
    for number, *series in rows:
        values = series[column - 1]
        axes.plot([number] * len(values), values, "o", color=INK, alpha=0.35, markersize=4)
    medians = [median(row[1] if column == 1 else row[2]) for row in rows]
    axes.plot(followers, medians, color=INK, linewidth=1.8)
