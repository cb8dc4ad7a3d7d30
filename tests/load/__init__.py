"""Measurements on real servers, beside the limit of the same servers: `python -m tests.load` (`make bench`)."""
