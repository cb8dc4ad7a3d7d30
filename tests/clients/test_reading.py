"""What comes is read as it is meant: pages, shapes, and events out of bytes."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from barker_client import Client, Unexpected
from barker_client.pages import Pages
from barker_client.reading import read
from barker_client.shapes import Bark, ReadMarker, User
from barker_client.sse import Message, messages


def test_pages_are_read_as_far_as_they_are_looked_at(ada: Client) -> None:
    sent = [ada.bark(str(number)).id for number in range(7)]
    asked: list[str] = []
    ada._session.hooks["response"].append(lambda answer, **_: asked.append(answer.url))
    found = ada.barks_of(ada.me().handle, limit=3)
    asked.clear()
    assert [bark.id for bark in found.take(3)] == sent[:3:-1]
    assert len(asked) == 1
    assert [bark.id for bark in found] == sent[::-1]
    assert len(asked) == 1 + 3
    first = found.page()
    assert [bark.id for bark in found.page(first.next).items] == sent[3:0:-1]


def test_a_page_that_filtering_emptied_does_not_end_a_list() -> None:
    pages = {None: {"items": [], "next": "a"}, "a": {"items": [], "next": "b"}, "b": {"items": [MARK], "next": None}}
    found = Pages(lambda _, query: pages[query["cursor"]], "/", ReadMarker, {})  # type: ignore[index]
    assert [marker.id for marker in found] == ["5"]


def test_a_page_that_leads_to_itself_ends_in_an_error() -> None:
    found = Pages(lambda _, query: {"items": [], "next": "a"}, "/", ReadMarker, {})
    with pytest.raises(Unexpected):
        list(found)


MARK = {"id": "5", "unread": 3, "newer": "than this package"}


def test_shapes_are_typed_and_keep_what_they_do_not_know(ada: Client) -> None:
    marker = read(ReadMarker, MARK)
    assert (marker.unread, marker.raw["newer"]) == (3, "than this package")
    me = ada.me()
    assert isinstance(me, User)
    assert datetime.now(UTC) - me.created_at < timedelta(minutes=10)
    bark = ada.get_bark(ada.bark("Hello").id)
    assert isinstance(bark, Bark)
    assert (bark.author.id, bark.counts.likes, bark.rebark_of) == (me.id, 0, None)
    assert len({bark, ada.get_bark(bark.id)}) == 1


@pytest.mark.parametrize("given", [None, [], {}, {"id": 5, "unread": 3}, {"id": "5", "unread": "3"}, "text"], ids=repr)
def test_what_does_not_fit_is_named(given: object) -> None:
    with pytest.raises(Unexpected, match="ReadMarker"):
        read(ReadMarker, given)


STREAM = (
    "\ufeff: hello\n\nretry: 2000\n\nid: 1-0\nevent: bark\ndata: {\r\ndata:  é}\r\n\r\n"
    ": beat\n\nid: 2-0\rdata:x\r\rid\nevent: odd: one\nfield: ?\ndata\n\nid: 9\ndata: broken off"
).encode()
FOUND = [Message("bark", "1-0", "{\n é}"), Message("message", "2-0", "x"), Message("odd: one", "", "")]


@given(st.lists(st.integers(0, len(STREAM))))
def test_events_are_read_the_same_wherever_they_are_cut(cuts: list[int]) -> None:
    ends = [0, *sorted(cuts), len(STREAM)]
    assert list(messages(STREAM[a:b] for a, b in pairwise(ends))) == FOUND
