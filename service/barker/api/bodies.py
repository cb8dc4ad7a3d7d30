"""What a request may hold, field by field; unknown fields are refused."""

import re
import unicodedata
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from barker import models, vapid
from barker.ids import MAX_ID
from barker.words import interest_of

GIVEN_HANDLE_MAX = 128  # who signs in under a handle that cannot be one is told no more than that it is wrong
PUSH_SECRET_BYTES = 16
CURSOR_MAX = 1_000  # one that holds a word, in JSON escapes
TEXT_CONTROLS = "\n\t"
LINE_END = re.compile(r"\r\n?")
INVISIBLE = {"Cc", "Cf", "Zl", "Zp", "Zs"}  # categories; what Unicode does not know yet may be a new emoji


def _clean(limit: int, *, lines: bool, blank: bool) -> AfterValidator:
    """Normalise to NFC; refuse control characters (line breaks where `lines`), too much, and nothing unless `blank`."""

    def check(text: str) -> str:
        text = unicodedata.normalize("NFC", LINE_END.sub("\n", text) if lines else text).strip()
        if any(unicodedata.category(char) == "Cc" and not (lines and char in TEXT_CONTROLS) for char in text):
            raise ValueError("Control characters are not allowed.")
        if not blank and all(unicodedata.category(char) in INVISIBLE for char in text):
            raise ValueError("It is empty.")
        if len(text) > limit:
            raise ValueError(f"It has {len(text)} characters, and may have {limit}.")
        return text

    return AfterValidator(check)


def _findable(interest: str) -> str:
    if not interest_of(interest):
        raise ValueError("There is nothing in it but accents.")
    return interest


def _fold(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) and value.isascii() else value


def _sent(limit: int, least: int = 0) -> Any:
    """Return the limit of what may be sent for a text: more than is kept, which is counted in NFC and stripped."""
    return Field(max_length=4 * limit, json_schema_extra={"maxLength": limit, "minLength": least})


def _plain(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{1,9}", value):
        raise ValueError("It must be a number, in digits.")
    return value


def _decimal(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,20})?", value):
        raise ValueError("It must be degrees, as a decimal number.")
    return value


def _bark_id(value: str) -> str:
    if int(value) > MAX_ID:
        raise ValueError("There is no such id.")
    return value


def _point(value: str) -> str:
    try:
        point = vapid.decoded(value, vapid.POINT_BYTES)
    except ValueError:
        point = b""
    if not vapid.is_point(point):
        raise ValueError("It must be an uncompressed point of P-256, 65 bytes in base64url.")
    return vapid.encoded(point)


def _secret(value: str) -> str:
    try:
        return vapid.encoded(vapid.decoded(value, PUSH_SECRET_BYTES))
    except ValueError:
        raise ValueError(f"It must be {PUSH_SECRET_BYTES} bytes in base64url.") from None


Handle = Annotated[
    str,
    BeforeValidator(_fold, json_schema_input_type=Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{2,30}$")]),
    Field(pattern=models.HANDLE, examples=["grace_h"]),
]
GivenHandle = Annotated[
    str, BeforeValidator(_fold), Field(min_length=1, max_length=GIVEN_HANDLE_MAX, examples=["grace_h"])
]
Password = Annotated[
    str, Field(min_length=models.PASSWORD_MIN, max_length=models.PASSWORD_MAX, examples=["correct horse"])
]
GivenPassword = Annotated[str, Field(max_length=1024, examples=["correct horse"])]
Name = Annotated[str, _sent(models.NAME_MAX), _clean(models.NAME_MAX, lines=False, blank=True)]
About = Annotated[str, _sent(models.ABOUT_MAX), _clean(models.ABOUT_MAX, lines=True, blank=True)]
Interest = Annotated[
    str,
    _sent(models.INTEREST_MAX, 1),
    _clean(models.INTEREST_MAX, lines=False, blank=False),
    AfterValidator(_findable),
]
Interests = Annotated[
    list[Interest], Field(max_length=models.INTERESTS_MAX), AfterValidator(lambda v: list(dict.fromkeys(v)))
]
Query = Annotated[str, _sent(models.QUERY_MAX, 1), _clean(models.QUERY_MAX, lines=False, blank=False)]
Device = Annotated[str, _sent(models.DEVICE_MAX), _clean(models.DEVICE_MAX, lines=False, blank=True)]
Text = Annotated[str, _sent(models.TEXT_MAX, 1), _clean(models.TEXT_MAX, lines=True, blank=False)]
Id = Annotated[str, Field(pattern=r"^[0-9]{1,19}$"), AfterValidator(_bark_id)]

Degrees = Annotated[float, BeforeValidator(_decimal)]
EntryId = Annotated[str, Field(pattern=f"^{models.ENTRY_ID}$", examples=["1764000000000-0"])]


class Body(BaseModel):
    """The base of all bodies: JSON types as they are, nothing unknown."""

    model_config = ConfigDict(extra="forbid", strict=True)


class SignUp(Body):
    """Somebody new."""

    handle: Handle
    password: Password
    name: Name = ""
    about: About = ""
    interests: Interests = []


class SignIn(Body):
    """Somebody who is back, on a device."""

    handle: GivenHandle
    password: GivenPassword
    device: Device = ""


class ProfileChanges(Body):
    """What of a profile shall change; what is left out stays."""

    name: Name = ""
    about: About = ""
    interests: Interests = []


class Mute(Body):
    """For how long, in seconds; null: until further notice. May be left out as a whole."""

    may_be_left_out: ClassVar = True

    seconds: int | None = Field(None, ge=models.MUTE_MIN_SECONDS, le=models.MUTE_MAX_SECONDS)


class NewBark(Body):
    """A bark, perhaps in answer to another, or quoting one."""

    text: Text
    in_reply_to: Id | None = None
    quote_of: Id | None = None
    media: Annotated[list[Id], Field(max_length=0, description="Pictures: none can be had yet.")] | None = None


class ReadUpTo(Body):
    """The newest notification that was read."""

    id: Id


class NewPlace(Body):
    """Where I am, in degrees."""

    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)
    lon: float = Field(ge=-180, le=180, allow_inf_nan=False)


class PushKeys(Body):
    """The keys of a browser, in base64url."""

    p256dh: Annotated[str, AfterValidator(_point)] = Field(description="A point of P-256: 65 bytes.")
    auth: Annotated[str, AfterValidator(_secret)] = Field(description="16 bytes.")


class NewSubscription(Body):
    """What a browser's PushSubscription.toJSON() returns."""

    endpoint: str = Field(min_length=1, max_length=models.ENDPOINT_MAX, examples=["https://push.example.org/a1b2"])
    # Taken and not kept: a push service says itself that a subscription is over.
    expiration_time: float | None = Field(None, alias="expirationTime", allow_inf_nan=False)
    keys: PushKeys


class ReadTo(Body):
    """How far I have read: the id of an event of the stream."""

    id: EntryId


class Ack(Body):
    """What a WebSocket is sent: all events up to this one were taken."""

    ack: EntryId


class Page(BaseModel):
    """Which page of a list."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, BeforeValidator(_plain)] = Field(models.PAGE_DEFAULT, ge=1, le=models.PAGE_MAX)
    cursor: str | None = Field(None, max_length=200)


class Nearby(Page):
    """Who is near: to how many metres, with which interest, and from where, else from my own place."""

    limit: Annotated[int, BeforeValidator(_plain)] = Field(models.NEARBY_DEFAULT, ge=1, le=models.PAGE_MAX)
    radius: Annotated[int | None, BeforeValidator(_plain)] = Field(None, ge=1, description="Metres, whole ones.")
    interest: Interest | None = None
    lat: Degrees | None = Field(None, ge=-90, le=90, description="Of another point; with lon.")
    lon: Degrees | None = Field(None, ge=-180, le=180)


class Within(Page):
    """Which page of a list, and within how many steps."""

    depth: Annotated[int, BeforeValidator(_plain)] | None = Field(
        None, ge=1, le=3, description="With it, items are `{user, distance}`: who is within so many steps."
    )


class SearchPeople(Page):
    """Whom to look for: by `q`, by `interest`, or by both."""

    q: Query | None = None
    interest: Interest | None = None
    cursor: str | None = Field(None, max_length=CURSOR_MAX)


class SearchBarks(Page):
    """What to look for in barks."""

    q: Query


class Matches(Page):
    """Which people: who share interests with me, or who have others."""

    kind: Literal["similar", "opposite"]


class Top(BaseModel):
    """How many."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, BeforeValidator(_plain)] = Field(models.TRENDS_DEFAULT, ge=1, le=models.TRENDS_MAX)


class Resume(BaseModel):
    """From where a stream goes on."""

    model_config = ConfigDict(extra="forbid")

    cursor: str | None = Field(None, max_length=64, description="As Last-Event-ID, for who cannot set headers.")


class NoQuery(BaseModel):
    """No query at all."""

    model_config = ConfigDict(extra="forbid")


class TagPath(BaseModel):
    """A hashtag, without its sign."""

    tag: str


class HandlePath(BaseModel):
    """Somebody, by handle."""

    handle: str


class IdPath(BaseModel):
    """Something, by id."""

    id: str

    def number(self) -> int:
        """Return the id; one that no id can be becomes 0, which nothing has."""
        return int(self.id) if re.fullmatch(r"[0-9]{1,19}", self.id) and int(self.id) <= MAX_ID else 0
