"""Who is signed in here: a file in the user's config folder that nobody else can read."""

import json
import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import click

HAS_MODES = os.name == "posix"


@dataclass(frozen=True)
class Keys:
    """Where, who, and the token, which is worth something only there."""

    url: str
    handle: str
    token: str = field(repr=False)


def path() -> Path:
    """Return where the file is."""
    return Path(click.get_app_dir("bark")) / "credentials.json"


def load() -> Keys | None:
    """Return who is signed in, None for nobody. Refuses a file that others can read, or that somebody else owns."""
    try:
        handle = os.open(path(), os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise click.ClickException(f"{path()} cannot be read ({error.strerror}). Remove it, and: bark login") from None
    with open(handle, encoding="utf-8") as file:
        _look_whose(os.fstat(file.fileno()))  # of the open file: its name may be given to another meanwhile
        return _parsed(file.read())


def _parsed(text: str) -> Keys:
    with suppress(ValueError, TypeError):
        found = Keys(**json.loads(text))
        if all(isinstance(value, str) for value in asdict(found).values()):
            return found
    raise click.ClickException(f"{path()} is broken. Remove it, and: bark login")


def _look_whose(found: os.stat_result) -> None:
    if not HAS_MODES:
        return
    if found.st_uid != os.getuid():
        raise click.ClickException(f"{path()} belongs to somebody else. Remove it, and: bark login")
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise click.ClickException(
            f"Others can read {path()}, and may have taken your token: sign out with it, or make it yours alone.\n"
            f"  chmod 600 {path()}"
        )


def save(keys: Keys) -> None:
    """Write who is signed in: whole or not at all, never readable for others, not even for a moment."""
    folder = path().parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if HAS_MODES:
            folder.chmod(0o700)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".credentials-")  # which makes it 0600
        try:
            with open(handle, "w", encoding="utf-8") as file:
                json.dump(asdict(keys), file)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path())
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise click.ClickException(f"{path()} cannot be written: {error.strerror}.") from None


def forget() -> None:
    """Remove the file; may be repeated."""
    path().unlink(missing_ok=True)
