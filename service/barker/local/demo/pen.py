"""How texts of the demo are written: drawn from words, their slots filled, some dressed up."""

import re
from collections.abc import Mapping
from random import Random

from barker.local.demo.tongues import LOCAL
from barker.local.demo.topics import TOPICS
from barker.local.demo.words import ANSWERS, ANY_ANSWERS, CLOSERS, DAILY, EMOJI, OPENERS, RETURNS, SLOTS

SLOT = re.compile(r"\{(\w+)\}")
SENTENCE_ENDS = (".", "!", "?")
DAILY_SHARE, LOCAL_SHARE, CLUSTER_SHARE, NAMED_SHARE = 0.25, 0.3, 0.6, 0.12


class Pen:
    """Writes at random. What is drawn goes to the bottom of its deck, so that it comes back late."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._decks: dict[tuple[str, ...], list[str]] = {}
        self._spent: set[tuple[str, str]] = set()

    def draw(self, words: tuple[str, ...]) -> str:
        """Return one of the words."""
        return self._turn(words, self._deck(words)[0])

    def fill(self, text: str, given: Mapping[str, str] | None = None) -> str:
        """Put words into the slots, with a capital where a sentence begins."""
        words = dict(given or {})  # a slot that comes twice gets the same word

        def word(slot: re.Match[str]) -> str:
            found = words[slot[1]] = words.get(slot[1]) or self._rng.choice(SLOTS[slot[1]])
            before = text[: slot.start()].rstrip(' "')
            return found if before and not before.endswith(SENTENCE_ENDS) else found[0].upper() + found[1:]

        return SLOT.sub(word, text)

    def bark(self, author: str, interests: tuple[str, ...], language: str) -> tuple[str, str]:
        """Return a text that fits the author, and the cluster it is about ('' for daily life)."""
        if language and self._rng.random() < LOCAL_SHARE and (text := self._fresh(LOCAL[language], "")):
            return text, ""
        interest = self._rng.choice(interests)
        cluster = next(cluster for cluster, topics in TOPICS.items() if interest in topics)
        if self._rng.random() > DAILY_SHARE and (text := self._fresh(TOPICS[cluster][interest], author)):
            return self._dressed(self.fill(text), interest), cluster
        return self.fill(self._fresh(DAILY, author) or self.draw(DAILY)), ""

    def answer(self, cluster: str, to: str, *, returning: bool) -> str:
        """Return an answer to somebody's bark about a cluster, or to somebody's answer to oneself."""
        fitting = ANSWERS[cluster] if cluster and self._rng.random() < CLUSTER_SHARE else ANY_ANSWERS
        text = self.draw(RETURNS if returning else fitting)
        return f"@{to} {text}" if self._rng.random() < NAMED_SHARE else text

    def _fresh(self, words: tuple[str, ...], by: str) -> str:
        """Return what this author has not drawn yet; '' if there is nothing."""
        text = next((text for text in self._deck(words) if (by, text) not in self._spent), "")
        self._spent.add((by, text))
        return self._turn(words, text) if text else ""

    def _deck(self, words: tuple[str, ...]) -> list[str]:
        if words not in self._decks:
            self._decks[words] = self._rng.sample(words, len(words))
        return self._decks[words]

    def _turn(self, words: tuple[str, ...], text: str) -> str:
        deck = self._deck(words)
        deck.remove(text)
        deck.append(text)
        return text

    def _dressed(self, text: str, interest: str) -> str:
        gap = "\n" if "\n" in text else " "
        tag, emoji = "#" + interest.replace(" ", ""), EMOJI[interest]
        dresses = {
            f"{self._rng.choice(OPENERS)}{text}": 1,
            f"{text}{gap}{self.draw(CLOSERS)}": 2,
            f"{text}{gap}{emoji}": 3,
            f"{text}{gap}{tag}": 2,
            f"{text}\n\n{tag} {emoji}": 1,
            text: 9,
        }
        return self._rng.choices(list(dresses), list(dresses.values()))[0]
