"""Lists that come in pages: go through all of one, or take a page."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Generic, TypeVar

from barker_client.calls import Query
from barker_client.errors import Unexpected
from barker_client.reading import read
from barker_client.shapes import Shape

T = TypeVar("T", bound=Shape)


@dataclass(frozen=True)
class Page(Generic[T]):
    """A page of a list. `next` is the cursor of the one behind it, None on the last; `raw` is the JSON as it came."""

    items: tuple[T, ...]
    next: str | None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


class Pages(Generic[T]):
    """A list that is read as far as it is looked at; each `for` begins anew."""

    def __init__(self, get: Callable[[str, Query], Any], path: str, kind: type[T], query: Query) -> None:
        """`query` holds what the list is of, and the `limit` of a page."""
        self._get, self._path, self._kind, self._query = get, path, kind, query

    def page(self, cursor: str | None = None) -> Page[T]:
        """Return the first page, or the one that a cursor leads to."""
        given = self._get(self._path, {**self._query, "cursor": cursor})
        if not isinstance(given, dict) or not isinstance(given.get("items"), list):
            raise Unexpected("The service answered something that is no page.")
        return Page(tuple(read(self._kind, one) for one in given["items"]), given.get("next"), given)

    def pages(self) -> Iterator[Page[T]]:
        """Yield one page after the other."""
        cursor = None
        while True:
            page = self.page(cursor)
            yield page
            if page.next is None:
                return
            if page.next == cursor:
                raise Unexpected("The service leads from a page to the same page.")
            cursor = page.next

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page.items

    def take(self, number: int) -> list[T]:
        """Return the first so many."""
        return list(islice(self, number))
