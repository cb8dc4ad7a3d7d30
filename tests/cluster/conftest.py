"""One cluster for all tests of this folder; each leaves it well."""

import os
from collections.abc import Iterator

import pytest

from barker.stores.jobs import LANE_KEYS, LATER, PARKED, Jobs
from barker.stores.queues import Queues
from tests.cluster.servers import ClusterServers

SECONDS = 1.0  # the time limit of a call
SLACK_SECONDS = 3.0  # on a busy machine
# Six servers, and masters that die, take their time: these run by `make cluster`, which says how often.
RUNS = int(os.environ.get("CLUSTER_RUNS", "0"))
collect_ignore_glob = [] if RUNS else ["test_*.py"]


@pytest.fixture(scope="session")
def servers(servers_can_be_had: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClusterServers]:
    """Six servers, three of them masters."""
    with ClusterServers(tmp_path_factory.mktemp("cluster")) as servers:
        yield servers


@pytest.fixture
def queues(servers: ClusterServers) -> Iterator[Queues]:
    """The queues, on the cluster."""
    queues = Queues(servers.url, SECONDS)
    queues.prepare()
    yield queues
    queues.close()


@pytest.fixture
def jobs(servers: ClusterServers) -> Iterator[Jobs]:
    """The jobs, on the cluster; none is left of what ran before."""
    jobs = Jobs(servers.url, SECONDS)
    jobs._redis.delete(*LANE_KEYS.values(), LATER, PARKED)
    jobs.prepare()
    yield jobs
    jobs.close()
