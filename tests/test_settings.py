"""Settings: read once, refused by name."""

import pytest

from barker.errors import BadSettings
from barker.settings import Settings


def test_everything_has_a_default() -> None:
    assert Settings.read({"PATH": "/bin"}).limits == "on"


def test_all_bad_and_unknown_settings_are_named_at_once() -> None:
    with pytest.raises(BadSettings) as refused:
        Settings.read({"BARKER_PORT": "many", "BARKER_PROT": "8000", "BARKER_GRAPH_URL": "http://x"})
    assert set(refused.value.reasons) == {"BARKER_PORT", "BARKER_PROT", "BARKER_GRAPH_URL"}
    assert "BARKER_PROT: is no setting of Barker's" in str(refused.value)


def test_no_password_is_told() -> None:
    with pytest.raises(BadSettings) as refused:
        Settings.read({"BARKER_DOCUMENTS_URL": "mongo://ada:secret@host/barker"})
    assert "secret" not in str(refused.value)
    assert "secret" not in repr(Settings.read({"BARKER_DOCUMENTS_URL": "mongodb://ada:secret@host/barker"}))


@pytest.mark.parametrize(
    "url",
    [
        "redis://host",
        "redis+cluster://one:7000",
        "rediss+cluster://ada:secret@one:7000,two:7001/0?ssl_ca_certs=/etc/ca.pem",
    ],
)
def test_queues_may_be_on_one_server_or_on_a_cluster(url: str) -> None:
    assert Settings.read({"BARKER_QUEUES_URL": url}).queues_url == url


@pytest.mark.parametrize("hosts", ["", "one", "one:7000,", "one:7000,two", "one:70000", ":7000", "one:7000/1"])
def test_a_cluster_is_named_by_hosts_with_ports(hosts: str) -> None:
    with pytest.raises(BadSettings, match="BARKER_QUEUES_URL"):
        Settings.read({"BARKER_QUEUES_URL": f"redis+cluster://{hosts}"})


def test_only_the_queues_may_be_on_a_cluster() -> None:
    with pytest.raises(BadSettings, match="BARKER_PLACES_URL"):
        Settings.read({"BARKER_PLACES_URL": "redis+cluster://one:7000"})
