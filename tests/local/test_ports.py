import socket

import pytest

from barker.local import StartFailed, ports


def test_a_port_somebody_listens_on_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not ports.is_free(port)
        assert ports.is_open(port)
    assert ports.is_free(port)
    assert not ports.is_open(port)


def test_free_ports_lie_below_those_of_outgoing_connections() -> None:
    port = ports.free_port()
    with open("/proc/sys/net/ipv4/ip_local_port_range") as lowest:
        assert 1024 < port < int(lowest.read().split()[0])


def test_a_free_port_is_none_of_those_already_given(monkeypatch: pytest.MonkeyPatch) -> None:
    first = ports.free_port()
    monkeypatch.setattr(ports, "FREE", range(first, first + 1))
    monkeypatch.setattr(ports, "TRIES", 1)

    with pytest.raises(StartFailed, match="No free port"):
        ports.free_port(other_than=[first])
