"""What a campaign found, for people to read."""

from collections.abc import Iterator, Mapping

from tests.chaos.campaign import Result

SHOWN = 20  # of each list


def lines(result: Result) -> Iterator[str]:
    """Yield the lines of the report."""
    verdict = result.verdict
    yield f"kills        {sum(result.kills.values())}: {_counts(result.kills)} (seed {result.plan.seed})"
    yield f"seconds      {_counts(result.seconds)}"
    yield f"barks        {_counts(result.barks)}"
    yield f"follows      {_counts(result.changes)}"
    yield f"answers      {_counts(result.answers)}"
    yield f"screens      {_counts(result.screens)}; pages of feeds read meanwhile {result.pages}"
    yield f"deliveries   {verdict.deliveries} checked, {verdict.excused} excused (the queue was lost just then)"
    yield f"missing      {verdict.missing}"
    yield f"doubled      {verdict.doubled}"
    yield f"wrong        {verdict.wrong}"
    yield f"out of order {verdict.disordered}"
    for what, found in (
        ("not settled", [_counts(result.left)] if result.left else []),
        ("fault", result.faults),
        ("died by itself", result.deaths),
        ("parked", result.parked),
        ("seen", verdict.told),
    ):
        yield from (f"{what}: {one}" for one in found[:SHOWN])
        if len(found) > SHOWN:
            yield f"{what}: and {len(found) - SHOWN} more"
    yield "Nothing was lost and nothing doubled." if result.is_good else "It FAILED."


def _counts(found: Mapping[str, float]) -> str:
    return ", ".join(
        f"{name} {number:g}" if isinstance(number, float) else f"{name} {number}" for name, number in found.items()
    )
