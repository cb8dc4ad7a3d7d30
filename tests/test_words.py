"""Texts as they are looked for."""

import pytest

from barker.words import BARK_WORDS_MAX, TAG_MAX, TAGS_MAX, WORD_MAX, bark_keys, query_keys, tag_of, tags_of, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ünïted, I'm FULL of naïveté", ["united", "i", "m", "full", "of", "naivete"]),
        ("Straße STRASSE", ["strasse"]),
        ("Ёлка Й", ["елка", "и"]),
        ("ΣΊΣΥΦΟΣ Σίσυφος", ["σισυφοσ"]),
        ("ｗｉｄｅ ﬁne ㎏", ["wide", "fine", "kg"]),
        ("我爱狗 dog狗", ["我", "爱", "狗", "dog"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("snake_case 3.14 🐕", ["snake", "case", "3", "14"]),
        ("x" * 80, ["x" * WORD_MAX]),
        ("!? … 🐕", []),
    ],
)
def test_a_text_becomes_words_without_case_and_accents(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#Dogs and #dogs_2, #möwen!", ("dogs", "dogs_2", "mowen")),
        ("#DOGS #dogs #dögs", ("dogs",)),
        ("(#a) #b.c 'x' #d-e", ("a", "b", "d")),
        ("＃wide #हिन्दी #日本", ("wide", "हिन्दी", "日本")),
        ("a#b ##c #d#e &#39; /#f @#g", ()),
        ("https://x.example/#top?q=#a www.x.example/#b ftp://y/#c", ()),
        ("#2026 #1st #_ #", ("1st", "_")),
        ("#" + "x" * TAG_MAX + " #" + "y" * (TAG_MAX + 1), ("x" * TAG_MAX,)),
        (" ".join(f"#t{n}" for n in range(30)), tuple(f"t{n}" for n in range(TAGS_MAX))),
    ],
)
def test_hashtags_are_found_outside_of_words_and_addresses(text: str, tags: tuple[str, ...]) -> None:
    assert tags_of(text) == tags


@pytest.mark.parametrize(
    ("named", "tag"), [("DÖGS", "dogs"), ("1st", "1st"), ("12", None), ("a b", None), ("#a", None), ("", None)]
)
def test_a_named_hashtag_is_folded_or_none(named: str, tag: str | None) -> None:
    assert tag_of(named) == tag


def test_a_bark_is_found_by_its_words_and_by_its_hashtags() -> None:
    keys = bark_keys("My #Big_Dogs bark")
    assert keys == ["my", "big", "dogs", "bark", "#big_dogs"]
    assert set(query_keys("bark #big_dogs")) <= set(keys)
    assert query_keys("#dog dogs #dogs") == ["#dog", "#dogs", "dogs"]
    assert len(bark_keys(" ".join(f"{n:03d}" for n in range(125)))) == BARK_WORDS_MAX
