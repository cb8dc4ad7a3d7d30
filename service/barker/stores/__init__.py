"""The only room that knows a database: everything a store can do, by what it keeps."""

from collections.abc import Callable
from dataclasses import dataclass

from barker.models import Shown
from barker.push.door import Pushes
from barker.settings import Settings
from barker.stores import migrations
from barker.stores.answers import Answers
from barker.stores.bark_search import BarkSearch
from barker.stores.barks import Barks
from barker.stores.blocks import Blocks
from barker.stores.counters import Counters
from barker.stores.documents import DocumentStore
from barker.stores.follows import Follows
from barker.stores.graph import Graph
from barker.stores.jobs import Jobs
from barker.stores.lanes import Lanes
from barker.stores.likes import Likes
from barker.stores.migrations import Progress
from barker.stores.notifications import Notifications
from barker.stores.parted import Parted
from barker.stores.people_search import PeopleSearch
from barker.stores.places import Places
from barker.stores.positions import Positions
from barker.stores.queues import Queues
from barker.stores.recent import Recent
from barker.stores.recount import Recount
from barker.stores.sessions import Sessions
from barker.stores.subscriptions import Subscriptions
from barker.stores.trends import Trends
from barker.stores.unsettled import Unsettled
from barker.stores.users import Users
from barker.stores.walks import Walks

# So late, at most, does a reader see an edit, a count, or that an author is gone.
SHOWN_SECONDS = 2
SHOWN_MOST = 20_000  # of a kilobyte or two


@dataclass(frozen=True)
class Stores:
    """All that is kept. One a process, made after a fork, passed to every action."""

    documents: DocumentStore
    users: Users
    people_search: PeopleSearch
    sessions: Sessions
    subscriptions: Subscriptions
    barks: Barks
    bark_search: BarkSearch
    likes: Likes
    notifications: Notifications
    unsettled: Unsettled
    positions: Positions
    answers: Answers
    recount: Recount
    graph: Graph
    follows: Follows
    blocks: Blocks
    parted: Parted
    walks: Walks
    places: Places
    counters: Counters
    trends: Trends
    queues: Queues
    jobs: Jobs
    lanes: Lanes
    pushes: Pushes  # no store, but kept and passed with them
    shown: Recent[int, Shown | None]  # what feeds and streams have just shown; None for what is gone

    def pings(self) -> dict[str, Callable[[], None]]:
        """Return how to ask each of the four servers whether it is there, by the store's name."""
        return {
            "documents": self.documents.ping,
            "graph": self.graph.ping,
            "places": self.counters.ping,
            "queues": self.queues.ping,
        }

    def prepare(self, tell: Callable[[Progress], None] = lambda progress: None) -> None:
        """Create indexes, constraints, lanes and functions, and take all steps of migrations; may be repeated."""
        self.documents.prepare()
        for progress in migrations.run(self.documents):
            tell(progress)
        self.graph.prepare()
        self.follows.prepare()
        self.walks.prepare()
        self.queues.prepare()
        self.places.prepare()
        self.jobs.prepare()

    def close(self) -> None:
        """Close all connections."""
        self.trends.close()
        for store in (self.documents, self.graph, self.places, self.counters, self.queues, self.jobs, self.lanes):
            store.close()


def connect(settings: Settings) -> Stores:
    """Make the clients; each connects at its first use."""
    documents = DocumentStore(settings.documents_url, settings.documents_seconds)
    of = documents.collection
    graph = Graph(settings.graph_url, settings.graph_seconds)
    return Stores(
        documents=documents,
        users=Users(of("users")),
        people_search=PeopleSearch(of("users")),
        sessions=Sessions(of("sessions")),
        subscriptions=Subscriptions(of("subscriptions")),
        barks=Barks(of("barks")),
        bark_search=BarkSearch(of("barks")),
        likes=Likes(of("likes")),
        notifications=Notifications(of("notifications")),
        unsettled=Unsettled(of("unsettled"), of("settled")),
        positions=Positions(of("positions")),
        answers=Answers(of("answers")),
        recount=Recount(of("users"), of("barks"), of("likes")),
        graph=graph,
        follows=Follows(graph),
        blocks=Blocks(graph),
        parted=Parted(of("parted")),
        places=Places(settings.places_url, settings.redis_seconds, settings.places_grid_metres),
        walks=Walks(graph),
        counters=Counters(settings.places_url, settings.redis_seconds),
        trends=Trends(settings.places_url, settings.redis_seconds),
        queues=Queues(settings.queues_url, settings.redis_seconds),
        jobs=Jobs(settings.queues_url, settings.redis_seconds),
        lanes=Lanes(settings.queues_url, settings.redis_seconds),
        pushes=Pushes.of(settings),
        shown=Recent(SHOWN_SECONDS, SHOWN_MOST),
    )
