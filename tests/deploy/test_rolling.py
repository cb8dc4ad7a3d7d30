"""A new version without downtime: every process is replaced, one after the other, while people go on."""

import os
import secrets
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

from barker.local.ports import free_port
from barker.stores import Stores
from tests.deploy.edge import nginx
from tests.deploy.fleet import REPLACED, Doing, Fleet, Screen

pytestmark = [pytest.mark.slow, pytest.mark.timeout(480)]
AUTHORS = 3
PAUSE = 0.05
BELIEVED_SECONDS = 3  # nginx leaves alone for 2 s who did not answer: else both of two would be


@pytest.fixture
def fleet(stores_urls: dict[str, str], stores: Stores, tmp_path: Path) -> Fleet:
    if nginx() is None:
        pytest.skip("no nginx here: apt-get install nginx-light")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("BARKER_", "PROMETHEUS_"))}
    return Fleet({**clean, **stores_urls, "BARKER_LIMITS": "off"}, tmp_path, free_port)


def post(url: str, headers: dict[str, str], repeated: list[str], session: requests.Session) -> requests.Response:
    text = secrets.token_hex(8)
    args: Any = {"json": {"text": text}, "headers": {**headers, "Idempotency-Key": text}, "timeout": 30}
    answer = session.post(f"{url}/v1/barks", **args)
    if answer.status_code == 503:  # its connection was closed as it came: nginx cannot know whether it was done
        repeated.append(text)
        time.sleep(1)
        answer = session.post(f"{url}/v1/barks", **args)
    return answer


def test_all_are_replaced_and_nobody_notices(fleet: Fleet) -> None:
    with fleet, ExitStack() as going_on:
        bob, authors = fleet.sign_up("bob"), [fleet.sign_up("ada") for _ in range(AUTHORS)]
        for author in authors:
            bob.follow(author)
        bob.feed()
        liked = authors[0].bark("liked")["id"]
        screens = [going_on.enter_context(Screen(bob)) for _ in range(2)]
        for screen in screens:
            screen.wait_for(set())

        repeated: list[str] = []

        def read(session: requests.Session) -> requests.Response:
            return session.get(f"{fleet.url}/v1/feed", headers=bob.headers, timeout=30)

        def like(session: requests.Session) -> requests.Response:
            return session.put(f"{fleet.url}/v1/barks/{liked}/like", headers=bob.headers, timeout=30)

        with ExitStack() as busy:
            posting = [
                busy.enter_context(Doing(partial(post, fleet.url, author.headers, repeated), PAUSE))
                for author in authors
            ]
            others = [busy.enter_context(Doing(does, PAUSE)) for does in (read, like)]
            took = {}
            for name in REPLACED:
                took[name] = round(fleet.replace(name), 1)
                time.sleep(BELIEVED_SECONDS)
        posted = [answer.json()["text"] for one in posting for answer in one.answers if answer.status_code == 201]
        errors = [error for one in (*posting, *others, *screens) for error in one.errors]
        number = [len(one.answers) for one in others]
        print(f"{took} s; {len(posted)} barks, {number} others; {len(repeated)} repeated, {len(errors)} errors:")
        print(*errors, sep="\n")
        for screen in screens:
            screen.wait_for(set(posted))
            told = [text for text in screen.texts if text != "liked"]
            assert sorted(told) == sorted(posted)  # nothing missed, nothing doubled
            assert screen.opened > 1
        assert not errors
        assert len(repeated) <= len(REPLACED)
    assert max(took.values()) < 20
