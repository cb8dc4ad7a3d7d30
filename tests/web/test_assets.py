"""What is served as the app: built of the sources that are here, small, kept by browsers, and closed to strangers."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest

from tests.barker_process import Service

ROOTS = ("src", "public", "scripts")
FILES = ("index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts")
FIRST_LOAD_MAX = 60 * 1024  # bytes of script and style, packed
ALL_MAX = 512 * 1024


def digest(top: Path) -> str:
    """Work out what clients/web/scripts/sources.mjs does."""
    paths = [path for folder in ROOTS for path in (top / folder).rglob("*") if path.is_file()]
    names = sorted(str(path.relative_to(top)) for path in [*paths, *(top / name for name in FILES)])
    whole = hashlib.sha256()
    for name in names:
        whole.update(f"{name}\0{hashlib.sha256((top / name).read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def test_what_is_built_is_built_of_the_sources_that_are_here(root: Path) -> None:
    built = (root / "service/barker/web/built-from.txt").read_text().strip()
    assert built == digest(root / "clients/web"), "clients/web has changed since: run make web"


def test_whatever_is_kept_for_offline_comes_anew_when_it_has_changed(root: Path) -> None:
    built = root / "service/barker/web"
    version, _, shell = (built / "sw.js").read_text().partition("];")[0].partition('";')
    whole = hashlib.sha256("\n".join(re.findall(r'"(/[^"]*)"', shell)).encode())
    for name in ("index.html", "manifest.webmanifest", "icon.svg"):
        whole.update((built / name).read_bytes())
    assert version.endswith(f'"barker-{whole.hexdigest()[:16]}')


def test_the_first_load_and_the_whole_are_small(root: Path) -> None:
    built = root / "service/barker/web"
    page = (built / "index.html").read_text()
    first = [path for path in (built / "assets").iterdir() if path.name in page]
    assert {path.suffix for path in first} == {".js", ".css"}
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in first) <= FIRST_LOAD_MAX
    assert sum(path.stat().st_size for path in built.rglob("*") if path.is_file()) <= ALL_MAX


@pytest.mark.parametrize("path", ["/", "/@ada", "/@ada/graph", "/barks/1", "/tags/dogs", "/search?q=x", "/settings"])
def test_the_page_stands_under_each_of_its_addresses(service: Service, path: str) -> None:
    answer = service.call("GET", path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Content-Encoding"] == "gzip"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=|https?:", answer.text)


def test_a_browser_that_has_the_page_is_sent_nothing(service: Service) -> None:
    first = service.call("GET", "/")
    again = service.call("GET", "/nearby", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = service.call("GET", "/", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["ETag"] != first.headers["ETag"]
    assert plain.text == first.text


def test_assets_are_kept_for_good_and_all_that_the_page_names_are_there(service: Service) -> None:
    named = re.findall(r'(?:src|href)="(/[^"]+)"', service.call("GET", "/").text)
    assert [path for path in named if path.startswith("/assets/")]
    for path in named:
        if path == "/docs":
            continue
        answer = service.call("GET", path)
        assert answer.status_code == 200, path
        assert ("immutable" in answer.headers["Cache-Control"]) == path.startswith("/assets/"), path


@pytest.mark.parametrize("name", ["nothing.js", "..%2Findex.html", "%2e%2e/index.html", "../built-from.txt"])
def test_nothing_else_is_served(service: Service, name: str) -> None:
    answer = service.call("GET", f"/assets/{name}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_the_service_worker_keeps_the_shell_and_nothing_of_the_api(service: Service) -> None:
    worker = service.call("GET", "/sw.js")
    assert worker.headers["Content-Type"].startswith("text/javascript")
    assert worker.headers["Cache-Control"] == "no-cache"
    assert "__SHELL__" not in worker.text
    shell = re.findall(r'"(/[^"]*)"', worker.text.partition("];")[0])
    assert "/" in shell
    for path in shell:
        assert not path.startswith("/v1"), path
        assert service.call("GET", path).status_code == 200, path
