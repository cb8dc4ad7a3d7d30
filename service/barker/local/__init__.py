"""The four stores as real servers, child processes on one machine, for `barker up` and the tests."""

from barker.local.errors import StartFailed
from barker.local.stores import LocalStores

__all__ = ["LocalStores", "StartFailed"]
