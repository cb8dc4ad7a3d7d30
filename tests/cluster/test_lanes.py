"""The jobs as an operator sees them, on a cluster."""

from barker.stores.jobs import SMALL, Job, Jobs
from barker.stores.lanes import Lanes
from tests.cluster.conftest import SECONDS
from tests.cluster.servers import ClusterServers


def test_lanes_are_shown_and_parked_jobs_are_put_back(servers: ClusterServers, jobs: Jobs) -> None:
    lanes = Lanes(servers.url, SECONDS)
    before = lanes.overview()
    jobs.put(Job("fan_out", {"bark": 1}))
    assert lanes.overview().lanes[SMALL].waiting == before.lanes[SMALL].waiting + 1
    *_, claim = jobs.claim(SMALL, "w", 100)
    jobs.park(claim, "it cannot be done")
    *_, parked = lanes.all_parked()
    assert lanes.by_ids([parked.id]) == {parked.id: parked}
    assert lanes.retry([parked]) == 1
    (claim,) = jobs.claim(SMALL, "w", 100)
    assert claim.job == Job("fan_out", {"bark": 1})
    jobs.done(claim)
    jobs.leave("w")
    lanes.close()
