"""Logs: a line of JSON each on stderr, ours and those of the libraries, with what is bound to the request."""

import json
import logging
import sys
from datetime import UTC, datetime

import structlog

from barker import spans

_SHARED: list[structlog.types.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    spans.add_ids,
]


def _is_no_news(record: logging.LogRecord) -> bool:
    """Tell whether gunicorn reports with a traceback that a client went away, or was let go."""
    return record.name == "gunicorn.error" and record.getMessage().startswith("Socket error processing request")


_encode = json.JSONEncoder(default=repr).encode  # one for all lines: to make one costs as much as to use it


def _line(_logger: object, _method: str, event: structlog.types.EventDict) -> str:
    return _encode(event)


def plain(line: dict[str, object]) -> None:
    """Write a line of news as it is: one comes with each request, and all the processors would cost it much more."""
    if logging.getLogger().isEnabledFor(logging.INFO):
        made = {**line, "level": "info", "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z")}
        sys.stderr.write(_encode(made) + "\n")
        sys.stderr.flush()


def configure(level: str) -> None:
    """Send everything from `level` up to stderr, as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(lambda record: not _is_no_news(record))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
            foreign_pre_chain=_SHARED,
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in ("gunicorn.error", "gunicorn.access"):  # they bring handlers of their own, for lines of plain text
        logging.getLogger(name).handlers, logging.getLogger(name).propagate = [], True
    logging.getLogger("neo4j").setLevel(logging.ERROR)  # it warns of each broken connection; the guard says it once
    structlog.configure(
        # Our own lines, one a request, go straight to stderr: the way through `logging` takes twice as long.
        processors=[*_SHARED, _line],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        cache_logger_on_first_use=True,
    )
