"""All settings, read once from `BARKER_*`; the service refuses to start on a bad or unknown one, naming it."""

import os
import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from barker import vapid
from barker.errors import BadSettings

PREFIX = "BARKER_"
CLUSTERS = ("redis+cluster", "rediss+cluster")
CONTACT = re.compile(r"(mailto:[^@\s]+@|https://)[\w-]+(\.[\w-]+)+", re.ASCII)  # as push services take it
SENTINELS = ("redis+sentinel", "rediss+sentinel")
MANY_HOSTS = ("mongodb", "mongodb+srv", *CLUSTERS, *SENTINELS)  # host:port,host:port is no port to Python


def _url(*schemes: str) -> AfterValidator:
    def check(url: str) -> str:
        try:
            parts = urlsplit(url)
            right = parts.scheme in schemes and bool(parts.netloc) and (parts.scheme in MANY_HOSTS or parts.port != 0)
        except ValueError:  # its words would hold a part of the password
            right = False
        if not right:
            raise ValueError(f"not an address like {schemes[0]}://host:port; in passwords, / @ : are %2F %40 %3A")
        return url

    return AfterValidator(check)


def _is_seed(host: str) -> bool:
    name, _, port = host.rpartition(":")
    return bool(name) and port.isdecimal() and 0 < int(port) < 65536


def _hosts(url: str) -> str:
    """Check the address of one Redis, or of a cluster by some of its nodes, or of a service by its sentinels."""
    parts = urlsplit(url)
    are_hosts = all(map(_is_seed, parts.netloc.rpartition("@")[2].split(",")))
    if parts.scheme in CLUSTERS and not (are_hosts and parts.path in ("", "/", "/0")):
        raise ValueError(f"a cluster is named like {CLUSTERS[0]}://host:port,host:port, with ports, no database")
    if parts.scheme in SENTINELS and not (are_hosts and re.fullmatch("/[^/]+(/[0-9]*)?", parts.path)):
        raise ValueError(f"sentinels are named like {SENTINELS[0]}://host:port,host:port/service/0, with ports")
    return url


REDIS = ("redis", "rediss", "unix", *SENTINELS)
RedisUrl = Annotated[str, _url(*REDIS), AfterValidator(_hosts)]
_ORIGIN = re.compile(r"https?://(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::[1-9][0-9]{0,4})?")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}  # a browser leaves them out


def _split(origins: object) -> object:
    if not isinstance(origins, str):
        return origins
    return frozenset(origin.strip() for origin in origins.split(",") if origin.strip())


def _origins(origins: frozenset[str]) -> frozenset[str]:
    """Check that these are origins as browsers write them, of which none fits more than one."""
    for origin in sorted(origins):
        scheme = origin.partition(":")[0]
        if not _ORIGIN.fullmatch(origin) or origin.endswith(_DEFAULT_PORTS[scheme]):
            words = "no path, no *, no default port, in small letters"
            raise ValueError(f"{origin!r} is no origin like https://app.example: {words}")
    return origins


Origins = Annotated[frozenset[str], BeforeValidator(_split), AfterValidator(_origins)]
QueuesUrl = Annotated[str, _url(*REDIS, *CLUSTERS), AfterValidator(_hosts)]


def bracketed(host: str) -> str:
    """Return a host as it stands in an address: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


class Settings(BaseModel):
    """What an operator can set. Addresses may hold passwords, so they stay out of every `repr`."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    documents_url: Annotated[str, _url("mongodb", "mongodb+srv")] = Field(
        "mongodb://127.0.0.1:27017/barker", repr=False
    )
    graph_url: Annotated[str, _url("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")] = Field(
        "bolt://127.0.0.1:7687", repr=False
    )
    places_url: RedisUrl = Field("redis://127.0.0.1:6379/0", repr=False)
    queues_url: QueuesUrl = Field("redis://127.0.0.1:6380/0", repr=False)
    places_grid_metres: float = Field(150.0, ge=50, le=10_000)  # to which places are known: it is their privacy
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    processes: int = Field(1, ge=1, le=64)
    group: Literal["all", "api", "stream"] = "all"  # what a process of `barker serve` answers
    streams: int = Field(15_000, ge=1, le=60_000)  # that a process holds open at most
    streams_per_address: int = Field(200, ge=0)  # of them; 0: as many as come
    origins: Origins = frozenset()  # whose pages may call with a token
    worker_processes: int = Field(1, ge=1, le=64)
    worker_stop_seconds: float = Field(25, gt=0, le=3600)  # what sends SIGTERM mostly kills after 30
    worker_metrics_host: str = "127.0.0.1"
    worker_metrics_port: int = Field(0, ge=0, le=65535)  # 0: nobody listens
    metrics_token: SecretStr = Field(SecretStr(""))
    trusted_proxies: int = Field(0, ge=0, le=5)
    limits: Literal["on", "off"] = "on"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    push_key: SecretStr = Field(SecretStr(""))  # in base64url, also where a file was named; without it push is off
    push_contact: str = Field("", validate_default=True)
    push_hosts_allowed: str = ""
    documents_seconds: float = Field(3, gt=0, le=60)
    graph_seconds: float = Field(5, gt=0, le=60)
    redis_seconds: float = Field(2, gt=0, le=60)

    @field_validator("metrics_token")
    @classmethod
    def _is_hard_to_guess(cls, token: SecretStr) -> SecretStr:
        secret = token.get_secret_value()
        if secret and not re.fullmatch(r"[!-~]{16,}", secret):
            raise ValueError("must be 16 or more characters of ASCII without blanks")
        return token

    @field_validator("push_key")
    @classmethod
    def _is_a_key(cls, key: SecretStr) -> SecretStr:
        given = key.get_secret_value()
        return SecretStr(vapid.read_key(given)) if given else key

    @field_validator("push_contact")
    @classmethod
    def _can_be_reached(cls, contact: str, info: ValidationInfo) -> str:
        key = info.data.get("push_key")
        if (contact or (key and key.get_secret_value())) and not CONTACT.fullmatch(contact):
            raise ValueError("with BARKER_PUSH_KEY, must be whom push services may turn to: mailto:you@example.org")
        return contact

    @field_validator("push_hosts_allowed")
    @classmethod
    def _are_hosts(cls, hosts: str) -> str:
        if hosts and not all(map(_is_seed, hosts.split(","))):
            raise ValueError("must be hosts with ports: push.example.org:8443,10.0.0.7:443")
        return hosts.lower()

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read the environment. Raises BadSettings, which names every bad or unknown variable."""
        given = {name: value for name, value in environ.items() if name.startswith(PREFIX)}
        known = {PREFIX + field.upper() for field in cls.model_fields}
        bad = {name: "is no setting of Barker's" for name in given if name not in known}
        try:
            settings = cls.model_validate(
                {name.removeprefix(PREFIX).lower(): value for name, value in given.items() if name in known}
            )
        except ValidationError as error:
            bad |= {PREFIX + str(item["loc"][0]).upper(): item["msg"] for item in error.errors()}
            raise BadSettings(bad) from None
        if bad:
            raise BadSettings(bad)
        return settings
