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
