"""The API's app as it is, but that its queues keep as much as those of the workers here."""

from barker.wsgi import app
from tests.chaos.keeping_more import keep_more

__all__ = ["app"]
keep_more()
