"""`barker jobs`: what an operator sees and does from a shell."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from barker.cli import main
from barker.local.ports import free_port
from barker.stores.jobs import LARGE, SMALL, Job, Jobs


@pytest.fixture
def jobs(stores_urls: dict[str, str]) -> Iterator[Jobs]:
    """Lanes in a database of their own."""
    jobs = Jobs(_url(stores_urls), 5)
    jobs._redis.flushdb()
    jobs.prepare()
    yield jobs
    jobs.close()


@pytest.fixture
def environ(stores_urls: dict[str, str]) -> dict[str, str]:
    """The settings of the command."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BARKER_")}
    return {**clean, **stores_urls, "BARKER_QUEUES_URL": _url(stores_urls)}


def _url(stores_urls: dict[str, str]) -> str:
    return stores_urls["BARKER_QUEUES_URL"].removesuffix("/0") + "/4"


def run(environ: dict[str, str], *words: str) -> Result:
    """Run the command in this process: to start one takes longer than all it does."""
    return CliRunner().invoke(main, ["jobs", *words], env=environ, catch_exceptions=False)


def park(jobs: Jobs, number: int, lane: str = SMALL) -> None:
    jobs.put(Job("fan_out", {"bark": number}), lane=lane)
    (claim,) = jobs.claim(lane, "w", 1)
    jobs.park(claim, "ValueError: it cannot be done")


def parked(environ: dict[str, str]) -> list[dict[str, object]]:
    answer = run(environ, "parked", "--json")
    assert answer.exit_code == 0, answer.stderr
    return [json.loads(line) for line in answer.stdout.splitlines()]


def test_the_lanes_are_shown_to_people_and_to_scripts(jobs: Jobs, environ: dict[str, str]) -> None:
    jobs.put(Job("fan_out", {"bark": 1}))
    jobs.put_later(Job("prune", {"follower": 1, "followee": 2}), 300)
    park(jobs, 7, LARGE)
    shown = run(environ)
    assert shown.exit_code == 0
    assert [line.split()[:3] for line in shown.stdout.splitlines()[1:3]] == [["small", "1", "0"], ["large", "0", "0"]]
    assert "0 due, 1 not due yet" in shown.stdout
    assert "parked   1   (see: barker jobs parked)" in shown.stdout
    found = json.loads(run(environ, "--json").stdout)
    assert found["lanes"]["small"]["waiting"] == 1
    assert (found["due"], found["not_due"], found["parked"]) == (0, 1, 1)


def test_a_parked_job_is_listed_with_its_reason_and_put_back_by_its_id(jobs: Jobs, environ: dict[str, str]) -> None:
    park(jobs, 7, LARGE)
    (one,) = parked(environ)
    assert one | {"id": "", "at": "", "text": ""} == {
        "id": "",
        "at": "",
        "name": "fan_out",
        "arguments": {"bark": 7},
        "attempts": 1,
        "lane": "large",
        "reason": "ValueError: it cannot be done",
        "text": "",
    }
    line = run(environ, "parked").stdout
    for word in (one["id"], one["at"], 'fan_out {"bark": 7}', "large", "attempts: 1", "ValueError: it cannot be done"):
        assert str(word) in line
    assert run(environ, "retry", str(one["id"])).stdout == "Put back: 1.\n"
    assert jobs.claim(LARGE, "w", 1)[0].job == Job("fan_out", {"bark": 7})
    again = run(environ, "retry", str(one["id"]))
    assert (again.exit_code, again.stderr) == (
        1,
        f"Error: Nothing was done: not parked, or not any more: {one['id']}\n",
    )


def test_all_parked_jobs_are_put_back_or_dropped_at_once(jobs: Jobs, environ: dict[str, str]) -> None:
    for number in range(3):
        park(jobs, number)
    assert run(environ, "retry", "--all").stdout == "Put back: 3.\n"
    for claim in jobs.claim(SMALL, "w", 10):
        jobs.park(claim, "again")
    unasked = run(environ, "drop", "--all")
    assert (unasked.exit_code, len(parked(environ))) == (2, 3)
    assert "--yes" in unasked.stderr
    assert run(environ, "drop", "--all", "--yes").stdout == "Dropped: 3.\n"
    assert parked(environ) == []


@pytest.mark.parametrize(("answer", "left"), [(b"n\n", 1), (b"y\n", 0)])
def test_a_person_is_asked_before_all_are_dropped(
    jobs: Jobs, environ: dict[str, str], answer: bytes, left: int
) -> None:
    park(jobs, 1)
    mine, terminal = pty.openpty()
    command = [sys.executable, "-P", "-m", "barker.cli", "jobs", "drop", "--all"]
    with subprocess.Popen(command, env=environ, stdin=terminal, stdout=subprocess.PIPE) as process:
        os.write(mine, answer)
        assert b"Drop 1 parked jobs for good?" in process.communicate(timeout=60)[0]
    os.close(mine)
    os.close(terminal)
    assert len(parked(environ)) == left


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("retry",), "Name the ids"),
        (("drop", "1-1", "--all"), "Name the ids"),
        (("retry", "seven"), "'seven' is no id"),
    ],
)
def test_what_makes_no_sense_is_refused(jobs: Jobs, environ: dict[str, str], words: tuple[str, ...], said: str) -> None:
    answer = run(environ, *words)
    assert answer.exit_code == 2
    assert said in answer.stderr


@pytest.mark.parametrize("words", [(), ("parked",), ("retry", "--all")])
def test_a_store_that_is_down_is_named(environ: dict[str, str], words: tuple[str, ...]) -> None:
    nobody = f"redis://127.0.0.1:{free_port()}/0"
    answer = run({**environ, "BARKER_QUEUES_URL": nobody}, *words)
    assert answer.exit_code == 1
    assert "The queues store does not answer; see its BARKER_*_URL." in answer.stderr
    assert "Traceback" not in answer.stderr
