"""`barker up`: the stores, the API and a worker on this machine, until Ctrl-C."""

import http.client
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path

from barker.errors import BadSettings
from barker.local import graph
from barker.local.child import Child, stop
from barker.local.display import Display, display_for, print_line
from barker.local.errors import StartFailed
from barker.local.greeting import greeting
from barker.local.kinds import KINDS
from barker.local.ports import free_port, is_free
from barker.local.services import Services, services_with
from barker.local.starting import Awaited, failure, wait_until_ready
from barker.local.stores import LocalStores
from barker.local.supervisor import watch
from barker.metrics import folder
from barker.settings import Settings, bracketed

PREPARE_SECONDS = 900.0  # an index on a server with much in it takes its time
READY_SECONDS = 2.0
ADVICE = (
    "What to do: the log says why. It names a setting (BARKER_...) that is wrong, or a store that does not answer, "
    "whose own log is beside this one."
)
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 (a key, nothing listens here)

Demo = Callable[[Mapping[str, str]], None]


def up(*, data: Path, host: str, port: int, fresh: bool, demo: Demo | None) -> int:
    """Run everything until an interrupt (0) or until it cannot go on (1)."""
    try:
        Settings.read()  # before anything is started, fetched or emptied
        with _interruptible():
            _run(data.absolute(), (host, port), fresh, demo)
    except KeyboardInterrupt:
        print_line(f"All has stopped. What was stored is kept in {data}.")
    except BadSettings as error:
        return _refused(f"These settings are wrong:\n{error}")
    except StartFailed as error:
        return _refused(str(error))
    except OSError as error:
        return _refused(f"{error}\nName another folder with --data; or, where it is the cache, with XDG_CACHE_HOME.")
    return 0


def _refused(words: str) -> int:
    print(words, file=sys.stderr, flush=True)
    return 1


@contextmanager
def _interruptible() -> Iterator[None]:
    # NOTE SIGINT too: a shell that runs us in the background has told us to ignore it; but what nohup says counts
    numbers = [signal.SIGINT, signal.SIGTERM]
    numbers += [signal.SIGHUP] * (signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN)
    before = {number: signal.signal(number, signal.default_int_handler) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(data: Path, address: tuple[str, int], fresh: bool, demo: Demo | None) -> None:
    display = display_for(None)
    host, port = address[0], _port_for(*address, display)
    stores = LocalStores(data, fresh=fresh, only=_not_given(display))
    with ExitStack() as stack:
        urls = stack.enter_context(stores)
        env = {**os.environ, **urls, "BARKER_HOST": host, "BARKER_PORT": str(port)}
        env[folder.VARIABLE] = str(_counts(data))
        services = services_with(env, data / "logs")
        first, last = [services.practice, services.prepare], stores.processes
        stack.callback(stop, first, [services.api], [services.worker], last)
        stack.callback(print_line, "Stopping…")
        with display:
            _start(services, _fingerprint(env), host, port, display)
        if demo is not None:
            demo(env)
        print_line(greeting(f"http://{bracketed(_reachable(host))}:{port}", data))
        if stores.has("graph") and not graph.head_start().exists():
            services.practice.start()
        watch([*stores.processes, services.api, services.worker], print_line)


def _counts(data: Path) -> Path:
    """Return an empty folder, in which API and workers count together: /metrics tells for all."""
    counts = data / "metrics"
    folder.remove(counts)
    counts.mkdir()
    return counts


def _not_given(display: Display) -> list[str]:
    given = [kind for kind in KINDS.values() if os.environ.get(kind.setting)]
    for kind in given:
        display.say(f"{kind.setting} is set: that server is used, and no local {kind.title} is started.")
    return [kind.name for kind in KINDS.values() if kind not in given]


def _port_for(host: str, port: int, display: Display) -> int:
    if is_free(port, host):
        return port
    free = free_port(host)
    display.say(f"Port {port} is taken: the API listens on {free}.")
    return free


def _start(services: Services, stores: str, host: str, port: int, display: Display) -> None:
    prepared = services.prepare.log.with_name("prepared")
    services.prepare.start()
    # NOTE only indexes that were never there must be there before the first request
    known = prepared.exists() and prepared.read_text() == stores
    if not known:
        _wait_for_prepare(services.prepare, display)
    services.worker.start()
    services.api.start()
    display.done(services.worker.title, "started")
    if known:
        _wait_for_prepare(services.prepare, display)
    prepared.write_text(stores)
    is_ready = partial(_is_ready, _reachable(host), port)
    wait_until_ready([Awaited(services.api, is_ready, f"{host}:{port}", ADVICE)], display)


def _fingerprint(env: Mapping[str, str]) -> str:
    """Tell one set of stores from another, without their passwords."""
    return sha256("\n".join(env[kind.setting] for kind in KINDS.values()).encode()).hexdigest()


def _wait_for_prepare(prepare: Child, display: Display) -> None:
    display.doing(prepare.title, "indexes, constraints and functions")
    code = prepare.wait(PREPARE_SECONDS)
    if code is None:
        raise failure(prepare, f"was not done after {PREPARE_SECONDS:.0f} s", ADVICE)
    if code != 0:
        raise failure(prepare, f"failed: {prepare.fate()}", ADVICE)
    display.done(prepare.title, "indexes, constraints and functions are there")


def _reachable(host: str) -> str:
    return EVERYWHERE.get(host, host)


def _is_ready(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=READY_SECONDS)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
