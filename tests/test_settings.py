"""Settings: read once, refused by name."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from py_vapid import Vapid

from barker import vapid
from barker.cli import main
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
        "redis+sentinel://one:26379,two:26379/queues/0",
    ],
)
def test_queues_may_be_on_one_server_on_a_cluster_or_behind_sentinels(url: str) -> None:
    assert Settings.read({"BARKER_QUEUES_URL": url}).queues_url == url


@pytest.mark.parametrize("hosts", ["", "one", "one:7000,", "one:7000,two", "one:70000", ":7000", "one:7000/1"])
def test_a_cluster_is_named_by_hosts_with_ports(hosts: str) -> None:
    with pytest.raises(BadSettings, match="BARKER_QUEUES_URL"):
        Settings.read({"BARKER_QUEUES_URL": f"redis+cluster://{hosts}"})


@pytest.mark.parametrize("url", ["redis+sentinel://one:26379/places", "rediss+sentinel://a:b@one:26379,two:26380/p/3"])
def test_places_may_be_behind_sentinels(url: str) -> None:
    assert Settings.read({"BARKER_PLACES_URL": url}).places_url == url


@pytest.mark.parametrize("rest", ["one/main", "one:26379", "one:26379/", "one:26379/main/0/1", "one:26379/main/x"])
def test_sentinels_are_named_by_hosts_with_ports_and_a_service(rest: str) -> None:
    for name in ("PLACES", "QUEUES"):
        with pytest.raises(BadSettings, match=f"BARKER_{name}_URL"):
            Settings.read({f"BARKER_{name}_URL": f"redis+sentinel://{rest}"})


def test_only_the_queues_may_be_on_a_cluster() -> None:
    with pytest.raises(BadSettings, match="BARKER_PLACES_URL"):
        Settings.read({"BARKER_PLACES_URL": "redis+cluster://one:7000"})


KEY = "ko91KnSzcufvO27DjJm6S42_ErfbcH36_1htG4W7ObQ"
CONTACT = {"BARKER_PUSH_CONTACT": "mailto:you@example.org"}


def test_the_key_of_pushes_is_a_secret() -> None:
    settings = Settings.read({**CONTACT, "BARKER_PUSH_KEY": KEY})
    assert settings.push_key.get_secret_value() == KEY
    assert KEY not in repr(settings)


def test_the_key_of_pushes_may_be_in_a_file(tmp_path: Path) -> None:
    made = Vapid()
    made.generate_keys()
    made.save_key(str(tmp_path / "private_key.pem"))
    settings = Settings.read({**CONTACT, "BARKER_PUSH_KEY": str(tmp_path / "private_key.pem")})
    key = settings.push_key.get_secret_value()
    assert Vapid.from_raw(key.encode()).public_key == made.public_key
    assert Vapid.from_raw_public(vapid.public_key(key).encode()).public_key == made.public_key


@pytest.mark.parametrize(
    "key",
    [
        "x",
        KEY[:-1],
        KEY + "AAAA",
        KEY.replace("_", "/"),
        "A" * 43,
        "_" * 43,
        "/no/such/file.pem",
        "/etc/hostname",
        "\0",
    ],
)
def test_a_key_that_is_none_is_refused_and_not_told(key: str) -> None:
    with pytest.raises(BadSettings) as refused:
        Settings.read({**CONTACT, "BARKER_PUSH_KEY": key})
    assert set(refused.value.reasons) == {"BARKER_PUSH_KEY"}
    assert len(key) < 40 or key not in str(refused.value)


def test_a_key_on_another_curve_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(generate_private_key(SECP384R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(BadSettings, match="BARKER_PUSH_KEY"):
        Settings.read({**CONTACT, "BARKER_PUSH_KEY": str(path)})


@pytest.mark.parametrize(
    "contact", ["", "you@example.org", "mailto:you", "http://example.org", "https://example.org/x"]
)
def test_push_services_are_told_whom_to_turn_to(contact: str) -> None:
    with pytest.raises(BadSettings, match="BARKER_PUSH_CONTACT"):
        Settings.read({"BARKER_PUSH_KEY": KEY, "BARKER_PUSH_CONTACT": contact})


@pytest.mark.parametrize("contact", ["mailto:you@example.org", "https://example.org", "mailto:a.b+c@mail.example.org"])
def test_a_contact_that_is_taken_can_be_signed(contact: str) -> None:
    settings = Settings.read({"BARKER_PUSH_KEY": KEY, "BARKER_PUSH_CONTACT": contact})
    claims = {"aud": "https://push.example.org", "sub": settings.push_contact}
    assert Vapid.from_raw(KEY.encode()).sign(claims)


def test_hosts_to_push_to_are_named_with_their_ports() -> None:
    hosts = "push.test:8443,10.0.0.7:443"
    assert Settings.read({"BARKER_PUSH_HOSTS_ALLOWED": hosts}).push_hosts_allowed == hosts
    with pytest.raises(BadSettings, match="BARKER_PUSH_HOSTS_ALLOWED"):
        Settings.read({"BARKER_PUSH_HOSTS_ALLOWED": "push.test"})


def test_the_command_makes_what_the_settings_take() -> None:
    told = CliRunner().invoke(main, ["push-key"]).output
    environ = dict(line.split("=") for line in told.splitlines() if not line.startswith("#"))
    key = Settings.read(environ).push_key.get_secret_value()
    assert vapid.public_key(key) in told
    assert CliRunner().invoke(main, ["push-key"]).output != told


@pytest.mark.parametrize("metres", ["0", "-150", "49", "10001", "nan", "inf", "wide"])
def test_a_grid_that_hides_nobody_or_is_none_is_refused(metres: str) -> None:
    with pytest.raises(BadSettings, match="BARKER_PLACES_GRID_METRES"):
        Settings.read({"BARKER_PLACES_GRID_METRES": metres})
