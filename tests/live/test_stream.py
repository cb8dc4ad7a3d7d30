"""One stream, without HTTP: a token that dies, a goodbye in an outage, a hub whose connection is torn."""

import subprocess
import sys
from pathlib import Path

import pytest

# gevent's patches must not reach the process of the tests.
SCRIPT = """
from gevent import monkey; monkey.patch_all()
import os, time, gevent
from barker import ids
from barker.actions import barking
from barker.errors import NotSignedIn, StoreDown
from barker.live import hub as hubs, stream as streams
from barker.live.hub import Hub
from barker.live.stream import Stream
from barker.settings import Settings
from barker.stores import connect

stores = connect(Settings.read())
hub = Hub(stores.queues)
hub.start()

def new_stream(user, check=lambda: None, cursor=None):
    stream = Stream(stores, hub, user, check)
    stream.open(cursor)
    return stream, stream.events()

def ring(user, number=1):
    for _ in range(number):
        stores.queues.deliver("delete", ids.new(), 5, [user])
"""

CASES = {
    "a_busy_stream_ends_with_its_token": """
def dead():
    raise NotSignedIn("revoked")

user = ids.new()
ring(user)
streams.HEARTBEAT_SECONDS = 1.0
stream, events = new_stream(user, dead)

def keep_ringing():
    while True:
        ring(user)
        gevent.sleep(0.02)

gevent.spawn(keep_ringing)
until = time.monotonic() + 20
told = []
for event in events:
    told.append(event.name if event else "beat")
    assert time.monotonic() < until, told
assert told[-1] == "bye" and "beat" in told and told.count("delete") > 3, told
""",
    "a_stream_says_goodbye_also_while_a_store_is_down": """
user = ids.new()
stream, events = new_stream(user)
assert next(events).name == "ready"

def down(*_):
    raise StoreDown("queues")

type(stores.queues).bounds = down
assert next(events).name == "delayed"
hub.drain("restart")
(bye,) = [event for event in events if event]
assert (bye.name, bye.data) == ("bye", {"reason": "restart"})
""",
    "the_hub_survives_whatever_happens_to_its_connection": """
redis = stores.queues._redis
users = [ids.new() for _ in range(10)]

def churn(user):
    while True:
        try:
            stream, _ = new_stream(user)
            gevent.sleep(0.003)
            stream.close()
        except StoreDown:
            gevent.sleep(0.01)

churning = [gevent.spawn(churn, user) for user in users]
for _ in range(60):
    redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
    gevent.sleep(0.03)
gevent.killall(churning)
gevent.sleep(1.5)
user = ids.new()
stream, events = new_stream(user)
assert next(events).name == "ready"
ring(user, 3)
assert [next(events).name for _ in range(3)] == ["delete"] * 3
assert not hub._unconfirmed, hub._unconfirmed
""",
    "a_thousand_barks_during_the_hand_over_come_once_and_in_order": """
user = ids.new()
stores.queues.open(user)
sent = []

def bark():
    for _ in range(1000):
        sent.append(ids.new())
        stores.queues.deliver("delete", sent[-1], 5, [user])
        gevent.sleep(0)

_, events = new_stream(user)
cursor, heard = next(events).id, []
gevent.spawn(bark)
while len(heard) < 1000:
    stream, events = new_stream(user, cursor=cursor)
    for event in events:  # a screen that goes away and comes back after every seventh event
        if event and event.name == "delete":
            heard.append(int(event.data["id"]))
            cursor = event.id
            if len(heard) % 7 == 0 or len(heard) == 1000:
                break
    stream.close()
assert heard == sent
""",
}


@pytest.mark.parametrize("case", CASES)
def test_a_stream_keeps_its_promise(case: str, stores_urls: dict[str, str], stores: object, root: Path) -> None:
    script = SCRIPT + CASES[case] + "\nos._exit(0)\n"
    environ = {"PATH": "/usr/bin:/bin", **stores_urls}
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=root, env=environ, capture_output=True, text=True, timeout=90, check=False
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
