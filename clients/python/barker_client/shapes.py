"""What a service tells: frozen, typed. `raw` of each is the JSON as it came, with what this version does not know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Shape:
    """The base of all of them."""

    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class UserCounts(Shape):
    """How much somebody barked, and how many follow and are followed."""

    barks: int
    followers: int
    following: int


@dataclass(frozen=True)
class UserYou(Shape):
    """What is between somebody and you."""

    follows: bool
    followed_by: bool
    blocks: bool
    mutes: bool
    muted_until: datetime | None = None


@dataclass(frozen=True)
class User(Shape):
    """Somebody. `you` is None for who is not signed in, inside of barks, and while the graph is down."""

    id: str
    handle: str
    name: str
    about: str
    interests: tuple[str, ...]
    avatar_url: str | None
    created_at: datetime
    counts: UserCounts
    you: UserYou | None


@dataclass(frozen=True)
class BarkCounts(Shape):
    """How a bark was received."""

    likes: int
    rebarks: int
    replies: int


@dataclass(frozen=True)
class BarkYou(Shape):
    """What you did with a bark."""

    liked: bool
    rebarked: bool
    bookmarked: bool


@dataclass(frozen=True)
class Bark(Shape):
    """A bark with its author; a rebark has no text, but `rebark_of`."""

    id: str
    text: str
    author: User
    created_at: datetime
    edited_at: datetime | None
    in_reply_to: str | None
    thread: str | None
    rebark_of: "Bark | None"
    quote_of: str | None
    media: tuple[Any, ...]
    counts: BarkCounts
    you: BarkYou | None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Session(Shape):
    """A signed-in device; `current` is the one that asks."""

    id: str
    device: str
    created_at: datetime
    seen_at: datetime
    current: bool


@dataclass(frozen=True)
class SignedIn(Shape):
    """A user with a new session; the token is told only here."""

    user: User
    token: str = field(repr=False)
    session: Session


@dataclass(frozen=True)
class Notification(Shape):
    """Somebody (`user`) did something that concerns you: `kind` is `like`, `follow`, `mention`, `reply` or newer."""

    id: str
    kind: str
    user: User
    bark: Bark | None
    created_at: datetime
    read: bool


@dataclass(frozen=True)
class ReadMarker(Shape):
    """Up to which notification all are read ("0": none), and how many are not."""

    id: str
    unread: int


@dataclass(frozen=True)
class Position(Shape):
    """How far you have read on this device; None until you have said so."""

    id: str | None
    updated_at: datetime | None


@dataclass(frozen=True)
class PushSubscription(Shape):
    """A browser that is pushed to."""

    id: str
    endpoint: str
    created_at: datetime


@dataclass(frozen=True)
class Near(Shape):
    """Somebody near you: rounded metres, and the direction: `n`, `ne` … or `here`."""

    user: User
    distance_m: int
    direction: str


@dataclass(frozen=True)
class Match(Shape):
    """Somebody who is like you, or the opposite, by interests."""

    user: User
    shared: tuple[str, ...]


@dataclass(frozen=True)
class Suggestion(Shape):
    """Somebody you may want to follow: `count` of those you follow do, some of them are in `because`."""

    user: User
    because: tuple[User, ...]
    count: int


@dataclass(frozen=True)
class Reached(Shape):
    """Somebody who is so many follows away."""

    user: User
    distance: int


@dataclass(frozen=True)
class Path(Shape):
    """Who leads from one to another, both included; empty where nobody does."""

    people: tuple[User, ...]


@dataclass(frozen=True)
class Trend(Shape):
    """A hashtag: how many people used it in the last day, and in how many barks."""

    tag: str
    people: int
    barks: int
