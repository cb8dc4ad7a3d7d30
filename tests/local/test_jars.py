import fcntl
import hashlib
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from barker.local import StartFailed, jars
from barker.local.display import Lines
from barker.local.jars import Jar

CONTENTS = [b"first jar", b"second jar", b"third jar"]
JARS = [
    Jar(hashlib.sha256(content).hexdigest(), len(content), ("org.example", f"jar{number}", "1.0"))
    for number, content in enumerate(CONTENTS)
]


@pytest.fixture(autouse=True)
def _list_of_three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(jars, "listed", lambda: JARS)


def fetch(wanted: Sequence[Jar], folder: Path) -> Iterator[Jar]:
    for jar in wanted:
        (folder / jar.file).write_bytes(CONTENTS[JARS.index(jar)])
        yield jar


def fetch_one_and_fail(wanted: Sequence[Jar], folder: Path) -> Iterator[Jar]:
    yield next(fetch(wanted, folder))
    raise OSError("the network is down")


def fetch_rubbish(wanted: Sequence[Jar], folder: Path) -> Iterator[Jar]:
    for jar in wanted:
        (folder / jar.file).write_bytes(b"rubbish")
        yield jar


def make_sure(*ways: jars.Fetch) -> list[str]:
    said: list[str] = []
    jars.make_sure(Lines(said.append), ways)
    return said


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_jars_are_fetched_once() -> None:
    make_sure(fetch)
    make_sure(fetch_one_and_fail)  # not asked

    assert names(jars.folder()) == ["jar0-1.0.jar", "jar1-1.0.jar", "jar2-1.0.jar"]


def test_an_interrupted_fetch_leaves_nothing_that_is_taken_as_whole_and_goes_on_later() -> None:
    def interrupted(wanted: Sequence[Jar], folder: Path) -> Iterator[Jar]:
        yield next(fetch(wanted, folder))
        (folder / wanted[1].file).write_bytes(b"half of i")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_sure(interrupted)
    assert not jars.folder().exists()

    asked: list[Jar] = []

    def the_rest(wanted: Sequence[Jar], folder: Path) -> Iterator[Jar]:
        asked.extend(wanted)
        yield from fetch(wanted, folder)

    make_sure(the_rest)
    assert asked == JARS[1:]
    assert len(names(jars.folder())) == 3


def test_a_cache_with_a_jar_missing_is_fetched_again() -> None:
    make_sure(fetch)
    (jars.folder() / JARS[0].file).unlink()
    make_sure(fetch)
    assert len(names(jars.folder())) == 3


def test_where_one_way_fails_the_next_is_gone() -> None:
    make_sure(fetch_one_and_fail, fetch_rubbish, fetch)
    assert len(names(jars.folder())) == 3


def test_where_no_way_works_the_reasons_and_the_advice_are_shown() -> None:
    with pytest.raises(StartFailed) as failed:
        make_sure(fetch_one_and_fail, fetch_rubbish)
    assert "2 jars are missing" in str(failed.value)
    assert "the network is down" in str(failed.value)
    assert "BARKER_GRAPH_URL" in str(failed.value)
    assert not jars.folder().exists()


def test_a_second_process_waits_and_finds_all_there(tmp_path: Path) -> None:
    jars.folder().parent.mkdir()
    lock = (tmp_path / "barker" / f"neo4j-{jars.VERSION}.lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)

    def first_process() -> None:
        jars.folder().mkdir()
        list(fetch(JARS, jars.folder()))
        lock.close()

    threading.Timer(0.3, first_process).start()
    make_sure(fetch_one_and_fail)  # not asked

    assert len(names(jars.folder())) == 3


def test_the_real_list_names_each_jar_once_and_is_whole() -> None:
    rows = [line.split() for line in jars.LIST.read_text().splitlines()]
    assert len(rows) == len({coordinates for _, _, coordinates in rows}) == 230
    assert all(len(sha256) == 64 and int(size) > 0 for sha256, size, _ in rows)
