"""The workers: `python -m barker.worker`. SIGTERM or Ctrl-C lets them finish what they have begun."""

import sys
from pathlib import Path

from barker import logs
from barker.errors import BadSettings
from barker.metrics import folder
from barker.settings import Settings


def main() -> int:
    """Run one worker, or the parent of several, until it is told to stop."""
    try:
        settings = Settings.read()
    except BadSettings as error:
        print(error, file=sys.stderr)
        return 2
    logs.configure(settings.log_level)
    made = _folder(settings)
    # NOTE only now: what counts decides at its import whether it does so in the folder
    from barker.worker import alone, parent  # noqa: PLC0415

    try:
        return alone.run(settings) if settings.worker_processes == 1 else parent.run(settings)
    finally:
        folder.remove(made)


def _folder(settings: Settings) -> Path | None:
    """Share the folder that was given; make one where several count and one of them tells."""
    several = settings.worker_processes > 1 and settings.worker_metrics_port
    return folder.share() if several or folder.is_given() else None


if __name__ == "__main__":
    sys.exit(main())
