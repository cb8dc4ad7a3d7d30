"""The command `bark`."""

__version__ = "0.1.0"
