"""Mentions and replies: who is told of a bark because it names her or answers her."""

import re

from barker import ids
from barker.actions import notifying
from barker.models import Bark, Notification, Reason
from barker.stores import Stores

MENTION = re.compile(r"(?<![\w@./])@([A-Za-z0-9_]{2,30})(?![\w@]|\.\w)")  # not in addresses of mail or the web
MENTIONS = 10  # of a bark are told: more is a crowd, not a word to somebody


def handles_in(text: str) -> list[str]:
    """Return the handles that a text mentions, in their order, each once."""
    return list(dict.fromkeys(handle.lower() for handle in MENTION.findall(text)))[:MENTIONS]


def concerns(bark: Bark) -> bool:
    """Tell whether a bark may have to be told to somebody beside its readers."""
    return not bark.deleted and (bark.in_reply_to is not None or "@" in bark.text)


def mention(stores: Stores, bark: int) -> None:
    """Tell those whom a bark answers or mentions, each once. May be repeated."""
    for found in stores.barks.by_ids([bark]).values():
        reasons: dict[int, Reason] = {user.id: "mention" for user in stores.users.by_handles(handles_in(found.text))}
        if found.in_reply_to:
            reasons |= {one.author_id: "reply" for one in stores.barks.by_ids([found.in_reply_to]).values()}
        reasons.pop(found.author_id, None)
        for user_id, kind in reasons.items():
            notifying.notify_of(stores, Notification(ids.new(), kind, user_id, found.author_id, found.id))
