"""Warm reads: what is given again is what would be computed; whatever is committed, by whomever, ends it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.main import create_app
from app.rules.calendar import midnight
from app.services import keys
from app.settings import Settings
from tests.conftest import Seeded
from tests.service import PLAN, Service, push, undated

OVERVIEW = f"{PLAN}/overview"


class Warm:
    """Two processes' worth of the service over one database: one that keeps answers, one that does not."""

    def __init__(self, seeded: Seeded, url: str) -> None:
        self.now = datetime.now(UTC)
        self.app = create_app(Settings(DATABASE_URL="sqlite://", kept_bytes=1024 * 1024))
        self.app.state.database.dispose()
        self.app.state.database = Database(Settings(DATABASE_URL=url), lambda: self.now)
        self.secrets = seeded.secrets
        self.computed = 0

        reading = self.app.state.database.reading

        def counted() -> object:
            self.computed += 1
            return reading()

        self.app.state.database.reading = counted

    def __getitem__(self, agency: str) -> TestClient:
        headers = {"Authorization": f"Bearer {self.secrets[agency]}"}
        return TestClient(self.app, raise_server_exceptions=False, headers=headers)


@pytest.fixture
def warm(seeded: Seeded, service: Service) -> Iterator[Warm]:
    made = Warm(seeded, service.url)
    yield made
    made.app.state.database.dispose()


def read_warm(warm: Warm, client: TestClient) -> None:
    """Read until it is given from the shelf: on a shared cluster anybody's write ends what is kept."""
    for _ in range(50):
        before = warm.computed
        assert client.get(OVERVIEW).status_code == 200
        if warm.computed == before:
            return
    raise AssertionError("computed every time")


def test_an_answer_is_given_again_while_nothing_changes(warm: Warm, service: Service) -> None:
    client = warm["BPGV"]
    first = client.get(OVERVIEW)
    assert warm.computed == 1
    read_warm(warm, client)
    again = client.get(OVERVIEW)
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    kept = client.get(OVERVIEW, headers={"If-None-Match": first.headers["etag"]})
    assert (kept.status_code, kept.content) == (304, b"")
    assert undated(first.json()) == undated(service["BPGV"].get(OVERVIEW).json())


def test_what_another_process_commits_is_seen_by_the_next_read(warm: Warm, service: Service) -> None:
    office, reader = service["SVHTTDL"], warm["BPGV"]
    for number in range(5):
        path = f"{PLAN}/activities?limit=1&count=true"
        assert reader.get(path).json()["total"] == number
        assert reader.get(path).json()["total"] == number
        assert push(office, title=f"Việc {number}").status_code == 201
    assert reader.get(f"{PLAN}/activities?limit=1&count=true").json()["total"] == 5


def test_an_answer_is_given_to_nobody_else(warm: Warm) -> None:
    assert warm["SVHTTDL"].get("/v1/me").json()["agency"] != warm["SCT"].get("/v1/me").json()["agency"]
    assert warm["SCT"].get("/v1/me").headers["etag"] != warm["SVHTTDL"].get("/v1/me").headers["etag"]
    stranger = TestClient(warm.app, raise_server_exceptions=False)
    assert stranger.get("/v1/me").status_code == 401


def test_a_key_that_ends_is_answered_no_more(warm: Warm, service: Service) -> None:
    client = warm["SCT"]
    assert client.get(OVERVIEW).status_code == client.get(OVERVIEW).status_code == 200
    warm.now += timedelta(days=2)
    assert client.get(OVERVIEW).status_code == 401
    warm.now -= timedelta(days=2)
    assert client.get(OVERVIEW).status_code == 200
    with service.database.writing() as session:
        for key, agency in keys.find(session):
            if agency == "SCT":
                keys.revoke(session, keys.technician(), key.public_id)
    warm.now = datetime.now(UTC)
    assert client.get(OVERVIEW).status_code == 401


def test_an_answer_ends_with_its_day(warm: Warm) -> None:
    client = warm["BPGV"]
    read_warm(warm, client)
    before, warm.now = warm.computed, midnight(warm.now)
    client.get(OVERVIEW)
    assert warm.computed == before + 1
