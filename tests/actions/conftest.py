"""What the tests of actions share: no worker of the run takes the jobs that they ask for."""

import pytest

from barker.stores.jobs import Job, Jobs


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """The jobs that are asked for: these tests run them themselves, when they want."""
    jobs: list[Job] = []
    monkeypatch.setattr(Jobs, "put", lambda self, *added, lane="small": jobs.extend(added))
    monkeypatch.setattr(Jobs, "put_later", lambda self, job, seconds, lane="small": jobs.append(job))
    return jobs
