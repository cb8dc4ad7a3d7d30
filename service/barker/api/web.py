"""The web app: what is built of `clients/web`, and its page under each of the app's addresses.

No store is asked for any of it (but for the limit), and nothing of it is written into a page: the policy lets scripts
and styles in from here alone.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from flask import Response, request

from barker.api.auth import public
from barker.api.blueprint import noun
from barker.api.limits import limited
from barker.errors import NotFound

web = noun("web", "The app that people look at.")

PAGES = (
    "/",
    "/@<handle>",
    "/@<handle>/followers",
    "/@<handle>/following",
    "/@<handle>/graph",
    "/barks/<id>",
    "/tags/<tag>",
    "/search",
    "/nearby",
    "/people",
    "/notifications",
    "/settings",
    "/login",
    "/signup",
)
FILES = ("/sw.js", "/manifest.webmanifest", "/icon.svg", "/icon-192.png", "/icon-512.png")
ASSETS = "/assets/<name>"
PATHS = frozenset({*PAGES, *FILES, ASSETS})

MIME = {
    "css": "text/css",
    "html": "text/html",
    "js": "text/javascript",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webmanifest": "application/manifest+json",
}
PACKED = {"css", "html", "js", "svg"}
FOREVER = "public, max-age=31536000, immutable"  # the name of an asset holds a digest of what is in it
ASK = "no-cache"  # kept, and asked for each time: the answer is mostly 304
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
}


@dataclass(frozen=True)
class Asset:
    """A file as it is sent, and packed where that makes it smaller."""

    mimetype: str
    plain: bytes
    packed: bytes
    etag: str


def _folder() -> Traversable:
    return files("barker").joinpath("web")


@cache
def _assets() -> frozenset[str]:
    return frozenset(found.name for found in _folder().joinpath("assets").iterdir())


@cache
def _asset(path: str) -> Asset:
    """Return a file that is known to be there. Packed once a process, not once a request."""
    plain = _folder().joinpath(path).read_bytes()
    kind = path.rpartition(".")[2]
    packed = gzip.compress(plain, 9, mtime=0) if kind in PACKED else b""
    return Asset(MIME[kind], plain, packed, hashlib.sha256(plain).hexdigest()[:32])


def _answer(path: str, caching: str) -> Response:
    found = _asset(path)
    is_packed = bool(found.packed) and request.accept_encodings.quality("gzip") > 0
    response = Response(found.packed if is_packed else found.plain, mimetype=found.mimetype, headers=HEADERS)
    response.headers["Cache-Control"] = caching
    if found.packed:
        response.vary.add("Accept-Encoding")
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(f"{found.etag}-gz" if is_packed else found.etag)
    response.make_conditional(request)
    return response


@public
@limited(1200)
def get_page(**_: str) -> Response:
    """Serve the app, whichever of its pages is asked for: it looks at the address itself."""
    return _answer("index.html", ASK)


@public
@limited(1200)
def get_file() -> Response:
    """Serve what has a fixed name: the service worker, the manifest, icons."""
    return _answer(request.path[1:], ASK)


@public
@limited(3000)
def get_asset(name: str) -> Response:
    """Serve a script or a style."""
    if name not in _assets():
        raise NotFound("There is no such file. A new version may be out: load the page again.")
    return _answer(f"assets/{name}", FOREVER)


for _path in PAGES:
    web.add_url_rule(_path, "get_page", get_page)
for _path in FILES:
    web.add_url_rule(_path, "get_file", get_file)
web.add_url_rule(ASSETS, "get_asset", get_asset)
