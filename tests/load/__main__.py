"""The command: `python -m tests.load`, or `make bench ARGS="--only fanout,feed --repeat 3 --quick"`."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click
from redis import Redis
from rich.console import Console

from barker.local import LocalStores, StartFailed
from barker.local.folder import claimed
from barker.settings import Settings
from barker.stores import Stores, connect
from tests.load import fair, fanout, feed, growth, live, machine, memory, nearby, search, small, walks
from tests.load.bench import Bench, Options, OutOfTime
from tests.load.processes import ROOT
from tests.load.report import PLAIN_WIDTH, Report
from tests.load.world import World

# In this order: what makes the world larger comes last.
MEASUREMENTS: Mapping[str, Callable[[Bench, World], None]] = {
    "memory": memory.measure,
    "small": small.measure,
    "fanout": fanout.measure,
    "feed": feed.measure,
    "nearby": nearby.measure,
    "live": live.measure,
    "search": search.measure,
    "growth": growth.measure,
    "fair": fair.measure,
    "walks": walks.measure,
}
REPEAT, REPEAT_QUICK = 5, 2
SECONDS = 30.0  # time limits of our own calls: a measurement waits where the service would give up


def _names(_context: click.Context, _parameter: click.Parameter, value: str) -> list[str]:
    names = [name.strip() for name in value.split(",") if name.strip()]
    if unknown := set(names) - set(MEASUREMENTS):
        raise click.BadParameter(f"{', '.join(sorted(unknown))}; there are {', '.join(MEASUREMENTS)}")
    return [name for name in MEASUREMENTS if name in names or not names]


@click.command()
@click.option("--only", default="", callback=_names, help=f"Some of: {', '.join(MEASUREMENTS)}.")
@click.option("--repeat", type=click.IntRange(1, 100), help=f"Samples of each; {REPEAT}, quick {REPEAT_QUICK}.")
@click.option("--quick", is_flag=True, help="A small world, some minutes: to see that it works. Judges no goal.")
@click.option("--workers", type=click.IntRange(1, 16), default=1, show_default=True, help="Worker processes.")
@click.option("--minutes", type=float, default=25, show_default=True, help="What has not begun by then is left out.")
@click.option("--json", "path", type=click.Path(path_type=Path), default=ROOT / "build/bench.json", help="Where to.")
@click.option("--data", type=click.Path(path_type=Path), default=ROOT / "build/bench", help="Scratch folder; emptied.")
def main(only: list[str], repeat: int | None, path: Path, data: Path, **options: object) -> None:
    """Measure Barker on real servers of its own, beside the limit of the same servers."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=PLAIN_WIDTH)
    repeat = repeat or (REPEAT_QUICK if options["quick"] else REPEAT)
    try:
        with _bench(data, console, Options(repeat=repeat, **options)) as bench:  # type: ignore[arg-type]
            about, world = machine.about(bench), World(bench)
            for name in only:
                _measure(bench, world, name)
                bench.report.write(path, about)  # now: a run that is broken off has what it had
    except StartFailed as error:
        raise click.ClickException(str(error)) from error
    bench.report.show(about)
    console.print(f"All of it is in {path}", highlight=False)
    sys.exit(bool(bench.report.failures))


@contextmanager
def _bench(data: Path, console: Console, options: Options) -> Iterator[Bench]:
    data.mkdir(parents=True, exist_ok=True)
    servers = LocalStores(data, fresh=True, free_ports=True)
    with servers as urls, _connected(urls) as stores, _redis(urls) as redis:
        pids = [process.pid for process in servers.processes]
        bench = Bench(options, stores, urls, pids, redis, data / "logs", Report(console), console)
        yield bench
    if not bench.report.failures:  # else the logs are wanted; the next run takes it away
        with claimed(data, fresh=True):
            console.print("The scratch folder is empty again.")


@contextmanager
def _connected(urls: Mapping[str, str]) -> Iterator[Stores]:
    limits = {f"BARKER_{store}_SECONDS": f"{SECONDS:g}" for store in ("DOCUMENTS", "GRAPH", "REDIS")}
    stores = connect(Settings.read({**urls, **limits}))
    try:
        stores.prepare()
        yield stores
    finally:
        stores.close()


@contextmanager
def _redis(urls: Mapping[str, str]) -> Iterator[Redis]:
    with Redis.from_url(urls["BARKER_QUEUES_URL"], decode_responses=True, socket_timeout=SECONDS) as redis:
        # A rewrite of a growing file, at 64, 128, 256 MB …, would hit some samples and not others.
        redis.config_set("auto-aof-rewrite-percentage", 0)
        yield redis


def _measure(bench: Bench, world: World, name: str) -> None:
    try:
        bench.begin(name)
        with machine.watched(bench, name):
            MEASUREMENTS[name](bench, world)
    except OutOfTime as error:
        bench.report.failed(name, str(error))
    except Exception as error:
        if not isinstance(error, AssertionError):
            bench.console.print_exception()
        bench.report.failed(name, f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
