"""Which action runs which job."""

from collections.abc import Callable, Mapping

from barker.actions import fanning, following, liking, mentioning, notifying, operating, pushing

HANDLERS: Mapping[str, Callable[..., None]] = {
    "fan_out": fanning.fan_out,
    "cut": fanning.cut,
    "share": fanning.share,
    "settle": following.settle,
    "prune": following.prune,
    "settle_like": liking.settle_like,
    "mention": mentioning.mention,
    "notify": notifying.notify,
    "push": pushing.push,
    "push_one": pushing.push_one,
}

BATCHED = frozenset({"fan_out"})  # these take the arguments of many jobs at once, each as a list

SWEEPS = (
    fanning.recover,
    fanning.sweep,
    following.sweep,
    liking.sweep,
    liking.count,
    notifying.sweep,
    operating.look_at_clocks,
)
