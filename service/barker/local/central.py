"""Two ways of fetching jars: over a few kept connections, and with Maven where that is installed.

Maven is the slower way, but it knows the mirrors and proxies its user has set.
"""

import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from typing import Any, TypeVar

from barker.local.jars import VERSION, Jar
from barker.local.packages import module

T = TypeVar("T")

CONNECTIONS = 4
TIMEOUT_SECONDS = 30
WAITS = (0.5, 2.0)  # seconds before each further try
MAVEN_SECONDS = 900

POM = f"""\
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>barker</groupId><artifactId>local</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies><dependency>
    <groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{VERSION}</version>
  </dependency></dependencies>
</project>
"""


def download(jars: Sequence[Jar], folder: Path) -> Iterator[Jar]:
    """Fetch from Maven Central; jgo knows where that is and how it is laid out."""
    maven = module("jgo.maven").MavenContext()
    requests = module("requests")
    todo, done = Queue[tuple[str, Jar]](), Queue[Jar | OSError]()
    for jar in jars:
        todo.put((_url(maven, jar), jar))

    def fetch() -> None:
        with requests.Session() as session:
            for url, jar in _taken(todo):
                try:
                    done.put(_download(session, url, jar, folder))
                except OSError as error:
                    done.put(error)

    # NOTE daemons: at Ctrl-C nobody waits for a network that does not answer
    for _ in range(CONNECTIONS):
        threading.Thread(target=fetch, daemon=True).start()
    try:
        for _ in jars:
            found = done.get()
            if isinstance(found, OSError):
                raise found
            yield found
    finally:
        list(_taken(todo))  # what is left is not begun


def _taken(queue: Queue[T]) -> Iterator[T]:
    """Yield what is in a queue, until it is empty."""
    with suppress(Empty):
        while True:
            yield queue.get_nowait()


def copy_with_maven(jars: Sequence[Jar], folder: Path) -> Iterator[Jar]:
    """Have `mvn` fetch the jars and copy them."""
    program = shutil.which("mvn")
    if program is None:
        return
    with tempfile.TemporaryDirectory() as place:
        Path(place, "pom.xml").write_text(POM)
        _maven(program, place, f"-DoutputDirectory={folder}")
    yield from (jar for jar in jars if jar.is_in(folder))


def _maven(program: str, place: str, option: str) -> None:
    command = [
        program,
        "-q",
        "-B",
        "-Dstyle.color=never",
        "dependency:copy-dependencies",
        "-DincludeScope=runtime",
    ]
    try:
        done = subprocess.run(
            [*command, option], cwd=place, capture_output=True, text=True, timeout=MAVEN_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise OSError(f"mvn: not done after {MAVEN_SECONDS} s") from error
    if done.returncode != 0:
        raise OSError(f"mvn: {_first_error(done.stdout)}")


def _url(maven: Any, jar: Jar) -> str:
    group, artifact, version, *classifier = jar.coordinates
    component = maven.project(group, artifact).at_version(version)
    repository = next(iter(maven.remote_repos.values()))
    return f"{repository}/{component.path_prefix.as_posix()}/{component.artifact(*classifier).filename}"


def _download(session: Any, url: str, jar: Jar, folder: Path) -> Jar:
    for wait in (*WAITS, None):
        try:
            content = _content(session, url)
            break
        except OSError:
            if wait is None:
                raise
            time.sleep(wait)
    if not jar.is_right(content):
        raise OSError(f"{url} is not the file it was when the list was made")
    (folder / jar.file).write_bytes(content)
    return jar


def _content(session: Any, url: str) -> bytes:
    answer = session.get(url, timeout=TIMEOUT_SECONDS)
    answer.raise_for_status()
    content: bytes = answer.content
    return content


def _first_error(output: str) -> str:
    errors = (line for line in output.splitlines() if line.startswith("[ERROR]"))
    return next(errors, "it failed without saying why")
