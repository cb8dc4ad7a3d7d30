"""A server that answers what a test has written down, for what the real service does not do on demand."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    """One answer; `pieces` come one after the other, with a pause before each but the first."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pieces: list[bytes] = field(default_factory=list)
    pause: float = 0.0


def problem(status: int, code: str, field_: str = "", **headers: str) -> Answer:
    """Return a refusal as the service makes them."""
    errors = [{"field": field_, "message": "No."}] if field_ else []
    told = {"status": status, "code": code, "detail": f"This is {code}.", "request_id": "r1", "errors": errors}
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"Content-Type": "application/problem+json", **given}, [json.dumps(told).encode()])


def said(body: Any) -> Answer:
    """Return an answer that says yes."""
    return Answer(200, {"Content-Type": "application/json"}, [json.dumps(body).encode()])


def events(*frames: str) -> Answer:
    """Return a stream that breaks off behind these frames."""
    return Answer(200, {"Content-Type": "text/event-stream"}, [frame.encode() for frame in frames])


@dataclass
class Script:
    """What is answered next, the last answer again and again, and what was asked."""

    answers: list[Answer]
    url: str = ""
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def next(self) -> Answer:
        """Return the next answer."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    @property
    def keys(self) -> list[str | None]:
        """The idempotency keys of what was asked."""
        return [headers.get("Idempotency-Key") for _, _, headers in self.asked]


@contextmanager
def scripted(*answers: Answer) -> Iterator[Script]:
    """Serve the answers on a free port."""
    script = Script(list(answers))

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            script.asked.append((self.command, self.path, dict(self.headers)))
            answer = script.next()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            for number, piece in enumerate(answer.pieces):
                time.sleep(answer.pause if number else 0)
                try:
                    self.wfile.write(piece)
                except OSError:
                    return

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler._answer)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
