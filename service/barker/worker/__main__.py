"""A worker process: `python -m barker.worker`. SIGTERM or Ctrl-C lets it finish what it has begun."""

import os
import signal
import socket
import sys
from types import FrameType

from barker import logs
from barker.errors import BadSettings
from barker.settings import Settings
from barker.stores import connect
from barker.worker.loop import Worker


def main() -> int:
    """Run one worker until it is told to stop."""
    try:
        settings = Settings.read()
    except BadSettings as error:
        print(error, file=sys.stderr)
        return 2
    logs.configure(settings.log_level)
    stores = connect(settings)
    worker = Worker(stores, f"{socket.gethostname()}-{os.getpid()}")

    def stop(_signal: int, _frame: FrameType | None) -> None:
        worker.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    worker.run()
    stores.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
