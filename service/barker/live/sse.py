"""Server-sent events as bytes (WHATWG HTML, section 9.2)."""

OPENING = b"retry: 2000\n\n"
HEARTBEAT = b": beat\n\n"


def event(name: str, data: str, id_: str = "") -> bytes:
    """Return one event; `data` is one line."""
    head = f"id: {id_}\n" if id_ else ""
    return f"{head}event: {name}\ndata: {data}\n\n".encode()
