"""A small, lively world for `barker up --demo`: people around a city, their follows, their barks and answers."""

from barker.local.demo.filling import PASSWORD, demo, fill
from barker.local.demo.world import World

__all__ = ["PASSWORD", "World", "demo", "fill"]
