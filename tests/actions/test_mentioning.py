"""Who is told of a bark because it names her or answers her."""

import pytest

from barker import ids
from barker.actions import barking, blocking, fanning, mentioning, notifying
from barker.models import BarkDraft, User
from barker.stores import Stores
from barker.stores.jobs import Job
from tests.actions.readers import NewUser, bark


def told(stores: Stores, user: User) -> list[tuple[str, int]]:
    """Return the kinds and senders of a user's notifications, newest first."""
    page = notifying.read(stores, user.id, ids.MAX_ID, 40).items
    return [(one.notification.kind, one.user.id) for one in page]


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("@ada and @BOB_2, hello", ["ada", "bob_2"]),
        ("@ada @ada @Ada", ["ada"]),
        ("(@ada)", ["ada"]),
        ("end with @ada.", ["ada"]),
        ("ada@example.org", []),
        ("@ada@example.org", []),
        ("https://x.org/@ada", []),
        ("@a @" + "x" * 31, []),
        (" ".join(f"@user{n}" for n in range(12)), [f"user{n}" for n in range(10)]),
    ],
    ids=["two", "once", "brackets", "full-stop", "mail", "elsewhere", "web", "no-handle", "crowd"],
)
def test_handles_are_found_in_texts(text: str, handles: list[str]) -> None:
    assert mentioning.handles_in(text) == handles


def test_who_is_named_or_answered_is_told_once(stores: Stores, new_user: NewUser, asked: list[Job]) -> None:
    ada, bob, cat = new_user("ada"), new_user("bob"), new_user("cat")
    first = bark(stores, ada)
    text = f"@{ada.handle} @{cat.handle} @{bob.handle} @nobody_at_all"
    draft = BarkDraft(text, in_reply_to=first)
    answer = barking.post_bark(stores, bob, draft, ids.new()).bark.id
    fanning.fan_out(stores, [answer])
    assert [job for job in asked if job.name == "mention"] == [Job("mention", {"bark": answer})]
    for _ in range(2):
        mentioning.mention(stores, answer)
    assert told(stores, ada) == [("reply", bob.id)]
    assert told(stores, cat) == [("mention", bob.id)]
    assert told(stores, bob) == []
    barking.delete_bark(stores, bob.id, answer)
    assert told(stores, ada) == told(stores, cat) == []


def test_a_bark_that_concerns_nobody_asks_for_no_job(stores: Stores, new_user: NewUser, asked: list[Job]) -> None:
    bark(stores, new_user("ada"), "woof")
    assert "mention" not in {job.name for job in asked}


@pytest.mark.parametrize("hide", ["block", "mute"])
def test_who_blocks_or_mutes_is_not_told(stores: Stores, new_user: NewUser, asked: list[Job], hide: str) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    if hide == "block":
        blocking.block(stores, ada.id, bob.handle)
    else:
        blocking.mute(stores, ada.id, bob.handle, None)
    mentioning.mention(stores, bark(stores, bob, f"@{ada.handle}"))
    assert told(stores, ada) == []
