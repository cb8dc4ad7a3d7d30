"""Barker: the backend of a Twitter-style app that anybody can run."""

__version__ = "0.1.0"
