"""What `compose.yaml` runs once: MongoDB's set of one, its user for Barker, then `barker prepare`.

Each step may be repeated. The user may read and write Barker's database, and nothing else.
"""

import os
import subprocess
import time
from typing import Any
from urllib.parse import urlsplit

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

WAIT_SECONDS = 120  # ports are open a while before the servers answer
ALREADY_INITIALIZED, USER_EXISTS = 23, 51003


def keep_trying(step: str, until: float, act: Any) -> None:
    """Do it again until it works, or time is up."""
    while True:
        try:
            act()
            return
        except (PyMongoError, subprocess.CalledProcessError) as error:
            if time.monotonic() > until:
                raise
            print(f"{step}: {error}; trying again", flush=True)
            time.sleep(1)


def command(client: MongoClient[dict[str, Any]], done: int, *arguments: Any, **more: Any) -> None:
    """Give a command whose effect may be there already."""
    try:
        client.admin.command(*arguments, **more)
    except OperationFailure as error:
        if error.code != done:
            raise


def main() -> None:
    """Prepare it all."""
    until = time.monotonic() + WAIT_SECONDS
    user = urlsplit(os.environ["BARKER_DOCUMENTS_URL"])
    roles = [{"role": "readWrite", "db": user.path.strip("/")}]
    members = [{"_id": 0, "host": f"{user.hostname}:{user.port}"}]
    with MongoClient(os.environ["MONGO_ROOT_URL"], serverSelectionTimeoutMS=2000) as root:
        initiate = ("replSetInitiate", {"_id": "rs0", "members": members})
        keep_trying("MongoDB's set", until, lambda: command(root, ALREADY_INITIALIZED, *initiate))
        keep_trying(
            "MongoDB's user",
            until,
            lambda: command(root, USER_EXISTS, "createUser", user.username, pwd=user.password, roles=roles),
        )
    keep_trying("barker prepare", until, lambda: subprocess.run(["barker", "prepare"], check=True))


main()
