"""A worker as it is, but that it cuts a fan-out into shares from some hundred followers on: a crowd is small here.

And its queues keep more: where they are killed all the time, nobody can look into them before they are trimmed.
"""

import sys

from barker.actions import fanning
from barker.stores import delivery, queues
from barker.worker.__main__ import main

INSTEAD = {fanning: {"SHARE_FOLLOWERS": 400}, delivery: {"QUEUE_KEEP": 50_000}, queues: {"QUEUE_KEEP": 50_000}}

if __name__ == "__main__":
    for module, constants in INSTEAD.items():
        assert constants.keys() <= vars(module).keys()
        vars(module).update(constants)
    sys.exit(main())
