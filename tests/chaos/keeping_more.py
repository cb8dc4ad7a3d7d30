"""Queues that keep more: where all is killed all the time, nobody could look into them before they are trimmed."""

from barker.stores import delivery, queues

KEEP = 10_000


def keep_more() -> None:
    """Let this process keep more, whoever of its modules puts something into a queue."""
    for module in (delivery, queues):
        assert "QUEUE_KEEP" in vars(module)
        vars(module)["QUEUE_KEEP"] = KEEP
