"""Stops and stalls: the service asked to end; its database gone, back, not there, or held by another."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from functools import partial

import httpx
import psycopg
import pytest
from sqlalchemy import select

from app import sqlite
from app.models import Activity
from app.web.leaving import GRACE_SECONDS
from tests import patience
from tests.faults.offices import at_work, tally, until_some_are_stored
from tests.faults.sites import Site
from tests.faults.together import at_once, statuses
from tests.servers import ThrowAwayPostgres
from tests.service import PLAN, training

ROUNDS = patience.KILLS // 5
RESTARTS = max(3, patience.KILLS // 10)
GRACE = GRACE_SECONDS + 1
"""What `ttdn serve` grants requests in flight, and one second."""

BACK_IN = 2.0
"""Seconds after the database's return in which the service must be well again."""

ACTIVITIES = f"{PLAN}/activities"

posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGTERM to answer")


@posix
@pytest.mark.timeout(60 + 40 * ROUNDS)
def test_sigterm_with_writes_in_flight_ends_in_order(site: Site) -> None:
    acknowledged = 0
    with site.serve() as server:
        for round_ in range(ROUNDS):
            if round_:
                server.start()
            with at_work(site.secrets, lambda: server.base_url, round_) as offices:
                until_some_are_stored(offices)
                began = time.monotonic()
                code = server.terminate(GRACE)
                took = time.monotonic() - began
            assert code in (0, -signal.SIGTERM), server.log[-2000:]
            assert took < GRACE
            assert not [line for office in offices for line in office.strange]
            found = tally(site.url, offices)
            assert (found.lost, found.doubled, found.wrong) == ([], [], [])
            acknowledged += found.acknowledged
        assert "Traceback" not in server.log
    assert acknowledged >= 12 * ROUNDS


@contextmanager
def held(site: Site) -> Iterator[None]:
    """Nobody else can write while the block runs: this process has the lock every recording needs."""
    if site.embedded:
        path = site.url.removeprefix("sqlite:///")
        with closing(sqlite.driver().connect(path, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            yield
            holder.execute("ROLLBACK")
    else:
        with psycopg.connect(site.url) as holder:
            holder.execute("LOCK TABLE assignments IN EXCLUSIVE MODE")
            yield
            holder.rollback()


@posix
def test_a_request_in_hand_when_sigterm_comes_is_finished(site: Site) -> None:
    workers = () if site.embedded else ("--workers", "2")
    with (
        site.serve(*workers) as server,
        site.client("SVHTTDL", server.base_url) as office,
        ThreadPoolExecutor(2) as pool,
    ):
        with held(site):
            waiting = pool.submit(office.post, ACTIVITIES, json=training(title="Đang chờ"))
            time.sleep(0.4)
            leaving = pool.submit(server.terminate, GRACE)
            time.sleep(0.4)
            assert not waiting.done()
            assert not leaving.done(), "it left with a request in hand"
        assert waiting.result().status_code == 201
        assert leaving.result() in (0, -signal.SIGTERM)
    titles = site.look(lambda session: session.scalars(select(Activity.title)).all())
    assert "Đang chờ" in titles


def ready_until_it_is_not(base_url: str) -> httpx.Response:
    """The first answer of /readyz that is not 200, each asked for on a connection of its own."""
    while (answer := httpx.get(f"{base_url}/readyz")).status_code == 200:
        pass
    return answer


@posix
def test_asked_to_stop_it_says_so_and_serves_on_until_it_leaves(site: Site) -> None:
    with site.serve(TTDN_DRAIN_SECONDS="300") as server:
        assert server.pid is not None
        os.kill(server.pid, signal.SIGTERM)
        answer = ready_until_it_is_not(server.base_url)
        assert (answer.status_code, answer.json()["detail"]) == (503, "Hệ thống đang dừng")
        assert answer.headers["retry-after"].isdigit()
        assert httpx.get(f"{server.base_url}/livez").status_code == 200
        with site.client("SVHTTDL", server.base_url) as office:
            assert office.post(ACTIVITIES, json=training()).status_code == 201
        assert server.terminate(GRACE) in (0, -signal.SIGTERM), "asked twice it goes at once"
        with pytest.raises(httpx.ConnectError):
            ready_until_it_is_not(server.base_url)


@posix
def test_it_leaves_by_itself_and_without_a_word_where_nobody_asks_for_one(site: Site) -> None:
    with site.serve(TTDN_DRAIN_SECONDS="1") as server:
        assert server.terminate(GRACE) in (0, -signal.SIGTERM)
    with site.serve() as server:
        assert server.pid is not None
        os.kill(server.pid, signal.SIGTERM)
        with pytest.raises((httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError)):
            ready_until_it_is_not(server.base_url)
        assert server.terminate(GRACE) in (0, -signal.SIGTERM)


def test_a_lock_held_too_long_is_busy_and_nothing_is_half_done(site: Site) -> None:
    with (
        site.serve(TTDN_BUSY_SECONDS="1") as server,
        site.client("SVHTTDL", server.base_url) as office,
    ):
        repeats = [{"Idempotency-Key": f"busy-{n}"} for n in range(3)]
        pushes = [partial(office.post, ACTIVITIES, json=training(), headers=repeat) for repeat in repeats]
        with held(site):
            began = time.monotonic()
            refused = at_once([*pushes, partial(office.get, ACTIVITIES)])
            took = time.monotonic() - began
        assert [answer.status_code for answer in refused] == [503, 503, 503, 200]
        for answer in refused[:3]:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["retry-after"].isdigit()
            assert answer.json()["code"] == "busy"
        assert 0.9 < took < 5
        assert refused[3].json()["items"] == []
        assert statuses(at_once(pushes)) == {201: 3}, "a refused request does not burn its key"
        assert "Traceback" not in server.log
    assert tally(site.url, []).wrong == []


@pytest.mark.timeout(60 + 30 * RESTARTS)
@pytest.mark.parametrize("how", ["stop", "kill"])
def test_postgresql_goes_and_comes_back_under_load(
    cluster: ThrowAwayPostgres, cluster_site: Site, how: str
) -> None:
    """Stopped as an operator does it, and cut off as a power failure does."""
    with cluster_site.serve() as server, httpx.Client(base_url=server.base_url, timeout=30) as probe:
        with at_work(cluster_site.secrets, lambda: server.base_url, how == "kill") as offices:
            for _ in range(RESTARTS):
                until_some_are_stored(offices)
                getattr(cluster, how)()
                down = probe.get("/readyz")
                assert (down.status_code, probe.get("/livez").status_code) == (503, 200)
                assert down.headers["retry-after"].isdigit()
                cluster.start()
                until_some_are_stored(offices, more=1, patience=BACK_IN)
                assert probe.get("/readyz").status_code == 200
        assert not [line for office in offices for line in office.strange]
        assert sum(office.statuses[503] for office in offices) > 0, "the outage was not felt"
        assert sum(office.torn for office in offices) == 0, "it is the database that went, not the service"
        assert "Traceback" not in server.log
    found = tally(cluster_site.url, offices)
    assert (found.lost, found.doubled, found.wrong) == ([], [], [])


@contextmanager
def hanging(cluster: ThrowAwayPostgres) -> Iterator[None]:
    """While the block runs, every process of the server keeps its connections and does nothing."""
    others = cluster.say(
        "SELECT string_agg(pid::text, ' ') FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    )
    processes = [int(pid) for pid in (str(cluster.pid), *others.split())]
    for pid in processes:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in processes:
            os.kill(pid, signal.SIGCONT)


@posix
@pytest.mark.timeout(120)
def test_it_ends_though_its_database_hangs(cluster: ThrowAwayPostgres, cluster_site: Site) -> None:
    with (
        cluster_site.serve() as server,
        ThreadPoolExecutor(1) as pool,
        cluster_site.client("SVHTTDL", server.base_url) as office,
    ):
        assert office.get(ACTIVITIES).status_code == 200
        with hanging(cluster):
            asked = pool.submit(office.get, ACTIVITIES)
            wait([asked], timeout=1)
            assert server.terminate(GRACE + 10) == 1
        assert "does the database hang?" in server.log
        assert asked.result().status_code == 503


@posix
@pytest.mark.timeout(120)
@pytest.mark.parametrize("kept", ["0", "1000000"])
def test_it_is_not_ready_while_its_database_hangs(
    cluster: ThrowAwayPostgres, cluster_site: Site, kept: str
) -> None:
    """Also where every thread is taken by who waits for the database, and the balancer asks in vain again,
    with a key that nobody needs there."""
    with (
        cluster_site.serve(TTDN_THREADS="2", TTDN_KEPT_BYTES=kept) as server,
        ThreadPoolExecutor(4) as pool,
        cluster_site.client("SVHTTDL", server.base_url) as office,
        httpx.Client(base_url=server.base_url, timeout=5, headers=cluster_site.bearer("SVHTTDL")) as balancer,
    ):
        assert statuses([balancer.get("/readyz"), office.get(ACTIVITIES)]) == {200: 2}
        with hanging(cluster):
            asked = [pool.submit(office.get, ACTIVITIES) for _ in range(4)]
            told = [balancer.get("/readyz") for _ in range(2)]
            assert statuses(told) == {503: 2}
            assert told[0].json()["detail"] == "Cơ sở dữ liệu không trả lời"
            assert balancer.get("/livez").status_code == 200
        assert {one.result().status_code for one in asked} <= {200, 503}, "it connected anew, in vain"
        assert balancer.get("/readyz").status_code == 200


def test_the_service_starts_without_its_database_and_recovers_with_it(
    cluster: ThrowAwayPostgres, cluster_site: Site
) -> None:
    cluster.stop()
    with (
        cluster_site.serve(ready="/livez") as server,
        cluster_site.client("SVHTTDL", server.base_url) as office,
    ):
        asked = [office.get("/readyz"), office.get(ACTIVITIES), office.post(ACTIVITIES, json=training())]
        assert statuses(asked) == {503: 3}
        assert {answer.headers["content-type"] for answer in asked} == {"application/problem+json"}
        assert all(answer.headers["retry-after"].isdigit() for answer in asked)
        assert not any(
            word in answer.text for answer in asked for word in ("127.0.0.1", "refused", "psycopg")
        )
        cluster.start()
        assert office.get("/readyz").status_code == 200
        assert office.post(ACTIVITIES, json=training()).status_code == 201
