"""A worker as it is, but that it cuts a fan-out into shares from some hundred followers on: a crowd is small here."""

import sys

from barker.actions import fanning
from barker.worker.__main__ import main

SHARE_FOLLOWERS = 400

if __name__ == "__main__":
    names = vars(fanning)
    assert "SHARE_FOLLOWERS" in names
    names["SHARE_FOLLOWERS"] = SHARE_FOLLOWERS
    sys.exit(main())
