"""The one error of this room."""


class StartFailed(Exception):
    """What keeps the local servers from running, and what to do about it, in words for the terminal."""
