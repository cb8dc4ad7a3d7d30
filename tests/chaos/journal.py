"""What people asked for and what they were answered: with what is stored in the end, this is the truth."""

from dataclasses import dataclass, field

Pair = tuple[int, int]  # who reads, and whom she follows


@dataclass
class Post:
    """One bark as its author knows it. Times are Unix seconds."""

    author: int
    text: str
    began: float
    bark_id: int = 0  # known once it was acknowledged
    ended: float = 0.0

    @property
    def acknowledged(self) -> bool:
        """Whether its author was told that it is there."""
        return bool(self.bark_id)


@dataclass(frozen=True)
class Change:
    """One follow or unfollow, and whether it was acknowledged; if not, it may have happened or not."""

    pair: Pair
    follows: bool
    acknowledged: bool
    began: float
    ended: float


@dataclass(frozen=True)
class Told:
    """A bark on an open screen, and the entry of the queue that brought it."""

    entry: str
    bark_id: int


@dataclass
class Journal:
    """Filled by many threads, which only append; read when they have ended."""

    posts: list[Post] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    deletions: list[tuple[int, bool]] = field(default_factory=list)  # bark, acknowledged
    pages: int = 0  # of feeds read meanwhile
    faults: list[str] = field(default_factory=list)  # what was wrong with them, and unexpected answers

    def followed_since(self, initial: set[Pair]) -> dict[Pair, float]:
        """Return the pairs that surely are followed, each with the time from when on; the last word counts."""
        since = dict.fromkeys(initial, 0.0)
        for change in sorted(self.changes, key=lambda change: change.ended):
            since.pop(change.pair, None)
            if change.follows and change.acknowledged:
                since[change.pair] = change.ended
        return since

    def left_at(self) -> dict[Pair, float]:
        """Return the pairs whose last word was an acknowledged unfollow, each with the time when it was begun."""
        last = {change.pair: change for change in sorted(self.changes, key=lambda change: change.ended)}
        return {pair: word.began for pair, word in last.items() if word.acknowledged and not word.follows}
