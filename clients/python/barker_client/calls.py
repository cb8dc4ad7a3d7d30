"""One call over HTTP: limits of time and size, repeats that do no harm, refusals as exceptions."""

import json
import re
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Self
from urllib.parse import quote, urlsplit

import requests
import urllib3

from barker_client.errors import BarkerError, Invalid, NotFound, Unexpected, Unreachable, refusal
from barker_client.retries import KEY_HEADER, Retries
from barker_client.version import VERSION

CONNECT_SECONDS = 5.0
ANSWER_BYTES_MAX = 16 << 20  # a page of 100 barks has under a megabyte
CHUNK_BYTES = 64 << 10
UNSENDABLE = (ValueError, requests.exceptions.InvalidJSONError)  # a line break in a token, a place that is no number
NETWORK = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)
Query = Mapping[str, str | int | float | None]


@dataclass(frozen=True)
class Call:
    """What is asked; each may be sent several times."""

    method: str
    path: str
    query: Query = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    key: str | None = None


class Calls:
    """Where the service is, who calls, and how patient she is. Use one a thread, as with `requests.Session`."""

    def __init__(
        self, url: str, token: str | None = None, *, timeout: float = 15.0, retries: Retries | None = None
    ) -> None:
        """`timeout` is for a whole answer; a call that is made again may take longer by as much as `retries` allow."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"{url!r} is no address like https://barker.example")
        if parts.username is not None:
            raise ValueError("The address of a service holds no password: sign in instead.")
        self.url, self.token = url.rstrip("/"), token
        self.timeout, self.retries = timeout, retries or Retries()
        self._session = requests.Session()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # `token` alone says who calls
        self._session.headers["User-Agent"] = f"barker-client/{VERSION}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url!r})"

    def close(self) -> None:
        """Let the connections go; the client can still be used."""
        self._session.close()

    def call(
        self, method: str, path: str, query: Query | None = None, *, body: Any = None, key: str | None = None
    ) -> Any:
        """Return the JSON of an answer, None for an empty one. Raises BarkerError.

        A POST carries a key of its own, so that it is done once however often it is sent.
        """
        if method == "POST":
            key = key or uuid.uuid4().hex
        return self._repeated(Call(method, path, query or {}, body, key))

    def _repeated(self, call: Call) -> Any:
        began, attempt, unsure = time.monotonic(), 1, False
        while True:
            try:
                return self._once(call)
            except BarkerError as error:
                if unsure and call.method == "DELETE" and isinstance(error, NotFound):
                    return None  # the try before it did it, and its answer was lost
                pause = self.retries.pause(error, call.method, attempt, time.monotonic() - began)
                if pause is None:
                    raise
                unsure = unsure or error.status == 0 or error.status >= 500
            time.sleep(pause)
            attempt += 1

    def _once(self, call: Call) -> Any:
        until = time.monotonic() + self.timeout
        headers = {KEY_HEADER: call.key} if call.key else {}
        try:
            with self.send(call, headers, self.timeout) as answer:
                content = _content(answer, until)
        except NETWORK as error:
            raise Unreachable(f"{self.url} gives no answer: {_reason(error)}.") from error
        if answer.status_code >= 300:
            raise refusal(answer.status_code, answer.headers, content)
        return _json(content)

    def send(self, call: Call, headers: Mapping[str, str], seconds: float) -> requests.Response:
        """Send it once and return the answer with its body unread, whatever it says; `seconds` is for each read."""
        try:
            return self._session.request(
                call.method,
                self.url + call.path,
                params={name: value for name, value in call.query.items() if value is not None},
                json=call.body,
                headers=dict(headers),
                auth=self._sign,  # set for strangers too: else requests looks for a password in ~/.netrc
                timeout=(min(CONNECT_SECONDS, seconds), seconds),
                allow_redirects=False,  # which would make a GET of a POST
                stream=True,
            )
        except UNSENDABLE:  # whose own words hold the token where that is what is wrong
            raise Invalid("That cannot be sent: address, token, key or a value is of no possible form.") from None

    def _sign(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self.token:
            request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def chunks(answer: requests.Response) -> Iterator[bytes]:
    """Yield what comes, as soon as it comes."""
    while data := answer.raw.read1(CHUNK_BYTES, decode_content=True):
        yield data


def _content(answer: requests.Response, until: float) -> bytes:
    found = bytearray()
    for chunk in chunks(answer):
        found += chunk
        if time.monotonic() > until:
            raise requests.ReadTimeout("it takes too long")
        if len(found) > ANSWER_BYTES_MAX:
            raise Unexpected("The answer is larger than any of a Barker service.", status=answer.status_code)
    return bytes(found)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content) if content else None
    except ValueError:
        raise Unexpected("The answer is no JSON: no Barker service answers there.") from None


def _reason(error: Exception) -> str:
    if isinstance(error, requests.ConnectTimeout | requests.ReadTimeout | urllib3.exceptions.TimeoutError):
        return "it took too long"
    if "refused" in str(error):
        return "nobody listens there"
    if "resolve" in str(error) or "Name or service" in str(error):
        return "there is no such host"
    return "certificate not trusted" if isinstance(error, requests.exceptions.SSLError) else "the connection broke"


def handle_part(handle: str) -> str:
    """Return a handle as a part of a path, with or without its @. Raises Invalid for what can be none."""
    return _part("handle", handle.removeprefix("@"))


def tag_part(tag: str) -> str:
    """Return a tag as a part of a path, with or without its #; it may be in any script."""
    return _part("tag", tag.removeprefix("#"))


def id_part(given: str) -> str:
    """Return an id as a part of a path. Raises Invalid for what can be none."""
    return _part("id", given)


def _part(field_: str, given: str) -> str:
    """Let nothing through that would make another path: an empty id, "..", a slash."""
    if re.fullmatch(r"[\w-]+", given):
        return quote(given)
    told = {"code": "invalid", "errors": [{"field": field_, "message": "There can be no such one."}]}
    raise Invalid(f"{given!r} can be no {field_}.", status=422, problem=told)
