"""What Barker is about: people, barks, sessions, entries; and the limits of each, in one place."""

import re
from dataclasses import dataclass, field
from typing import Literal

from barker.words import tags_of

HANDLE = r"^[a-z0-9_]{2,30}$"
PASSWORD_MIN, PASSWORD_MAX = 10, 128
NAME_MAX, ABOUT_MAX = 50, 500
INTERESTS_MAX, INTEREST_MAX = 20, 40
DEVICE_MAX = 80
ENTRY_ID = r"[0-9]{1,15}-[0-9]{1,19}"
TEXT_MAX = 500
PAGE_DEFAULT, PAGE_MAX = 40, 100
PLACE_SECONDS = 15 * 60  # a place that is not renewed meanwhile is shown no longer
NEARBY_DEFAULT = 7  # people a page
QUERY_MAX, QUERY_WORDS_MAX = 100, 10  # characters and words of what is looked for
TRENDS_DEFAULT, TRENDS_MAX = 10, 50

SUBSCRIPTIONS_MAX = 20  # of a user: browsers forget theirs without a word, so the oldest goes
ENDPOINT_MAX = 2_000
SESSION_DAYS = 90  # since last seen; a phone in a drawer for a season signs in again
QUEUE_KEEP = 800  # entries: twice what Mastodon keeps, 20 pages of 40
QUEUE_DAYS = 14  # who stays away longer gets the queue rebuilt on return
MUTE_MIN_SECONDS, MUTE_MAX_SECONDS = 60, 366 * 24 * 3600
FOREVER_MS = 4_102_444_800_000  # the year 2100: until then what has no end
LARGE_FAN_OUT = 1_000  # followers; beyond it a bark travels in the lane of large ones, cut into shares:
SHARE_FOLLOWERS = 250_000  # followers a share; each share reads them all from the graph and keeps its own
SHARES_MAX = 8  # which is why there are not more


@dataclass(frozen=True)
class Counts:
    """How much a user has barked, and how many follow and are followed."""

    barks: int = 0
    followers: int = 0
    following: int = 0


@dataclass(frozen=True)
class User:
    """A person, as everybody may see her."""

    id: int
    handle: str
    name: str = ""
    about: str = ""
    interests: tuple[str, ...] = ()
    counts: Counts = field(default_factory=Counts)


@dataclass(frozen=True)
class Relation:
    """What is between the viewer and another user."""

    follows: bool = False
    followed_by: bool = False
    blocks: bool = False
    blocked_by: bool = False  # which is not shown
    muted_until: int = 0  # Unix milliseconds, of a mute that stands

    @property
    def mutes(self) -> bool:
        """Whether the viewer mutes the other now."""
        return self.muted_until > 0

    @property
    def parted(self) -> bool:
        """Whether neither may see the other, because one of them blocks the other."""
        return self.blocks or self.blocked_by


@dataclass(frozen=True)
class Seen:
    """Somebody as a viewer sees her; `you` is None for strangers, and while the graph is down."""

    user: User
    you: Relation | None


@dataclass(frozen=True)
class Degrees:
    """Whether one follows, mutes or blocks another, how many the one follows, and how many follow the other."""

    follows: bool
    following: int
    followers: int
    muted_until: int = 0  # Unix milliseconds; may be past
    blocks: bool = False
    blocked_by: bool = False

    @property
    def bond(self) -> tuple[bool, int, bool, bool]:
        """What is between the two, without the counts."""
        return self.follows, self.muted_until, self.blocks, self.blocked_by


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be suggested: how many of those I follow follow her, and some of them."""

    id: int
    count: int
    followers: int
    because: tuple[int, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    """Somebody who is suggested, with some of those I follow who follow her, and how many they are."""

    seen: Seen
    because: list[Seen]
    count: int


@dataclass(frozen=True)
class Session:
    """One signed-in device; its token is known to the device alone."""

    id: int
    user_id: int
    device: str
    seen_ms: int


@dataclass(frozen=True)
class Subscription:
    """Where a browser is pushed to, and the keys it gave for that; who knows the endpoint can push there."""

    id: int
    user_id: int
    session_id: int
    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)


@dataclass(frozen=True)
class Position:
    """How far somebody has read on one device: the id of an entry, and when it was moved there."""

    entry_id: str | None = None
    moved_ms: int | None = None


@dataclass(frozen=True)
class Near:
    """Somebody near a cell: how far the middle of hers is away, in whole metres, and in which direction."""

    user_id: int
    metres: int
    direction: str


@dataclass(frozen=True)
class BarkDraft:
    """What a user wrote, checked for form."""

    text: str
    in_reply_to: int | None = None
    quote_of: int | None = None


@dataclass(frozen=True)
class Bark:
    """One bark; a deleted one stays as a tombstone without text, so that its deletion can travel too."""

    id: int
    author_id: int
    text: str
    thread: int
    in_reply_to: int | None = None
    quote_of: int | None = None
    replies: int = 0
    likes: int = 0
    likes_move: bool = False  # its likes changed of late: the count may not be right yet
    deleted: bool = False
    fanned_out: bool = False
    trace: str = ""  # of the request that made it, where that is traced: who shows it on a screen goes on with it

    @property
    def tags(self) -> tuple[str, ...]:
        """Its hashtags, folded."""
        return tags_of(self.text)


@dataclass
class Shown:
    """A bark with its author: what a reader is shown. `json` keeps what was made of it, so that it is made once."""

    bark: Bark
    author: User
    json: bytes = field(default=b"", compare=False, repr=False)


@dataclass(frozen=True)
class Like:
    """Somebody likes a bark. The larger its id, the newer."""

    id: int
    bark_id: int
    user_id: int


Reason = Literal["like", "follow", "mention", "reply"]


@dataclass(frozen=True)
class Sought:
    """Whom somebody looks for: by words of which all must match, by a handle or its beginning, by an interest; folded.

    `handle` is what was typed, if it could be one; with `by_handle` nothing else counts.
    """

    words: tuple[str, ...] = ()
    handle: str = ""
    by_handle: bool = False
    interest: str = ""


@dataclass(frozen=True)
class End:
    """Where a page of people ended: the key by which the last one was found, in which tier, and what led there."""

    key: str
    tier: int
    lead: int
    reach: int
    id: int


@dataclass(frozen=True)
class Trend:
    """A hashtag of the last day: how many people used it, and in how many barks."""

    tag: str
    people: int
    barks: int


@dataclass(frozen=True)
class Notification:
    """What somebody (`user_id`) is told about herself: who did what, and to or by which bark."""

    id: int
    kind: Reason
    user_id: int
    from_id: int
    bark_id: int | None = None
    told: bool = False


@dataclass(frozen=True)
class Told:
    """A notification as it is shown: with who did it, and the bark."""

    notification: Notification
    user: User
    shown: Shown | None


@dataclass(frozen=True)
class Entry:
    """One line of a queue. `id` is Redis' stream id: arrival order, and the cursor of live push."""

    id: str
    kind: str
    bark_id: int
    author_id: int

    @classmethod
    def parse(cls, id_: str, kind: str, body: str) -> "Entry":
        """Read the one field of an entry: `<bark> <author>` for a bark, else `<kind> <bark>:<author>`."""
        if kind.isdigit():
            return cls(id_, "bark", int(kind), int(body))
        bark_id, _, author_id = body.partition(":")
        return cls(id_, kind, int(bark_id), int(author_id))

    @property
    def arrived_ms(self) -> int:
        """Return when it arrived in the queue, in Unix milliseconds."""
        return int(self.id.partition("-")[0])


def is_entry_id(text: str) -> bool:
    """Tell whether this could be the id of an entry."""
    return bool(re.fullmatch(ENTRY_ID, text))


def entry_order(entry_id: str) -> tuple[int, int]:
    """Return what entries are sorted by, in order of arrival."""
    ms, _, number = entry_id.partition("-")
    return int(ms), int(number)
