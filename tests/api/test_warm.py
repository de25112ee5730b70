"""Warm reads: what is given again is what would be computed; whatever is committed, by whomever, ends it."""

import asyncio
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.db import Database
from app.main import create_app
from app.rules.calendar import midnight
from app.services import keys
from app.settings import Settings
from app.web.shelf import Kept, Shelf
from app.web.turns import Turn, Turns
from tests.calling import calling, client
from tests.conftest import Seeded
from tests.service import PLAN, Service, push, undated

OVERVIEW = f"{PLAN}/overview"
OLD, NEW = (Kept("get", number, datetime.now(UTC), [], "", b"") for number in range(2))


class Warm:
    """Two processes' worth of the service over one database: one that keeps answers, one that does not."""

    def __init__(self, seeded: Seeded, url: str) -> None:
        self.now = datetime.now(UTC)
        self.app = create_app(Settings(DATABASE_URL="sqlite://", kept_bytes=1024 * 1024))
        self.app.state.database.dispose()
        self.app.state.database = Database(Settings(DATABASE_URL=url), lambda: self.now)
        self.secrets = seeded.secrets
        self.transport: httpx.BaseTransport
        self.computed = 0

        reading = self.app.state.database.reading

        def counted() -> object:
            self.computed += 1
            return reading()

        self.app.state.database.reading = counted

    def __getitem__(self, agency: str) -> httpx.Client:
        return client(self.transport, self.secrets[agency])


@pytest.fixture
def warm(seeded: Seeded, service: Service) -> Iterator[Warm]:
    made = Warm(seeded, service.url)
    with calling(made.app) as made.transport:
        yield made


def read_warm(warm: Warm, client: httpx.Client) -> None:
    """Read until it is given from the shelf: on a shared cluster anybody's write ends what is kept."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
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


def test_an_address_that_only_reads_like_a_known_one_is_unknown(warm: Warm) -> None:
    client = warm["BPGV"]
    read_warm(warm, client)
    assert client.get(OVERVIEW.replace("/overview", "%2Foverview")).status_code == 404
    assert client.get(OVERVIEW.replace("overview", "%6Fverview")).status_code == 200


def test_to_live_takes_no_database(warm: Warm) -> None:
    class Away:
        async def state(self) -> None:
            raise AssertionError("the database was asked")

        def close(self) -> None:
            pass

    warm.app.state.database.freshness.close()
    warm.app.state.database.freshness = Away()
    stranger = client(warm.transport, None)
    assert [stranger.get(path).status_code for path in ("/livez", "/docs", "/openapi.json")] == [200] * 3
    assert stranger.get(OVERVIEW).status_code == 401


def test_an_answer_is_given_to_nobody_else(warm: Warm) -> None:
    assert warm["SVHTTDL"].get("/v1/me").json()["agency"] != warm["SCT"].get("/v1/me").json()["agency"]
    assert warm["SCT"].get("/v1/me").headers["etag"] != warm["SVHTTDL"].get("/v1/me").headers["etag"]
    stranger = client(warm.transport)
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


def test_who_asks_with_a_tag_has_the_answer_kept_too(warm: Warm, service: Service) -> None:
    client = warm["BPGV"]
    tag = {"If-None-Match": client.get("/v1/me").headers["etag"]}
    assert push(service["SVHTTDL"]).status_code == 201
    for _ in range(50):  # on a shared cluster anybody's write ends what is kept
        before = warm.computed
        assert client.get("/v1/me", headers=tag).status_code == 304
        if warm.computed == before:
            return
    raise AssertionError("computed every time")


def test_small_answers_take_no_more_memory_than_large_ones_may() -> None:
    most, shelf = 1024 * 1024, Shelf(1024 * 1024)
    tracemalloc.start()
    try:
        for number in range(5_000):
            headers = [(bytes([*b"etag"]), b'"0-%022d"' % number), (bytes([*b"content-length"]), b"%d" % 40)]
            state = object(), f"{number}:{number}:"
            kept = Kept("get", state, datetime.now(UTC), headers, f"0-{number:22}", b"%040d" % number)
            shelf.keep(number.to_bytes(24), kept)
        assert most / 2 < tracemalloc.get_traced_memory()[0] < most
    finally:
        tracemalloc.stop()
    assert shelf.get((4_999).to_bytes(24)) is not None
    assert shelf.get((0).to_bytes(24)) is None


async def at_once(warm: Warm, times: int) -> list[httpx.Response]:
    """So many equal requests in one event loop, as in a server."""
    headers = {"Authorization": f"Bearer {warm.secrets['BPGV']}"}
    transport = httpx.ASGITransport(warm.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        return await asyncio.gather(*(client.get(OVERVIEW) for _ in range(times)))


def test_what_many_ask_for_at_once_is_computed_for_all_of_them(warm: Warm) -> None:
    answers = asyncio.run(at_once(warm, 20))
    assert {(answer.status_code, answer.headers["etag"]) for answer in answers} == {
        (200, answers[0].headers["etag"])
    }
    assert 1 <= warm.computed <= 2


def test_who_comes_later_than_a_computation_began_does_not_get_its_answer() -> None:
    turns = Turns()

    async def asked() -> None:
        first = await turns.take(b"x")
        assert isinstance(first, Turn)
        later = [asyncio.ensure_future(turns.take(b"x")) for _ in range(3)]
        await asyncio.sleep(0)
        turns.end(b"x", first, OLD)
        next_ = await later[0]
        assert isinstance(next_, Turn)
        assert next_.follows
        turns.end(b"x", next_, NEW)
        assert await asyncio.gather(*later[1:]) == [NEW, NEW]

    asyncio.run(asked())


def test_who_gives_up_waiting_keeps_nobody_else_waiting() -> None:
    turns = Turns()

    async def asked() -> None:
        first = await turns.take(b"x")
        assert isinstance(first, Turn)
        impatient, patient = (asyncio.ensure_future(turns.take(b"x")) for _ in range(2))
        await asyncio.sleep(0)
        impatient.cancel()
        assert await patient is None
        turns.end(b"x", first, OLD)
        again = await turns.take(b"x")
        assert isinstance(again, Turn)
        assert not again.follows

    asyncio.run(asked())
