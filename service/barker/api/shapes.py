"""What an answer holds. OpenAPI is generated from these, and every answer is built of them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, PlainSerializer, RootModel

from barker.models import ENTRY_ID, Reason


def _time(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"


Id = Annotated[str, Field(pattern=r"^[0-9]{1,19}$", examples=["1441151880758558720"])]
Time = Annotated[datetime, PlainSerializer(_time, return_type=str), Field(description="RFC 3339, UTC, milliseconds")]


class UserCounts(BaseModel):
    """How much somebody barked, and how many follow and are followed."""

    barks: int
    followers: int
    following: int


class UserYou(BaseModel):
    """What is between somebody and you."""

    follows: bool
    followed_by: bool
    blocks: bool
    mutes: bool
    muted_until: Time | None  # null: not muted, or until further notice


class User(BaseModel):
    """Somebody. `you` is null for strangers, inside of barks, and while the graph is down."""

    id: Id
    handle: str
    name: str
    about: str
    interests: list[str]
    avatar_url: str | None
    created_at: Time
    counts: UserCounts
    you: UserYou | None


class BarkCounts(BaseModel):
    """How a bark was received."""

    likes: int
    rebarks: int
    replies: int


class BarkYou(BaseModel):
    """What you did with a bark."""

    liked: bool
    rebarked: bool
    bookmarked: bool


class Bark(BaseModel):
    """A bark with its author. `tags` are its hashtags, without case and accents: each has a page at /v1/tags."""

    id: Id
    text: str
    tags: list[str]
    author: User
    created_at: Time
    edited_at: Time | None
    in_reply_to: Id | None
    thread: Id
    rebark_of: "Bark | None"
    quote_of: Id | None
    media: list[dict[str, Any]]
    counts: BarkCounts
    you: BarkYou | None


class Session(BaseModel):
    """A signed-in device; `current` is the one that asks."""

    id: Id
    device: str
    created_at: Time
    seen_at: Time
    current: bool


class Position(BaseModel):
    """How far you have read on this device; null until you have said so."""

    id: Annotated[str, Field(pattern=f"^{ENTRY_ID}$", examples=["1764000000000-0"])] | None
    updated_at: Time | None


class SignedIn(BaseModel):
    """A user with a new session; the token is told only here."""

    user: User
    token: str
    session: Session


class Users(BaseModel):
    """A page of people."""

    items: list[User]
    next: str | None


class Neighbour(BaseModel):
    """Somebody near. The distance is one of cells of a grid, to two digits; 0 is the same cell, "here"."""

    user: User
    distance_m: int
    direction: Literal["here", "n", "ne", "e", "se", "s", "sw", "w", "nw"]


class Neighbours(BaseModel):
    """A page of people near, the nearest first."""

    items: list[Neighbour]
    next: str | None


class Distant(BaseModel):
    """Somebody, and in how many steps she is reached."""

    user: User
    distance: int


class PeopleWithin(BaseModel):
    """A page of people within some steps; `bounded` where some may lack, or be nearer, as hubs are not read whole."""

    items: list[Distant]
    next: str | None
    bounded: bool


class UsersOrWithin(RootModel[Users | PeopleWithin]):
    """A page of people; with `depth`, of people with their distance."""


class Suggestion(BaseModel):
    """Somebody to follow: how many of those you follow follow her, and some of them; none where it is for her fame."""

    user: User
    because: list[User]
    count: int


class Suggestions(BaseModel):
    """A page of people to follow."""

    items: list[Suggestion]
    next: str | None


class Path(BaseModel):
    """The people from you to somebody, each of whom follows the next; nobody where no path was found."""

    people: list[User]


class Barks(BaseModel):
    """A page of barks."""

    items: list[Bark]
    next: str | None


class Match(BaseModel):
    """Somebody, and which of your interests she shares."""

    user: User
    shared: list[str]


class Matches(BaseModel):
    """A page of such people."""

    items: list[Match]
    next: str | None


class Trend(BaseModel):
    """A hashtag: how many people used it in the last day, and in how many barks."""

    tag: str
    people: int
    barks: int


class Trends(BaseModel):
    """The hashtags that most people used; there is no next page."""

    items: list[Trend]
    next: None


class Sessions(BaseModel):
    """A page of sessions."""

    items: list[Session]
    next: str | None


class Notification(BaseModel):
    """Somebody did something that concerns you; `bark` is yours that is liked, or hers that tells of you, or null."""

    id: Id
    kind: Reason
    user: User
    bark: Bark | None
    created_at: Time
    read: bool


class Notifications(BaseModel):
    """A page of notifications, and how many are not read: up to 1,000."""

    items: list[Notification]
    next: str | None
    unread: int


class ReadMarker(BaseModel):
    """Up to which notification all are read ("0": none), and how many are not."""

    id: Id
    unread: int


class PushKey(BaseModel):
    """What a browser needs to subscribe: its `applicationServerKey`, in base64url."""

    key: str


class PushSubscription(BaseModel):
    """A browser that is pushed to."""

    id: Id
    endpoint: str
    created_at: Time


class PushSubscriptions(BaseModel):
    """A page of such browsers."""

    items: list[PushSubscription]
    next: str | None


class FieldError(BaseModel):
    """What is wrong with one field."""

    field: str
    message: str


class StoreHealth(BaseModel):
    """Whether one store answered, and in how many milliseconds."""

    ok: bool
    ms: float | None


class Problem(BaseModel):
    """An error (RFC 9457). `code` is stable."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[FieldError]
    store: str | None = None
    stores: dict[str, StoreHealth] | None = None


class Alive(BaseModel):
    """This process answers."""

    status: Literal["alive"]


class Ready(BaseModel):
    """All stores answer."""

    status: Literal["ready"]
    stores: dict[str, StoreHealth]
