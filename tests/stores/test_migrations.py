"""Migrations: page by page, resumed where they broke off, by several at once, beside the old version."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from barker import ids
from barker.actions import examining
from barker.cli import main
from barker.models import Bark
from barker.settings import Settings
from barker.stores import Stores, connect, documents, migrations
from tests.barker_process import wait_for

pytestmark = pytest.mark.administers  # databases of its own, made and dropped

OLD = 600
BARKS = "search-keys-of-barks-1"
# As `barker prepare`, with so few documents a page that there is time to kill it.
SLOWLY = "from barker.cli import main; from barker.stores import migrations; migrations.BATCH = 2; main(['prepare'])"


@pytest.fixture
def environ(stores_urls: dict[str, str]) -> dict[str, str]:
    """The settings of documents of a test's own."""
    own = {"BARKER_DOCUMENTS_URL": stores_urls["BARKER_DOCUMENTS_URL"].replace("/barker", f"/steps_{ids.new()}")}
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("BARKER_")},
        **stores_urls,
        **own,
    }


@pytest.fixture
def own(environ: dict[str, str]) -> Iterator[Stores]:
    """Stores that hold barks of a version which knew no searching."""
    stores = connect(Settings.read(environ))
    day = ids.now_ms() - 10**9
    stores.barks.insert_many([Bark(ids.at(day + number), 7, f"yak {number}", 1) for number in range(OLD)])
    stores.documents.collection("barks").update_many({}, {"$unset": {"words": 1}})
    yield stores
    stores.documents._client.drop_database(stores.documents._database.name)
    stores.close()


def note(stores: Stores) -> dict[str, Any]:
    return stores.documents.collection("migrations").find_one({"_id": BARKS}) or {}


def without_words(stores: Stores) -> int:
    return stores.documents.collection("barks").count_documents({"words": {"$exists": False}})


def slowly(environ: dict[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", SLOWLY], env=environ, stdout=subprocess.PIPE, text=True)


def test_one_that_is_killed_goes_on_from_there(own: Stores, environ: dict[str, str]) -> None:
    first = slowly(environ)
    wait_for(lambda: note(own), "the first page", 60)
    first.send_signal(signal.SIGKILL)
    first.communicate(timeout=20)
    begun, left = note(own), without_words(own)
    assert 0 < left < OLD
    assert "done_ms" not in begun
    assert BARKS in migrations.missing(own.documents)
    done = CliRunner(env=environ).invoke(main, ["prepare"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    passed = own.documents.collection("barks").count_documents({"_id": {"$lte": begun["upto"]}})
    assert f"{BARKS}: {OLD - passed} looked at, done" in done.output  # not from the start
    assert without_words(own) == 0
    assert migrations.missing(own.documents) == []
    assert note(own)["begun_ms"] == begun["begun_ms"]


@pytest.mark.slow
def test_two_at_once_are_as_good_as_one(own: Stores, environ: dict[str, str]) -> None:
    both = [slowly(environ) for _ in range(2)]
    seen: list[int] = []
    while any(process.poll() is None for process in both):
        seen.append(note(own).get("upto", 0))
    assert [process.communicate()[0].count("prepared") for process in both] == [1, 1]
    assert seen == sorted(seen)
    assert without_words(own) == 0
    assert migrations.missing(own.documents) == []


def test_what_the_old_version_writes_meanwhile_is_found_by_the_next_run(own: Stores) -> None:
    """What is new, and what is old and was changed after it was passed, as by an old version that knows no words."""
    own.prepare()
    late = Bark(ids.new(), 7, "late yak", 1)
    own.barks.insert_many([late])
    barks = own.documents.collection("barks")
    barks.update_one({"_id": late.id}, {"$unset": {"words": 1}})
    changed: Any = barks.find_one_and_update({"deleted": False}, {"$set": {"text": "gnu"}}, sort=[("_id", 1)])
    progress = [one for one in migrations.run(own.documents) if one.step == BARKS]
    assert (progress[-1].seen, progress[-1].done) == (OLD + 1, True)
    assert without_words(own) == 0
    assert (barks.find_one({"_id": changed["_id"]}) or {})["words"] == ["gnu"]
    progress = [one for one in migrations.run(own.documents) if one.step == BARKS]
    assert [(one.seen, one.done) for one in progress] == [(1, True)]  # by now nothing that is older than a day


def test_what_changes_under_its_hands_is_left_as_it_is(own: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bark that is deleted between reading and writing must not get its words back."""
    (step,) = [step for step in migrations.STEPS if step.name == BARKS]

    def change(bark: Any) -> Any:
        own.documents.collection("barks").update_one({"_id": bark["_id"]}, {"$set": {"deleted": True}})
        return step.change(bark)

    monkeypatch.setattr(migrations, "STEPS", (migrations.Step(BARKS, "barks", change),))
    list(migrations.run(own.documents))
    assert without_words(own) == OLD


def test_a_doctor_names_what_is_not_done(own: Stores, environ: dict[str, str]) -> None:
    own.documents.prepare()

    def found() -> list[str]:
        return [one.says for one in examining.examine(own, Settings.read(environ)) if one.level == "bad"]

    assert found() == [f"waits for these migrations: search-keys-of-users-1, {BARKS}"]
    own.prepare()
    assert found() == []


def test_an_index_that_was_retired_goes(own: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    own.prepare()
    barks = own.documents.collection("barks")
    barks.create_index("old")
    names: Callable[[], set[str]] = lambda: set(barks.index_information())  # noqa: E731
    before = names()
    monkeypatch.setattr(migrations, "RETIRED", (("barks", "old_1"), ("barks", "never_there_1")))
    own.prepare()
    assert names() == before - {"old_1"}


def test_names_of_steps_are_unique_and_what_is_retired_is_not_made() -> None:
    names = [step.name for step in migrations.STEPS]
    assert len(set(names)) == len(names)
    made = {(name, index) for name, indexes in documents._declared().items() for index in indexes}
    assert not made & set(migrations.RETIRED)
