"""Which action runs which job."""

from collections.abc import Callable, Mapping

from barker.actions import barking, following

HANDLERS: Mapping[str, Callable[..., None]] = {
    "fan_out": barking.fan_out,
    "settle": following.settle,
    "prune": following.prune,
}

SWEEPS = (barking.recover, barking.sweep, following.sweep)
