"""A worker as it is, but that it cuts a fan-out into shares from some hundred followers on: a crowd is small here.

And its queues keep more.
"""

import sys

from barker.actions import fanning
from barker.worker.__main__ import main
from tests.chaos.keeping_more import keep_more

SHARE_FOLLOWERS = 400

if __name__ == "__main__":
    assert "SHARE_FOLLOWERS" in vars(fanning)
    vars(fanning)["SHARE_FOLLOWERS"] = SHARE_FOLLOWERS
    keep_more()
    sys.exit(main())
