"""What a doctor finds: is each store there, fit and prepared, do clocks agree, is anything waiting; and what to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from barker import ids
from barker.errors import StoreDown
from barker.settings import Settings
from barker.stores import Stores, migrations
from barker.stores.delivery import CLOCKS_MS
from barker.stores.facts import Facts

Level = Literal["good", "warning", "bad"]
LEAST = {"documents": (6, 0), "graph": (5, 26), "places": (7, 0), "queues": (7, 0)}
FULL = 0.8  # of the memory that a server may use
OLD_SECONDS = 60
PREPARE = "Run: barker prepare"


@dataclass(frozen=True)
class Finding:
    """What was found of a store, or of the settings, and what to do about it."""

    about: str
    level: Level
    says: str
    do: str = ""


def examine(stores: Stores, settings: Settings) -> Iterator[Finding]:
    """Look at everything; yields each finding as it is made."""
    looks: dict[str, Callable[[], Iterator[Finding]]] = {
        "documents": lambda: _documents(stores),
        "graph": lambda: _common("graph", stores.graph.facts()),
        "places": lambda: _places(stores.counters.facts()),
        "queues": lambda: _queues(stores.lanes.facts()),
        "jobs": lambda: _jobs(stores),
    }
    for about, look in looks.items():
        try:
            yield from look()
        except StoreDown as error:
            yield Finding(about, "bad", f"does not answer ({error.__cause__})"[:300], f"Start it, or set {_url(about)}")
    yield from _settings(stores, settings)


def _url(about: str) -> str:
    return f"BARKER_{'QUEUES' if about == 'jobs' else about.upper()}_URL"


def _common(about: str, facts: Facts) -> Iterator[Finding]:
    number = ".".join(map(str, facts.version))
    least = LEAST[about]
    if facts.version < least:
        yield Finding(about, "bad", f"is version {number}", f"Upgrade it: {'.'.join(map(str, least))} is the oldest")
    else:
        yield Finding(about, "good", f"answers, version {number}")
    if facts.missing:
        yield Finding(about, "bad", f"lacks {', '.join(facts.missing)}", PREPARE)
    apart = facts.clock_ms - ids.now_ms()
    if abs(apart) > CLOCKS_MS:
        yield Finding(about, "bad", f"has a clock {apart / 1000:+.0f} s from ours", "Set both by NTP, at once")


def _documents(stores: Stores) -> Iterator[Finding]:
    facts = stores.documents.facts()
    yield from _common("documents", facts)
    if open_steps := migrations.missing(stores.documents):
        yield Finding("documents", "bad", f"waits for these migrations: {', '.join(open_steps)}", PREPARE)
    if not facts.told["set"]:
        words = "is no replica set: what was acknowledged is lost with its machine"
        yield Finding("documents", "warning", words, "Run three members, or accept it on a single machine")


def _places(facts: Facts) -> Iterator[Finding]:
    yield from _common("places", facts)
    policy = str(facts.told.get("maxmemory-policy", ""))
    if policy.startswith("allkeys"):
        yield Finding("places", "warning", f"may drop places first ({policy})", "Set maxmemory-policy volatile-ttl")


def _queues(servers: list[Facts]) -> Iterator[Finding]:
    for facts in servers:
        yield from _common("queues", facts)
        told = facts.told
        if told.get("maxmemory-policy", "noeviction") != "noeviction":
            yield Finding("queues", "bad", "may drop queues when full", "Set maxmemory-policy noeviction")
        if told.get("appendonly", "yes") != "yes":
            words = "keeps nothing on disk: a restart loses all jobs"
            yield Finding("queues", "bad", words, "Set appendonly yes")
        if int(told.get("stream-node-max-bytes", 0)) > 512:
            words = "takes several times the memory for queues that are nearly empty"
            yield Finding("queues", "warning", words, "Set stream-node-max-bytes 384")
        if told["limit"] and told["used"] > FULL * told["limit"]:
            words = f"uses {told['used'] / told['limit']:.0%} of the memory it may use"
            yield Finding("queues", "warning", words, "Give it more, or add masters: full, it refuses writes")


def _jobs(stores: Stores) -> Iterator[Finding]:
    found = stores.lanes.overview()
    oldest = max((lane.oldest_seconds for lane in found.lanes.values()), default=0)
    if oldest > OLD_SECONDS:
        yield Finding("jobs", "bad", f"have waited for {oldest:.0f} s", "Start workers: barker worker --processes 2")
    if found.parked:
        yield Finding("jobs", "warning", f"were given up: {found.parked}", "See: barker jobs parked")
    if oldest <= OLD_SECONDS and not found.parked:
        yield Finding("jobs", "good", "none waits, none was given up")


def _settings(stores: Stores, settings: Settings) -> Iterator[Finding]:
    bad = list(_doubtful(settings)) + list(_shared(stores))
    yield from bad or [Finding("settings", "good", "are as they should be")]


def _doubtful(settings: Settings) -> Iterator[Finding]:
    if settings.limits == "off":
        yield Finding("settings", "warning", "have rate limits off", "Unset BARKER_LIMITS, but for load tests")
    if settings.trusted_proxies and not settings.metrics_token.get_secret_value():
        words = "trust a proxy, and have no token for metrics: nobody can read them"
        yield Finding("settings", "warning", words, "Set BARKER_METRICS_TOKEN")
    if settings.host not in ("127.0.0.1", "::1", "localhost") and not settings.trusted_proxies:
        words = "listen beyond this machine, with no TLS in front"
        yield Finding("settings", "warning", words, "Put a proxy in front (deploy/nginx), set BARKER_TRUSTED_PROXIES")


def _shared(stores: Stores) -> Iterator[Finding]:
    try:
        same = stores.counters.facts().told["run"] in {facts.told["run"] for facts in stores.lanes.facts()}
    except StoreDown:
        return
    if same:
        words = "name one Redis for places and queues, which promise different things"
        yield Finding("settings", "bad", words, "Run two: see deploy/README.md")
