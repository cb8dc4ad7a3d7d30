"""The judge: compares every feed, queue and screen with the truth."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from barker import ids
from barker.models import Entry
from barker.stores import Stores
from tests.chaos.journal import Journal, Pair
from tests.chaos.keeping import Kept
from tests.chaos.screens import Screen

EVERY = 10_000_000  # barks of an author
TOLD = 30  # faults that are told one by one
GAP_SECONDS = 180.0  # what was told to be missed was made so long before, at most


@dataclass
class Verdict:
    """What was found."""

    deliveries: int = 0  # checked: a bark in a feed, in a queue, on a screen
    missing: int = 0
    doubled: int = 0
    wrong: int = 0  # shown though unfollowed, deleted or never followed
    disordered: int = 0
    excused: int = 0  # not seen in a queue or on a screen that was lost as a whole just then; the feed has them
    told: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether nothing is missing, doubled, wrong or out of order."""
        return not (self.missing or self.doubled or self.wrong or self.disordered)

    def fault(self, kind: str, number: int, what: str) -> None:
        """Count faults of a kind, and tell the first ones in words."""
        if number:
            setattr(self, kind, getattr(self, kind) + number)
            if len(self.told) < TOLD:
                self.told.append(f"{kind} {number}: {what}")


@dataclass(frozen=True)
class Truth:
    """What is stored in the end: barks that were not deleted, by author, and who follows whom."""

    barks: dict[int, set[int]]
    following: dict[int, set[int]]

    @classmethod
    def read(cls, stores: Stores, people: Collection[int]) -> "Truth":
        """Read it from MongoDB and Neo4j."""
        barks = {one: {bark.id for bark in stores.barks.by_authors([one], ids.MAX_ID, EVERY)} for one in people}
        return cls(barks, {one: set(stores.follows.all_following(one, muted=True)) for one in people})

    def feed(self, reader: int) -> set[int]:
        """Return what belongs into a feed."""
        return set().union(*(self.barks[author] for author in {*self.following[reader], reader}))


def check_barks(verdict: Verdict, journal: Journal, truth: Truth, stores: Stores) -> None:
    """Every acknowledged bark is stored, once."""
    asked = {bark_id for bark_id, _ in journal.deletions}
    gone = {id_ for id_, acknowledged in journal.deletions if acknowledged}
    stored = set().union(*truth.barks.values())
    posts = [post for post in journal.posts if post.acknowledged]
    lost = {post.bark_id for post in posts} - stored - asked
    verdict.fault("missing", len(lost), f"acknowledged barks that are not stored: {sorted(lost)[:5]}")
    verdict.fault("wrong", len(gone & stored), f"deleted barks that are stored: {sorted(gone & stored)[:5]}")
    texts = Counter(bark.text for bark in stores.barks.by_authors(list(truth.barks), ids.MAX_ID, EVERY))
    twice = [text for text, number in texts.items() if number > 1]
    verdict.fault("doubled", len(twice), f"barks stored twice: {twice[:5]}")


def check_order(verdict: Verdict, journal: Journal) -> None:
    """Barks of an author have rising ids, as far as one was acknowledged before the other was begun."""
    for author in {post.author for post in journal.posts}:
        posts = [post for post in journal.posts if post.author == author and post.acknowledged]
        ended = sorted(posts, key=lambda post: post.ended, reverse=True)
        highest = 0  # of the barks that were acknowledged before the one looked at was begun
        for post in sorted(posts, key=lambda post: post.began):
            while ended and ended[-1].ended < post.began:
                highest = max(highest, ended.pop().bark_id)
            verdict.fault("disordered", int(post.bark_id < highest), f"bark {post.bark_id} was made after {highest}")


def check_feed(verdict: Verdict, reader: int, found: Sequence[int], truth: Truth) -> None:
    """A feed is what the graph says, newest first, each bark once."""
    expected = truth.feed(reader)
    missing, wrong = expected - set(found), set(found) - expected
    verdict.deliveries += len(expected)
    verdict.fault("missing", len(missing), f"in the feed of {reader}: {sorted(missing)[:5]}")
    verdict.fault("wrong", len(wrong), f"in the feed of {reader}: {sorted(wrong)[:5]}")
    verdict.fault("doubled", len(found) - len(set(found)), f"in the feed of {reader}")
    verdict.fault("disordered", int(list(found) != sorted(found, reverse=True)), f"the feed of {reader}")


def due_for(reader: int, journal: Journal, truth: Truth, since: Mapping[Pair, float]) -> set[int]:
    """Return the barks that a reader had to get: begun after the follow was acknowledged, never unfollowed since."""
    return {
        post.bark_id
        for post in journal.posts
        if post.began > since.get((reader, post.author), post.began)
        and post.author in truth.following[reader]
        and post.bark_id in truth.barks[post.author]
    }


def check_queue(verdict: Verdict, reader: int, kept: Kept, due: set[int]) -> None:
    """What was due came into the queue, and as new only once."""
    verdict.deliveries += len(due)
    missing = due - kept.seen
    excused = {bark_id for bark_id in missing if kept.was_lost(bark_id)}
    verdict.excused += len(excused)
    missing -= excused
    verdict.fault("missing", len(missing), f"in the queue of {reader}: {sorted(missing)[:5]}")
    times = Counter(entry.bark_id for entry in kept.entries.values())
    twice = {bark_id: number for bark_id, number in times.items() if number > 1}
    verdict.fault("doubled", sum(twice.values()) - len(twice), f"in the queue of {reader}: {list(twice)[:5]}")


@dataclass(frozen=True)
class Left:
    """Whom a reader does not follow: whom her readers drop, and whom she left by her last word, and when."""

    gone: set[int]
    at: Mapping[Pair, float] = field(default_factory=dict)

    def allows(self, reader: int, entry: Entry) -> bool:
        """Tell whether an entry came late, by a fan-out that was on its way, and is not shown to anybody."""
        left_ms = self.at.get((reader, entry.author_id), 0.0) * 1000
        return entry.author_id in self.gone and (not left_ms or entry.arrived_ms > left_ms)


def check_left(verdict: Verdict, reader: int, entries: Iterable[Entry], truth: Truth, left: Left) -> None:
    """Nobody who is not followed is in the queue, but for what came late and is dropped."""
    followed = {*truth.following[reader], reader}
    shown = [entry for entry in entries if entry.kind in ("bark", "backfill") and entry.author_id not in followed]
    wrong = {entry.author_id for entry in shown if not left.allows(reader, entry)}
    verdict.fault("wrong", len(wrong), f"in the queue of {reader}, who does not follow {sorted(wrong)[:5]}")


def check_screen(verdict: Verdict, screen: Screen, kept: Kept, due: set[int], strange: set[int]) -> None:
    """What was due was told, and once; again only where its entry was lost and made again."""
    verdict.deliveries += len(due)
    name = f"on the screen of {screen.person.id}"
    missing = due - {told.bark_id for told in screen.told}
    excused = {bark_id for bark_id in missing if _is_within(bark_id, screen.gaps)}
    verdict.excused += len(excused)
    missing -= excused
    verdict.fault("missing", len(missing), f"{name}: {sorted(missing)[:5]}")
    wrong = strange & {told.bark_id for told in screen.told}
    verdict.fault("wrong", len(wrong), f"{name}: {sorted(wrong)[:5]}")
    again = [entry for entry, number in Counter(told.entry for told in screen.told).items() if number > 1]
    verdict.fault("doubled", len(again), f"{name}, the same entries: {again[:5]}")
    times = Counter(told.bark_id for told in {*screen.told} if told.entry in kept.entries)
    twice = [bark_id for bark_id, number in times.items() if number > 1]
    verdict.fault("doubled", len(twice), f"{name}: {twice[:5]}")


def _is_within(bark_id: int, gaps: Sequence[float]) -> bool:
    """Tell whether the screen was told to read the feed instead soon after the bark was made."""
    made = ids.ms_of(bark_id) / 1000
    return any(made < at < made + GAP_SECONDS for at in gaps)
