"""Texts as they are looked for: words and hashtags, without case and accents."""

import re
import unicodedata

WORD_MAX = 32  # characters of a word that count; a longer one is found by its beginning
INTEREST_MAX = 40  # the same of an interest: some characters are eighteen once they are folded
TAG_MAX = 50
TAGS_MAX = 10  # of a bark; more are plain words
BARK_WORDS_MAX = 100  # different ones of a bark that are found
ABOVE = 200  # combining classes from here on are accents; below it they are parts of letters, as in Hindi or Thai

# Scripts that put no blanks between words: each character is a word, and a query of several needs them all.
_ALONE = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_PARTS = "\u0900-\u0963\u0966-\u109f\u1780-\u17d3"  # scripts whose vowels are marks, which \w does not take
_WORD = re.compile(rf"[{_ALONE}]|(?:[^\W_{_ALONE}]|[{_PARTS}])+")
_TAG = re.compile(rf"(?<![\w{_PARTS}&/#@.])#((?:\w|[{_PARTS}]){{1,{TAG_MAX}}})(?![\w{_PARTS}#])")
_URL = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+|\bwww\.\S+", re.IGNORECASE)


def fold(text: str) -> str:
    """Return a text without case and accents, in NFC."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in apart if unicodedata.combining(char) < ABOVE)
    return unicodedata.normalize("NFC", bare.casefold())


def words_of(text: str) -> list[str]:
    """Return the different words of a text, folded, in the order in which they first come."""
    return list(dict.fromkeys(word[:WORD_MAX] for word in _WORD.findall(fold(text))))


def interest_of(text: str) -> str:
    """Return an interest as it is looked for; nothing for one that is made of accents alone."""
    return fold(text).strip()[:INTEREST_MAX].strip()


def tags_of(text: str) -> tuple[str, ...]:
    """Return the different hashtags of a text, folded: letters, digits and underscores, not digits alone.

    None begins inside of a word or a URL.
    """
    if "#" not in text and "\uff03" not in text:
        return ()
    found = dict.fromkeys(tag for tag in _TAG.findall(fold(_URL.sub(" ", text))) if not tag.isdecimal())
    return tuple(found)[:TAGS_MAX]


def tag_of(text: str) -> str | None:
    """Return a hashtag that was named without its sign, folded; None if it cannot be one."""
    tags = tags_of(f"#{text}")
    return tags[0] if tags and fold(f"#{text}") == f"#{tags[0]}" else None


def bark_keys(text: str) -> list[str]:
    """Return by what a bark is found: its words, and its hashtags with their sign."""
    return [*words_of(text)[:BARK_WORDS_MAX], *(f"#{tag}" for tag in tags_of(text))]


def query_keys(text: str) -> list[str]:
    """Return the keys that a bark must have to be found: a hashtag for a hashtag, not for its words."""
    tags = tags_of(text)
    bare = fold(text)
    for tag in sorted(tags, key=len, reverse=True):
        bare = bare.replace(f"#{tag}", " ")
    return list(dict.fromkeys([*(f"#{tag}" for tag in tags), *words_of(bare)]))
