"""No push leads into a private network: not by a number, not by a name, not by a name that changes."""

import socket
from typing import Any

import pytest

from barker import ids, vapid
from barker.errors import Invalid
from barker.models import Subscription
from barker.push import addresses
from barker.push.door import Outcome, Pushes, Result
from tests.push.browsers import Browser, PushService

PRIVATE = (
    *("127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("192.0.0.8", "192.88.99.1", "198.18.0.1", "192.0.2.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1"),
    *("255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff0e::1"),
    *("::ffff:10.0.0.1", "::ffff:8.8.8.8", "::7f00:1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::808:808"),
    *("2002:7f00:1::", "2001::1", "2001:db8::1", "3fff::1", "100::1", "5f00::1"),
)
PUBLIC = ("8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700::1111", "2a00:1450:4001::1", "64:ff9b::808:808")


class Names:
    """A resolver that says what it is told, one answer after the other; the last one stays."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: list[list[str]] = []
        self.asked: list[str] = []
        monkeypatch.setattr(socket, "getaddrinfo", self._answer)

    def _answer(self, host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        self.asked.append(host)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found
        ]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """The resolver of these tests."""
    return Names(monkeypatch)


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The addresses to which somebody tried to connect; nobody gets through."""
    tried: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    return tried


def pushes(*trusted: str) -> Pushes:
    return Pushes(vapid.new_key(), "mailto:operator@example.org", frozenset(trusted))


def send(door: Pushes, origin: str) -> Outcome:
    given = Browser(origin).subscription
    to = Subscription(ids.new(), 1, 1, given["endpoint"], given["keys"]["p256dh"], given["keys"]["auth"])
    return door.send(to, b"{}", "tag")


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_no_public_machine_is_known(address: str) -> None:
    assert not addresses.is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_a_public_machine_is_known(address: str) -> None:
    assert addresses.is_public(address)


@pytest.mark.parametrize("found", [["10.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::1"], ["8.8.8.8", "fe80::1%eth0"]])
def test_a_name_that_leads_there_is_refused(names: Names, found: list[str]) -> None:
    names.answers = [found]
    with pytest.raises(Invalid, match="public") as refused:
        pushes().check("https://push.example.org/x")
    assert refused.value.field == "endpoint"


def test_a_name_in_public_is_taken(names: Names) -> None:
    names.answers = [["8.8.8.8", "2606:4700::1111"]]
    pushes().check("https://push.example.org/x")


def test_a_name_that_has_changed_since_is_not_connected_to(names: Names, connected: list[tuple[str, int]]) -> None:
    names.answers = [["8.8.8.8"], ["127.0.0.1"]]
    door = pushes()
    door.check("https://push.example.org/x")
    assert send(door, "https://push.example.org").result is Result.UNSAFE
    assert connected == []


def test_a_name_is_looked_up_once_a_push(names: Names, connected: list[tuple[str, int]]) -> None:
    names.answers = [["8.8.8.8", "8.8.4.4", "1.1.1.1"], ["127.0.0.1"]]
    assert send(pushes(), "https://push.example.org").result is Result.AGAIN
    assert connected == [("8.8.8.8", 443), ("8.8.4.4", 443)]
    assert names.asked == ["push.example.org"]


def test_what_was_stored_before_a_host_lost_its_trust_is_not_pushed_to(connected: list[tuple[str, int]]) -> None:
    assert send(pushes(), "http://127.0.0.1:8080").result is Result.UNSAFE
    assert connected == []


def test_a_name_that_nobody_knows_may_be_known_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise socket.gaierror("no such host")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(Invalid, match="found"):
        pushes().check("https://push.example.org/x")
    assert send(pushes(), "https://push.example.org").result is Result.AGAIN


def test_a_resolver_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, pushed: PushService) -> None:
    monkeypatch.setattr(addresses, "RESOLVE_SECONDS", 0.1)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pushed.ending.wait(5))
    with pytest.raises(Invalid, match="found"):
        pushes().check("https://push.example.org/x")


def test_a_trusted_host_is_trusted_at_its_port_alone() -> None:
    trusted = {"push.test:8443"}
    assert addresses.parsed("https://PUSH.test:8443/x?y=z", trusted).target == "/x?y=z"
    for url in ("https://push.test.evil.org:8443/", "https://push.test:8444/", "https://xpush.test:8443/"):
        with pytest.raises(Invalid):
            addresses.parsed(url, trusted)
