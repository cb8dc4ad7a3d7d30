"""Logs: a line of JSON each on stderr, ours and those of the libraries, with what is bound to the request."""

import logging
import sys

import structlog

_SHARED: list[structlog.types.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def _is_no_news(record: logging.LogRecord) -> bool:
    """Tell whether gunicorn reports with a traceback that a client went away, or was let go."""
    return record.name == "gunicorn.error" and record.getMessage().startswith("Socket error processing request")


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
        processors=[*_SHARED, structlog.processors.JSONRenderer()],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        cache_logger_on_first_use=True,
    )
