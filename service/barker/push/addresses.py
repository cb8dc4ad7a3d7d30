"""Where a push may go. Anybody may name an endpoint, so none may lead into the network that this service is in."""

import ipaddress
import re
import socket
from collections.abc import Container
from dataclasses import dataclass
from urllib.parse import urlsplit

from barker.bulkhead import Bulkhead
from barker.errors import BarkerError, Invalid

FIELD = "endpoint"
HTTPS = 443
RESOLVE_SECONDS = 3.0
RESOLVING = 8  # at once: each may hang as long as the resolver of the system waits
# Names alone, of two parts or more, the last of which begins with a letter: no address in any of its spellings.
HOST = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
PRINTABLE = re.compile(r"[!-~]+")
GLOBAL6 = ipaddress.IPv6Network("2000::/3")
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # the lower four bytes are an address of IPv4
# What older versions of Python take for public, and 6to4, which carries an address of IPv4.
NOT_PUBLIC = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20")))

_resolving = Bulkhead(RESOLVING)


class Unresolved(BarkerError):
    """The name has no address, at least not now."""


@dataclass(frozen=True)
class Endpoint:
    """An endpoint taken apart, once: what was checked is what is asked. `trusted` by the operator, whatever it is."""

    scheme: str
    host: str
    port: int
    target: str
    trusted: bool

    @property
    def origin(self) -> str:
        """Return whom a signature is for."""
        return f"{self.scheme}://{self.host}" + ("" if self.port == HTTPS else f":{self.port}")


def parsed(url: str, trusted: Container[str]) -> Endpoint:
    """Take an endpoint apart; `trusted` holds `host:port`. Raises Invalid for one that nothing may be sent to."""
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        raise Invalid("This is no address.", FIELD) from None
    if not PRINTABLE.fullmatch(url) or "\\" in url or "#" in url or "@" in parts.netloc:
        raise Invalid("No credentials, fragments, or characters beyond ASCII.", FIELD)
    if port is None:
        port = {"https": HTTPS, "http": 80}.get(scheme, 0)
    is_trusted = f"{host}:{port}" in trusted
    if scheme != "https" and not (scheme == "http" and is_trusted):
        raise Invalid("It must begin with https://.", FIELD)
    if not is_trusted and not (port == HTTPS and HOST.fullmatch(host)):
        raise Invalid("It must lead to a push service by its public name, at port 443.", FIELD)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Endpoint(scheme, host, port, target, is_trusted)


def resolved(endpoint: Endpoint) -> list[str]:
    """Return the addresses of an endpoint. Raises Invalid if any is not public, Unresolved if there is none."""
    try:
        found = _resolving.run(
            lambda: socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM), RESOLVE_SECONDS
        )
    except (OSError, UnicodeError):  # a time that ran out is an OSError too
        raise Unresolved("Its host cannot be found.", FIELD) from None
    addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
    if not endpoint.trusted and not all(map(is_public, addresses)):
        raise Invalid("Its host is not in the public network.", FIELD)
    return addresses


def is_public(text: str) -> bool:
    """Tell whether an address belongs to one machine of the public Internet."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:  # with a scope: of this link
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address in NAT64:
            return is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
        if address not in GLOBAL6:
            return False
    special = address.is_multicast or address.is_reserved or any(address in network for network in NOT_PUBLIC)
    return address.is_global and not special
