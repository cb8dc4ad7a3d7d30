"""Talk to a Barker service.

from barker_client import Client

with Client("http://127.0.0.1:8000") as me:
me.sign_in("ada", "correct horse")
me.bark("Hello!")
for event in me.stream():
if event.bark:
print(event.bark.author.handle, event.bark.text)
"""

from barker_client.client import Client
from barker_client.errors import (
    BarkerError,
    Conflict,
    Fault,
    Invalid,
    Malformed,
    NotAllowed,
    NotFound,
    NotSignedIn,
    ServiceDown,
    TooMany,
    TryLater,
    Unexpected,
    Unreachable,
)
from barker_client.pages import Page, Pages
from barker_client.retries import Retries
from barker_client.stream import Event, Stream
from barker_client.version import VERSION

__all__ = [
    "VERSION",
    "BarkerError",
    "Client",
    "Conflict",
    "Event",
    "Fault",
    "Invalid",
    "Malformed",
    "NotAllowed",
    "NotFound",
    "NotSignedIn",
    "Page",
    "Pages",
    "Retries",
    "ServiceDown",
    "Stream",
    "TooMany",
    "TryLater",
    "Unexpected",
    "Unreachable",
]
