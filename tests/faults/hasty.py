"""
The service's processes with those waits shortened that would only cost a test its time.

Never imported by the tests' own process: `python -m tests.faults.hasty` is the worker, `hasty_wsgi` the API.
"""

import sys

from barker.live import hub, stream
from barker.stores import bells
from barker.worker import loop
from barker.worker.__main__ import main

# NOTE all keep their order of size, and leave room for a busy machine
stream.HEARTBEAT_SECONDS, stream.CHECK_BEATS = 0.5, 1
stream.AGAIN_SECONDS = 0.3
hub.TURN_SECONDS = 0.3
bells.QUIET_SECONDS = 1
loop.BACKOFF_SECONDS = 0.3
loop.SWEEP_SECONDS = 1.0
loop.RENEW_SECONDS = 0.5
loop.LEASE_SECONDS = 2.0

if __name__ == "__main__":
    sys.exit(main())
