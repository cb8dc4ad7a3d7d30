#!/usr/bin/python3
"""As the official image: on new data, make the user of MONGO_INITDB_ROOT_*, with a server that only this container reaches."""

import os
import subprocess
import sys

from pymongo import MongoClient

DATA = "/data/db"
PREPARED = f"{DATA}/.prepared"
ALONE = ["mongod", "--dbpath", DATA, "--bind_ip", "127.0.0.1", "--port", "27017"]


def make_user(name: str, password: str) -> None:
    """Make the first user: who has it may do everything."""
    server = subprocess.Popen(ALONE)
    with MongoClient("127.0.0.1", 27017, directConnection=True, serverSelectionTimeoutMS=60_000) as client:
        client.admin.command("createUser", name, pwd=password, roles=["root"])
    server.terminate()
    server.wait(60)


def main(command: list[str]) -> None:
    """Prepare what has to be there, then become the server."""
    if command[0] == "mongod":
        name, password = (os.environ.get(f"MONGO_INITDB_ROOT_{what}", "") for what in ("USERNAME", "PASSWORD"))
        if name and not os.path.exists(PREPARED):
            make_user(name, password)
        open(PREPARED, "w").close()
        command += ["--dbpath", DATA]
        command += ["--auth"] if name and "--keyFile" not in command else []
        command += ["--bind_ip_all"] if "--bind_ip_all" not in command else []
    os.execvp(command[0], command)


main(sys.argv[1:])
