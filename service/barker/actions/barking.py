"""Barking, and taking it back."""

from dataclasses import replace

from barker import ids, spans
from barker.actions import seeing
from barker.errors import Invalid, NotAllowed
from barker.models import Bark, BarkDraft, Shown, User
from barker.stores import Stores
from barker.stores.guard import best_effort
from barker.stores.jobs import Job


def post_bark(stores: Stores, author: User, draft: BarkDraft, bark_id: int) -> Shown:
    """Store the bark with the intent to fan it out, then ask a worker to do it."""
    thread = _thread(stores, author, draft) or bark_id
    bark = Bark(bark_id, author.id, draft.text, thread, draft.in_reply_to, draft.quote_of, trace=spans.context())
    if not stores.barks.insert(bark, ids.now_ms()):
        return _made_before(stores, author, draft, bark_id)
    # NOTE derived data from here on: the counts may lag, and a fan-out not asked for is found by the sweep
    with best_effort("counts"):
        stores.users.add_barks(author.id, 1)
        if draft.in_reply_to:
            stores.barks.add_replies(draft.in_reply_to, 1)
    with best_effort("fan-out"):
        stores.jobs.put(_job(bark.id))
    if bark.tags:
        with best_effort("trends"):
            stores.trends.count(bark.tags, author.id)
    return Shown(bark, replace(author, counts=replace(author.counts, barks=author.counts.barks + 1)))


def _made_before(stores: Stores, author: User, draft: BarkDraft, bark_id: int) -> Shown:
    """Return what an attempt of ours stored that died before it answered; a stranger's id is not ours."""
    bark = stores.barks.by_id(bark_id)
    if bark is None or bark.author_id != author.id:
        return post_bark(stores, author, draft, ids.new())
    return Shown(bark, author)


def _thread(stores: Stores, author: User, draft: BarkDraft) -> int | None:
    """Return the thread of what it answers. Raises Invalid if what it names is not there."""
    named = {"in_reply_to": draft.in_reply_to, "quote_of": draft.quote_of}
    found = stores.barks.by_ids([id_ for id_ in named.values() if id_]) if any(named.values()) else {}
    parted = seeing.parted(stores, author.id, list({bark.author_id for bark in found.values()} - {author.id}))
    for field, id_ in named.items():
        if id_ and (id_ not in found or found[id_].author_id in parted):
            raise Invalid("There is no such bark.", field)
    return found[draft.in_reply_to].thread if draft.in_reply_to else None


def delete_bark(stores: Stores, user_id: int, bark_id: int) -> None:
    """Delete one's own bark, and tell everyone who may have it on a screen."""
    bark = stores.barks.remove(bark_id, user_id, ids.now_ms())
    if bark is None:
        seeing.bark_of(stores, user_id, bark_id)
        raise NotAllowed("This bark is not yours.")
    stores.shown.clear()  # here it is gone at once, in other processes within the promised seconds
    with best_effort("counts"):
        stores.users.add_barks(user_id, -1)
        if bark.in_reply_to:
            stores.barks.add_replies(bark.in_reply_to, -1)
    with best_effort("notifications"):
        stores.notifications.retract_of(bark_id)
    with best_effort("fan-out"):
        stores.jobs.put(_job(bark_id))


def _job(bark_id: int) -> Job:
    return Job("fan_out", {"bark": bark_id})
