"""How collections are spread where MongoDB is sharded, which is where a router (mongos) answers.

barks, likes, notifications  {_id: "hashed"}    what grows with every day
all others                   on the first shard

Every write of one of them names its `_id`, and so does the hottest read, a page of barks: each goes to the shards that
hold them and to no other; that an id is there once, on which likes and notifications rely, holds over all shards. By
author or by bark they would be listed from one shard, but one loved bark would be one shard's work; so lists ask all
shards, each by its index. Ids ascend, so unhashed all that is new would go to the last shard. People, sessions and
subscriptions stay whole: a handle, a token and an endpoint are unique, which is promised only within the shard key.
What is left is small, or ends by itself.
"""

from collections.abc import Mapping
from typing import Any

SHARDED = ("barks", "likes", "notifications")
KEY = {"_id": "hashed"}


def is_router(hello: Mapping[str, Any]) -> bool:
    """Tell from a server's greeting whether it is a mongos."""
    return hello.get("msg") == "isdbgrid"


def spread(hello: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the collections to spread where a server greets so: none where it is no router."""
    return SHARDED if is_router(hello) else ()
