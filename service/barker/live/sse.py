"""Server-sent events as bytes (WHATWG HTML, section 9.2)."""

OPENING = b"retry: 2000\n\n"
HEARTBEAT = b": beat\n\n"


def event(name: str, data: bytes, id_: str = "") -> bytes:
    """Return one event; `data` is one line."""
    head = f"id: {id_}\n" if id_ else ""
    return b"%bevent: %b\ndata: %b\n\n" % (head.encode(), name.encode(), data)
