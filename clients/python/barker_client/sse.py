"""Server-sent events out of bytes (WHATWG HTML, section 9.2)."""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MESSAGE_CHARS_MAX = 4 << 20  # a bark has a few thousand: whoever sends more is no Barker service
LINE_END = re.compile(r"\r\n|\n|\r(?!\Z)")  # a \r at the very end may be half of a \r\n


class TooLong(Exception):
    """A message that has no end."""


@dataclass
class Message:
    """One message, before anybody looks into it."""

    name: str = "message"
    id: str | None = None
    data: str = ""


def messages(chunks: Iterable[bytes]) -> Iterator[Message]:
    """Yield each whole message; what breaks off in the middle is dropped, as the standard wants it."""
    found, data = Message(), list[str]()
    for line in _lines(chunks):
        if line:
            _take(found, data, line)
        elif data:
            found.data = "\n".join(data)
            yield found
            found, data = Message(), []
        else:
            found = Message()
        if sum(map(len, data)) > MESSAGE_CHARS_MAX:
            raise TooLong


def _take(found: Message, data: list[str], line: str) -> None:
    name, _, value = line.partition(":")
    value = value.removeprefix(" ")
    if name == "data":
        data.append(value)
    elif name == "event":
        found.name = value
    elif name == "id" and "\0" not in value:
        found.id = value


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    decode = codecs.getincrementaldecoder("utf-8-sig")(errors="replace").decode
    rest = ""
    for chunk in chunks:
        *lines, rest = LINE_END.split(rest + decode(chunk))
        yield from lines
        if len(rest) > MESSAGE_CHARS_MAX:
            raise TooLong
