"""A master that falls silent, as the stores see it."""

import signal
import time

import pytest

from barker import ids
from barker.errors import StoreDown
from barker.stores import bells
from barker.stores.jobs import Jobs
from barker.stores.queues import Queues
from tests.barker_process import PATIENCE, wait_for
from tests.cluster.conftest import SECONDS, SLACK_SECONDS
from tests.cluster.servers import ClusterServers
from tests.cluster.test_queues import barks_of, deliver, people


def test_a_silent_master_is_down_in_time_and_its_replica_is_found(
    servers: ClusterServers, queues: Queues, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bells, "QUIET_SECONDS", SECONDS)
    users, bark, ringing = people(queues), ids.new(), queues.bells()
    jobs.note_run(jobs.server_run()[0], 5)
    assert jobs.server_run()[1] == 0
    ringing.subscribe(queues.channel(users[0]))
    assert ringing.next(PATIENCE)
    master = servers.serving(queues.channel(users[0]))
    other = next(user for user in users if servers.serving(queues.channel(user)) is not master)
    servers.kill(master, signal.SIGSTOP)
    try:
        deliver(queues, bark, [other])
        began = time.monotonic()
        with pytest.raises(StoreDown):
            queues.open(users[0])
        assert time.monotonic() - began < 2 * SECONDS + SLACK_SECONDS
        wait_for(lambda: delivered(queues, bark, users), "the replica to take over and be found")
        assert jobs.server_run()[1] == 5
        with pytest.raises(StoreDown):
            ringing.next(10 * SECONDS)
    finally:
        ringing.close()
        servers.kill(master, signal.SIGCONT)
        servers.wait_until_well()
    assert all(barks_of(queues, user) == [bark] for user in users)


def delivered(queues: Queues, bark: int, users: list[int]) -> bool:
    """Deliver a bark; tells whether that was possible."""
    try:
        deliver(queues, bark, users)
    except StoreDown:
        return False
    return True
