"""Telling somebody who is not connected: a push to each browser that she subscribed."""

import json
import random

import structlog

from barker import ids
from barker.actions import subscribing
from barker.metrics import counts
from barker.push.door import Outcome, Result
from barker.stores import Stores
from barker.stores.guard import best_effort
from barker.stores.jobs import PUSH, Job

TITLE_MAX, BODY_MAX, URL_MAX, TAG_MAX = 100, 500, 500, 100  # characters: a push service takes 4 kB, sealed
KEEP_SECONDS = 3600.0  # what could not be pushed until then is no news any more
PAUSE_SECONDS = 2.0  # at first; then as long again as it was tried until now

log = structlog.get_logger()


def ask(stores: Stores, user_id: int, title: str, body: str, url: str, tag: str) -> None:
    """Ask for a push to all browsers of a user. Of several with one `tag` a screen shows the newest alone."""
    if not stores.pushes.is_on:
        return
    title, body, url, tag = title[:TITLE_MAX], body[:BODY_MAX], url[:URL_MAX], tag[:TAG_MAX]
    with best_effort("push"):
        stores.jobs.put(Job("push", {"user": user_id, "title": title, "body": body, "url": url, "tag": tag}), lane=PUSH)


def push(stores: Stores, user: int, title: str, body: str, url: str, tag: str) -> None:
    """Ask for a push to each subscription of a user: one that fails is tried again without the others."""
    words = json.dumps({"title": title, "body": body, "url": url, "tag": tag}, ensure_ascii=False)
    if stores.pushes.is_on and (found := subscribing.living(stores, user)):
        stores.jobs.put(*(_one(user, to.id, words, ids.now_ms()) for to in found), lane=PUSH)


def push_one(stores: Stores, user: int, subscription: int, words: str, asked: int) -> None:
    """Push to one subscription. A worker that dies between the push and its job's end pushes twice, with one tag."""
    # By its owner: somebody else may have the browser by now.
    to = stores.subscriptions.by_id(user, subscription) if stores.pushes.is_on else None
    if to is None:
        return
    outcome = stores.pushes.send(to, words.encode(), json.loads(words)["tag"])
    counts.PUSHES.labels(outcome.result).inc()
    if outcome.result is Result.GONE:
        stores.subscriptions.remove(user, [subscription])
    elif outcome.result in (Result.AGAIN, Result.NOT_NOW):
        _later(stores, _one(user, subscription, words, asked), outcome, (ids.now_ms() - asked) / 1000)


def _later(stores: Stores, job: Job, outcome: Outcome, age_seconds: float) -> None:
    pause = max(PAUSE_SECONDS, age_seconds if outcome.result is Result.AGAIN else 0, outcome.again_seconds)
    pause *= random.uniform(1.0, 1.2)  # noqa: S311 (no secret)
    if age_seconds + pause > KEEP_SECONDS:
        counts.PUSHES.labels("given_up").inc()
        log.info("push_given_up", subscription=job.arguments["subscription"], seconds=round(age_seconds))
    else:
        stores.jobs.put_later(job, pause, PUSH)


def _one(user: int, subscription: int, words: str, asked: int) -> Job:
    return Job("push_one", {"user": user, "subscription": subscription, "words": words, "asked": asked})
