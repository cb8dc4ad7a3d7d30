"""The version of this package, which the service reads in its log."""

VERSION = "0.1.0"
