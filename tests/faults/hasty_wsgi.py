"""The API's app, in a hurry."""

from barker.wsgi import app
from tests.faults import hasty

__all__ = ["app", "hasty"]
