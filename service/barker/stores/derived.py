"""Fields that searches need, as they follow from a document that was stored without them, or by an older rule."""

from typing import Any

from barker.stores import people_search
from barker.stores.documents import Document
from barker.words import bark_keys


def of_user(user: Document) -> tuple[Document, dict[str, Any]]:
    """Return what must still be so for these fields to be right, and the fields."""
    same = {name: user[name] for name in ("name", "about", "interests", "counts.followers") if name in user}
    return {**same, "counts.followers": user["counts"]["followers"]}, people_search.derived(user)


def of_bark(bark: Document) -> tuple[Document, dict[str, Any]]:
    """Return what must still be so for these fields to be right, and the fields."""
    return {"deleted": False}, {} if bark["deleted"] else {"words": bark_keys(bark["text"])}
