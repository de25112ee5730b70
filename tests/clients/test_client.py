"""The typed client: what it asks of a real server, and how it tells what went wrong."""

import random
from collections.abc import Iterator

import httpx
import pytest

from tests.clients.pusher import record, series
from tests.faults.sites import Site
from tests.servers import ServerProcess
from ttdn_client import Client, InFlight, KeyRefused, NotTheService, Patience, Problem, Unreachable
from ttdn_client.problems import NotPermitted, Passing, TtdnError, of

PLAN = "ttdn-2023"
ONCE = Patience(seconds=0)


@pytest.fixture
def client(lasting_site: Site, server: ServerProcess) -> Iterator[Client]:
    """An office's client."""
    with Client(server.base_url + "/", lasting_site.secrets["SVHTTDL"], PLAN, patience=ONCE) as made:
        yield made


def test_records_are_pushed_and_found_again_page_by_page(client: Client) -> None:
    said = client.push(series("typed", range(7)))
    assert (said["applied"], said["counts"]["created"]) == (True, 7)
    found = list(client.items("activities", source_system="typed", limit=3))
    assert sorted(one["external_id"] for one in found) == [str(n) for n in range(7)]
    assert client.push(series("typed", range(7)), dry_run=True)["applied"] is False


def test_the_same_key_gets_the_same_answer(client: Client) -> None:
    pushes = [client.push([record("x")], idempotency_key="typed-1") for _ in range(2)]
    assert pushes[0] == pushes[1]
    alone = [client.record(record("y"), idempotency_key="typed-2") for _ in range(2)]
    assert alone[0] == alone[1]
    assert alone[0]["result"] == "created"


def test_an_overview_is_sent_again_only_when_it_has_changed(client: Client) -> None:
    first = client.overview()
    assert first is not None
    assert first.value["plan"]["slug"] == PLAN
    assert client.overview(first.etag) is None
    client.push(series("changes-it", [1]))
    assert client.overview(first.etag) is not None


def test_what_is_wrong_is_told_as_what_it_is(
    client: Client, lasting_site: Site, server: ServerProcess
) -> None:
    with pytest.raises(Problem) as refused:
        client.record(record("x", titel="y"))
    assert (refused.value.status, refused.value.code) == (422, "invalid_input")
    assert [(one["pointer"], one["code"]) for one in refused.value.errors] == [("/titel", "unknown_field")]
    with pytest.raises(NotPermitted) as foreign:
        client.record(record("x") | {"task": "IV.6.a", "output": None})
    assert foreign.value.document["who_can"] == ["SCT"]
    with Client(server.base_url, "ttdn_" + "0" * 33, PLAN) as stranger, pytest.raises(KeyRefused):
        stranger.get("progress")
    with Client(server.base_url, lasting_site.secrets["SVHTTDL"], "khong/co") as lost, pytest.raises(Problem):
        lost.overview()
    with Client("http://127.0.0.1:9", "x", PLAN, patience=ONCE) as nowhere, pytest.raises(Unreachable):
        nowhere.overview()


def test_no_failure_carries_the_key() -> None:
    nowhere = Client("http://127.0.0.1:9", "the-secret", PLAN, patience=ONCE)
    with nowhere, pytest.raises(Unreachable) as failure:
        nowhere.overview()
    error: BaseException | None = failure.value
    while error is not None:
        assert "the-secret" not in repr(vars(error)) + str(error)
        assert error.__cause__ is None
        error = None if error.__suppress_context__ else error.__context__


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [
        ("7", 7, 7),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 10**9, 10**10),
        ("Fri, 01 Jan 2100 00:00:00 -0000", 10**9, 10**10),
        ("Sat, 01 Jan 2000 00:00:00 GMT", 0, 0),
    ],
)
def test_what_is_asked_to_wait_is_read_as_seconds_or_as_a_date(asked: str, least: float, most: float) -> None:
    told = of(httpx.Response(503, headers={"Retry-After": asked}))
    assert isinstance(told, Passing)
    assert told.retry_after is not None
    assert least <= told.retry_after <= most


@pytest.mark.parametrize("asked", ["", "soon", "-1", "1.5"])
def test_what_cannot_be_read_asks_for_nothing(asked: str) -> None:
    told = of(httpx.Response(503, headers={"Retry-After": asked}))
    assert isinstance(told, Passing)
    assert told.retry_after is None


def test_a_problem_that_is_no_json_is_none_of_the_service_s() -> None:
    problem = {"Content-Type": "application/problem+json"}
    assert isinstance(of(httpx.Response(422, headers=problem, content=b"<")), NotTheService)
    flying = httpx.Response(409, headers=problem, json={"code": "request_in_flight"})
    assert isinstance(of(flying), InFlight)


def failing(times: int, trouble: TtdnError) -> tuple[list[float], int]:
    """How long is waited for something that fails so often, and how often it is asked."""
    waits: list[float] = []
    asked = 0

    def ask() -> None:
        nonlocal asked
        asked += 1
        if asked <= times:
            raise trouble

    Patience(seconds=0.5, first=0.01, longest=0.05).persist(ask, lambda _, wait: waits.append(wait))
    return waits, asked


def test_waits_are_drawn_grow_and_end() -> None:
    waits, asked = failing(5, Unreachable("x"))
    assert asked == 6
    assert all(0 <= wait <= 0.05 for wait in waits)
    assert len(set(waits)) == 5, "each is drawn"
    with pytest.raises(Unreachable):
        failing(10**6, Unreachable("x"))
    with pytest.raises(Passing):
        failing(10**6, Passing(500, {}))
    assert failing(3, Passing(503, {}, retry_after=0.05))[0] >= [0.05] * 3
    longest = [Patience()._wait(Unreachable("x"), random.randrange(2000)) for _ in range(2000)]
    assert 55 < max(longest) <= 60


def test_a_proxy_whose_name_is_none_is_nobody_who_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("HTTP_PROXY", "http://proxy..vn:3128"), ("NO_PROXY", "")):
        monkeypatch.setenv(name, value)
        monkeypatch.setenv(name.lower(), value)
    with Client("http://127.0.0.1:9", "x", PLAN, patience=ONCE) as lost, pytest.raises(Unreachable):
        lost.get("progress")
