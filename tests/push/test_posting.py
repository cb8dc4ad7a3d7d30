"""One POST to a push service: over TLS, in time, and in turn."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import (
    BasicConstraints,
    CertificateBuilder,
    DNSName,
    Name,
    NameAttribute,
    SubjectAlternativeName,
    random_serial_number,
)
from cryptography.x509.oid import NameOID

from barker.push import posting, turns
from barker.push.addresses import Endpoint
from barker.push.door import Result, _result, _seconds
from barker.push.turns import NotNow, Turns
from tests.push.browsers import PushService

HOST = "push.test"
LOOPBACK = ["127.0.0.1"]


def certificate(folder: Path) -> Path:
    """Write a certificate for HOST, signed by itself, and its key."""
    key, name = generate_private_key(SECP256R1()), Name([NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        CertificateBuilder(name, name, key.public_key(), random_serial_number(), now, now + timedelta(days=1))
        .add_extension(SubjectAlternativeName([DNSName(HOST)]), critical=False)
        .add_extension(BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    path = folder / "push.pem"
    written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(written + made.public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    """A push service over TLS, whose certificate this process trusts."""
    path = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    posting._tls.cache_clear()
    service, context = PushService(), SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    context.sni_callback = lambda _, name, __: service.names.append(str(name))
    service.socket = context.wrap_socket(service.socket, server_side=True)
    with service.running():
        yield service
    posting._tls.cache_clear()


def to(service: PushService, host: str = HOST, scheme: str = "http", path: str = "/p") -> Endpoint:
    return Endpoint(scheme, host, service.port, path, trusted=True)


def test_the_name_is_for_the_certificate_and_the_server_the_address_for_the_connection(secure: PushService) -> None:
    answer = posting.post(to(secure, scheme="https", path="/p?q=1"), LOOPBACK, {"TTL": "1"}, b"body")
    assert answer.status == 201
    assert secure.names == [HOST]
    (sent,) = secure.sent
    assert (sent.path, sent.body, sent.headers["TTL"]) == ("/p?q=1", b"body", "1")
    assert sent.headers["Host"] == f"{HOST}:{secure.port}"


def test_a_certificate_of_another_name_is_refused(secure: PushService) -> None:
    with pytest.raises(posting.Unanswered, match="CERTIFICATE_VERIFY_FAILED"):
        posting.post(to(secure, "other.test", "https"), LOOPBACK, {}, b"body")
    assert secure.sent == []


def test_a_certificate_that_nobody_signed_is_refused(secure: PushService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    posting._tls.cache_clear()
    with pytest.raises(posting.Unanswered, match="CERTIFICATE_VERIFY_FAILED"):
        posting.post(to(secure, scheme="https"), LOOPBACK, {}, b"body")
    assert secure.sent == []


@pytest.mark.parametrize("how", ["hang", "drip"])
def test_nobody_is_waited_for_longer_than_the_limit(
    pushed: PushService, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(posting, "WHOLE_SECONDS", 0.5)
    pushed.answers[f"/{how}"] = [how]
    began = time.monotonic()
    with pytest.raises(posting.Unanswered):
        posting.post(to(pushed, path=f"/{how}"), LOOPBACK, {}, b"body")
    assert 0.4 < time.monotonic() - began < 10


def test_a_hang_in_the_handshake_ends_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "WHOLE_SECONDS", 0.3)
    silent = PushService()  # it takes connections and says nothing
    with pytest.raises(posting.Unanswered):
        posting.post(to(silent, scheme="https"), LOOPBACK, {}, b"body")
    silent.server_close()


def test_another_address_is_tried_where_the_first_takes_no_connection(pushed: PushService) -> None:
    assert posting.post(to(pushed), ["127.0.0.2:", *LOOPBACK], {}, b"body").status == 201


@pytest.mark.parametrize(
    ("result", "statuses"),
    [
        (Result.SENT, {200, 201, 202, 204}),
        (Result.GONE, {404, 410}),
        (Result.REFUSED, {301, 307, 400, 401, 403, 413}),
        (Result.AGAIN, {408, 429, 500, 502, 503}),
    ],
)
def test_every_status_has_its_meaning(result: Result, statuses: set[int]) -> None:
    assert {_result(status) for status in statuses} == {result}


@pytest.mark.parametrize(
    ("told", "seconds"), [("30", 30), ("999999", 3600), ("", 0), ("-1", 0), ("soon", 0), ("9" * 5000, 0), ("²", 0)]
)
def test_a_push_service_may_say_when_to_come_again(told: str, seconds: float) -> None:
    assert _seconds(told) == seconds


@contextmanager
def held(found: Turns, *hosts: str) -> Iterator[None]:
    """Hold a turn for each of these hosts, at the same time."""
    with ExitStack() as stack:
        for host in hosts:
            stack.enter_context(found.turn(host))
        yield


def has_turn(found: Turns, host: str) -> bool:
    try:
        with found.turn(host):
            return True
    except NotNow:
        return False


def test_one_host_never_takes_all_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "WAIT_SECONDS", 0.05)
    found = Turns()
    for host in ("slow.test", "well.test"):
        found.note(host, answered=True)
    with held(found, *["slow.test"] * turns.AT_ONCE):
        assert not has_turn(found, "slow.test")
        assert has_turn(found, "well.test")
    assert has_turn(found, "slow.test")


def test_hosts_that_never_answered_do_not_take_all_turns_together() -> None:
    found = Turns()
    found.note("well.test", answered=True)
    with held(found, *[f"{number}.test" for number in range(turns.STRANGERS)]):
        assert not has_turn(found, "another.test")
        assert has_turn(found, "well.test")
        found.note("well.test", answered=False)
        found.note("0.test", answered=True)
        assert not has_turn(found, "another.test")
    assert has_turn(found, "another.test")


def test_who_waits_gets_the_turn_that_is_given_back() -> None:
    found = Turns()
    found.note("busy.test", answered=True)
    with ThreadPoolExecutor(1) as pool:
        with held(found, *["busy.test"] * turns.AT_ONCE):
            waits = pool.submit(has_turn, found, "busy.test")
            time.sleep(0.05)
            assert not waits.done()
        assert waits.result(5)


def test_a_silent_host_is_left_alone_longer_each_time_until_it_answers() -> None:
    found, rests = Turns(), []
    for _ in range(3):
        found.note("dead.test", answered=False)
        with pytest.raises(NotNow) as wait, found.turn("dead.test"):
            pass
        rests.append(round(wait.value.seconds / turns.REST_SECONDS))
    assert rests == [1, 2, 4]
    found.note("dead.test", answered=True)
    with found.turn("dead.test"):
        pass


def test_what_is_known_of_hosts_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "HOSTS_MOST", 3)
    found = Turns()
    found.note("dead.test", answered=False)
    assert not has_turn(found, "dead.test")
    for number in range(10):
        with found.turn(f"{number}.test"):
            pass
    assert len(found._hosts) <= 3
    with pytest.raises(NotNow), found.turn("dead.test"):
        pass
