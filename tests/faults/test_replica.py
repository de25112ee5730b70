"""Three processes, a primary and its streaming replica: who has written reads it, nobody reads what is older
than is promised, and what only the primary knows is asked of the primary."""

import asyncio
import time
from collections.abc import Hashable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from itertools import cycle, islice
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import create_engine, func, make_url, select
from sqlalchemy.orm import Session

from app import freshness, replica
from app.db import SILENCE, Database
from app.errors import NotFound
from app.services import audit, keys
from app.settings import Settings
from app.web.desk import CONSISTENCY
from tests.faults.sites import Site
from tests.servers import Postgres, ServerProcess, Standby, ThrowAwayPostgres
from tests.service import PLAN, push, training
from ttdn_client import Client
from ttdn_client.problems import NotPermitted

ACTIVITIES = f"{PLAN}/activities"
TOTAL = {"limit": "1", "count": "true"}
CURRENT = "no token of ours"
"""What cannot be read is asked of the primary."""
LONG = "3600"
"""Seconds that a replica may be late where the test itself holds it back."""


@pytest.fixture(scope="module")
def standby(cluster: ThrowAwayPostgres, cluster_site: Site) -> Iterator[Standby]:
    with Standby(cluster) as following:
        yield following
    assert cluster_site.look(lambda session: list(audit.differences(session))) == []


@pytest.fixture(scope="module")
def three(cluster_site: Site, standby: Standby) -> Iterator[list[ServerProcess]]:
    with cluster_site.served(3, TTDN_REPLICA_URL=standby.url("ttdn"), TTDN_REPLICA_SECONDS=LONG) as servers:
        yield servers


@pytest.fixture
def clients(cluster_site: Site, three: Sequence[ServerProcess]) -> Iterator[list[httpx.Client]]:
    opened = [cluster_site.client("SVHTTDL", server.base_url) for server in three]
    yield opened
    for client in opened:
        client.close()


@contextmanager
def held_back(standby: Standby, clients: Sequence[httpx.Client]) -> Iterator[None]:
    """The replica shows what all three have just read of it, and nothing later."""
    standby.catch_up()
    for client in clients:
        assert client.get(ACTIVITIES).status_code == 200
    standby.hold_back()
    try:
        yield
    finally:
        standby.let_go()
        standby.catch_up()


def total(client: httpx.Client, token: str | None = None) -> int:
    answer = client.get(ACTIVITIES, params=TOTAL, headers={CONSISTENCY: token} if token else {})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["total"])


def test_only_a_server_has_replicas() -> None:
    with pytest.raises(ValueError, match="TTDN_REPLICA_URL"):
        Database(Settings(DATABASE_URL="sqlite://", replica_url="postgresql://127.0.0.1/ttdn"))


@pytest.mark.parametrize(("said", "more"), [({}, ""), ({"tcp_user_timeout": 7000}, "?tcp_user_timeout=7000")])
def test_a_host_that_vanishes_is_given_up_unless_its_address_says_otherwise(
    cluster: ThrowAwayPostgres, said: dict[str, int], more: str
) -> None:
    """No packet can be lost here on purpose: it is the connection that tells what it was given."""
    database = Database(Settings(DATABASE_URL=cluster.url() + more))
    with closing(database.engine.raw_connection()) as lent:
        driver: Any = lent.driver_connection
        told = driver.info.get_parameters()
    database.dispose()
    wanted = SILENCE | said
    assert {name: told.get(name) for name in wanted} == {name: str(value) for name, value in wanted.items()}


def test_a_token_asks_for_a_position_or_for_all_there_is() -> None:
    assert replica.least([]) == 0
    assert replica.least([replica.token(2**64 - 1), replica.token(7)]) == 2**64 - 1
    assert {replica.least([one]) for one in ("", "0/16B3748", "-1", "F", "1" * 17, CURRENT)} == {None}


def test_a_look_is_the_replicas_or_the_primarys(
    cluster: ThrowAwayPostgres, cluster_site: Site, standby: Standby
) -> None:
    """In this process: which of the two servers looks, by the position that is asked for."""
    settings = Settings(
        DATABASE_URL=cluster.url("ttdn"), replica_url=standby.url("ttdn"), replica_seconds=3600
    )
    with closing(Both(settings)) as both:
        standby.catch_up()
        assert both.looks() == both.looks() == "replica"
        standby.hold_back()
        with cluster_site.writing() as session:
            keys.issue(session, keys.technician(), "MTTQ", "test", (), timedelta(days=1))
        written = both.replica.committed()
        assert (both.looks(), both.looks(written), both.looks(None)) == ("replica", "primary", "primary")
        assert both.looks(refused=True) == "primary"
        lag = both.replica.lag()
        assert (lag.serves, bool(lag.bytes), lag.seconds is not None) == (True, True, True)
        standby.let_go()
        standby.catch_up()
        assert both.looks(written) == "replica"
        assert both.replica.lag() == (True, 0, 0.0)
        standby.stop()
        assert both.looks() == "primary"
        assert (both.replica.resting(), both.replica.lag()) == (True, replica.Lag(serves=False))
        standby.start()


class Both(Database):
    """A primary and its replica, asked which of them answers."""

    replica: replica.Replica

    def looks(self, at_least: int | None = 0, *, refused: bool = False) -> str:
        def where(session: Session) -> str:
            late = session.scalar(select(func.pg_is_in_recovery()))
            if late and refused:
                raise NotFound
            return "replica" if late else "primary"

        return self.look(where, at_least)

    def level(self, standby: Standby) -> Hashable:
        """The state of both; asked again where a server has just written something of its own."""
        while True:
            standby.catch_up()
            state = asyncio.run(self.freshness.state())
            if state is not None:
                return state

    close = Database.dispose


def test_a_server_that_is_no_primary_is_busy_for_whoever_writes(cluster_site: Site, standby: Standby) -> None:
    """An address that still leads to the old one, or to the wrong one."""
    standby.catch_up()
    with (
        closing(Site(standby.url("ttdn"), cluster_site.secrets)) as site,
        site.serve(ready="/livez") as server,
        site.client("SVHTTDL", server.base_url) as office,
    ):
        for refused in [*(push(office) for _ in range(3)), office.get("/readyz")]:
            assert (refused.status_code, refused.json()["code"]) == (503, "busy")
            assert refused.headers["retry-after"].isdigit()
            assert office.get(ACTIVITIES).status_code == 200
        assert "Traceback" not in server.log


def test_who_wrote_reads_it_anywhere_and_others_read_the_replica(
    clients: list[httpx.Client], standby: Standby
) -> None:
    first, second, third = clients
    with held_back(standby, clients):
        before = total(first)
        pushed = push(first)
        token = pushed.headers[CONSISTENCY]
        assert pushed.status_code == 201
        assert [total(client, token) for client in clients] == [before + 1] * 3
        assert [total(client) for client in clients] == [before] * 3, "the control: nobody but the replica"
        ready = third.get("/readyz").json()["replica"]
        assert ready["behind_bytes"] > 0
        assert ready["behind_seconds"] is not None
        assert total(second, CURRENT) == before + 1
    assert [total(client) for client in clients] == [before + 1] * 3
    with held_back(standby, clients):
        assert push(second).status_code == 201
        assert total(third, token) == before + 1, "the replica has come to where the token was given"
    assert first.get("/readyz").json()["replica"] == {
        "serves": True,
        "behind_bytes": 0,
        "behind_seconds": 0.0,
    }


def test_what_a_write_is_judged_by_is_what_is_read_after_it(
    clients: list[httpx.Client], standby: Standby
) -> None:
    first, second, _ = clients
    path = f"{ACTIVITIES}/{push(first).json()['activity']['id']}"
    with held_back(standby, clients):
        old = first.get(path).headers["etag"]
        corrected = first.patch(path, json={"languages": ["vi"]}, headers={"If-Match": old})
        assert corrected.status_code == 200
        assert second.get(path).headers["etag"] == old, "the control"
        refused = second.patch(path, json={"languages": ["km"]}, headers={"If-Match": old})
        assert refused.status_code == 412
        again = second.get(path, headers={CONSISTENCY: refused.headers[CONSISTENCY]})
        assert again.headers["etag"] == corrected.headers["etag"]
        key = {"Idempotency-Key": "replica"}
        repeats = [second.post(ACTIVITIES, json=training(title="Lần"), headers=key) for _ in range(2)]
        assert repeats[0].content == repeats[1].content
        assert all(total(first, one.headers[CONSISTENCY]) == total(first, CURRENT) for one in repeats)


def test_the_typed_client_reads_what_it_has_written(
    cluster_site: Site, three: list[ServerProcess], clients: list[httpx.Client], standby: Standby
) -> None:
    """And what it was judged by, where it was refused."""
    office = Client(three[0].base_url, cluster_site.secrets["SVHTTDL"], "ttdn-2023")
    with office, held_back(standby, clients):
        before = len(list(office.items("activities")))
        assert office.push([training()])["counts"]["created"] == 1
        assert len(list(office.items("activities"))) == before + 1
        assert push(clients[0]).status_code == 201
        with pytest.raises(NotPermitted):
            office.record(training(task="IV.6.a", output=None))
        assert len(list(office.items("activities"))) == before + 2
        assert total(clients[0]) == before, "the control sends no token"


def test_nothing_is_unknown_because_the_replica_has_not_heard_of_it(
    clients: list[httpx.Client], standby: Standby
) -> None:
    first, second, _ = clients
    with held_back(standby, clients):
        made = push(first).json()["activity"]["id"]
        assert second.get(f"{ACTIVITIES}/{made}").status_code == 200
        assert second.get(f"{ACTIVITIES}/01M83Q6BFV6VFAMZ9XVZYV7V1C").status_code == 404


def test_a_revoked_key_ends_at_once(cluster_site: Site, three: list[ServerProcess], standby: Standby) -> None:
    with ExitStack() as opened:
        callers = [opened.enter_context(cluster_site.client("SCT", server.base_url)) for server in three]
        opened.enter_context(held_back(standby, callers))
        with cluster_site.writing() as session:
            for key, agency in keys.find(session):
                if agency == "SCT":
                    keys.revoke(session, keys.technician(), key.public_id)
        assert Postgres(make_url(standby.url("ttdn"))).say("SELECT count(revoked_at) FROM keys") == 0
        assert [client.get(ACTIVITIES).status_code for client in callers] == [401] * 3


def test_the_feed_misses_nothing_whoever_serves_its_pages(
    clients: list[httpx.Client], standby: Standby
) -> None:
    """Pages come from the replica, and from the primary whenever the replica does not know the last one."""
    seen: list[str] = []

    def follow() -> None:
        pages = zip(cycle(clients), cycle([{}, {CONSISTENCY: CURRENT}]), strict=False)
        for client, headers in islice(pages, 200):
            after = {"after": seen[-1]} if seen else {}
            page = client.get("/v1/changes", params={"limit": "100", **after}, headers=headers)
            assert page.status_code == 200, page.text
            items = [item["id"] for item in page.json()["items"]]
            seen.extend(items)
            if not items and headers:
                return

    with held_back(standby, clients):
        follow()
        for client in clients:
            assert push(client).status_code == 201
        follow()
    assert push(clients[0]).status_code == 201
    follow()
    everything, after = list[str](), dict[str, str]()
    while True:
        page = clients[0].get("/v1/changes", params={"limit": "100", **after}, headers={CONSISTENCY: CURRENT})
        items = [item["id"] for item in page.json()["items"]]
        if not items:
            break
        everything += items
        after = {"after": items[-1]}
    assert seen == everything


def test_who_follows_the_feed_reads_no_less_than_it_was_told(
    clients: list[httpx.Client], standby: Standby
) -> None:
    """The feed may come from the primary and the thing itself from the replica, which has not heard of it."""
    first, second, _ = clients
    with held_back(standby, clients):
        before = total(second)
        assert push(first).status_code == 201
        told = first.get("/v1/changes", params={"limit": "1"}, headers={CONSISTENCY: CURRENT})
        assert (total(second), total(second, told.headers[CONSISTENCY])) == (before, before + 1)
        again = first.get("/v1/changes", params={"limit": "1"}, headers={CONSISTENCY: CURRENT})
        assert CONSISTENCY in again.headers, "also where it was kept"


def test_no_answer_is_older_than_is_promised(cluster_site: Site, standby: Standby) -> None:
    settings = {"TTDN_REPLICA_URL": standby.url("ttdn"), "TTDN_REPLICA_SECONDS": "0.2"}
    with cluster_site.serve(**settings) as server, cluster_site.client("BAOTV", server.base_url) as reader:
        standby.catch_up()
        before = total(reader)
        standby.hold_back()
        try:
            with cluster_site.client("SVHTTDL", server.base_url) as office:
                assert push(office).status_code == 201
            time.sleep(0.3)
            assert [total(reader) for _ in range(5)] == [before + 1] * 5
            assert reader.get("/readyz").json()["replica"]["serves"] is False
        finally:
            standby.let_go()
        standby.catch_up()
        assert total(reader) == before + 1
        assert server.log.count("0.2 s behind; the primary serves") == 1


def test_what_is_read_within_the_bound_is_not_kept_beyond_it(cluster_site: Site, standby: Standby) -> None:
    settings = {"TTDN_REPLICA_URL": standby.url("ttdn"), "TTDN_REPLICA_SECONDS": "2"}
    with (
        cluster_site.serve(TTDN_KEPT_BYTES="1000000", **settings) as server,
        cluster_site.client("BAOTV", server.base_url) as reader,
        cluster_site.client("SVHTTDL", server.base_url) as office,
    ):
        standby.catch_up()
        before = total(reader)
        standby.hold_back()
        try:
            assert push(office).status_code == 201
            assert total(reader) == before, "the control: within the bound, of the replica"
            time.sleep(2.2)
            assert [total(reader) for _ in range(3)] == [before + 1] * 3
        finally:
            standby.let_go()
            standby.catch_up()


def test_a_pair_has_a_state_where_the_replica_has_all_there_is(
    cluster: ThrowAwayPostgres, standby: Standby
) -> None:
    settings = Settings(DATABASE_URL=cluster.url("ttdn"), replica_url=standby.url("ttdn"))
    with closing(Both(settings)) as both:
        before = both.level(standby)
        standby.hold_back()
        cluster.say("CREATE TABLE later (n int)")
        assert asyncio.run(both.freshness.state()) is None
        standby.let_go()
        assert both.level(standby) != before


def test_a_replica_that_is_gone_is_done_without_and_said_once(cluster_site: Site, standby: Standby) -> None:
    settings = {"TTDN_REPLICA_URL": standby.url("ttdn"), "TTDN_REPLICA_SECONDS": LONG}
    with cluster_site.serve(**settings) as server, cluster_site.client("BAOTV", server.base_url) as reader:
        standby.stop()
        assert [reader.get(ACTIVITIES).status_code for _ in range(10)] == [200] * 10
        assert reader.get("/readyz").json()["replica"]["serves"] is False
        standby.start()
        deadline = time.monotonic() + 20
        while not reader.get("/readyz").json()["replica"]["serves"]:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert reader.get(ACTIVITIES).status_code == 200
        said = [line for line in server.log.splitlines() if "replica: " in line]
        assert [line.partition("replica: ")[2] for line in said] == [
            "OperationalError; the primary serves",
            "serves again",
        ]
        assert str(standby.address.password) not in server.log


def test_what_is_kept_of_a_replica_ends_with_what_it_replays(cluster_site: Site, standby: Standby) -> None:
    settings = {"TTDN_REPLICA_URL": standby.url("ttdn"), "TTDN_REPLICA_SECONDS": LONG}
    with (
        cluster_site.serve(TTDN_KEPT_BYTES="1000000", **settings) as server,
        cluster_site.client("BAOTV", server.base_url) as reader,
        cluster_site.client("SVHTTDL", server.base_url) as office,
    ):
        for _ in range(3):
            with held_back(standby, [reader]):
                before = total(reader)
                assert total(reader) == before
                token = push(office).headers[CONSISTENCY]
                assert (total(reader), total(reader, token)) == (before, before + 1)
            assert total(reader) == before + 1


def test_a_replicas_snapshot_is_no_name_of_its_state(cluster: ThrowAwayPostgres, standby: Standby) -> None:
    """Of three transactions the oldest stays open, the last commits, then the one between: that is in no
    snapshot's name there, but in how far was replayed."""
    cluster.say("CREATE TABLE named (n int)")
    watching = freshness.Server(create_engine(standby.url()))
    names, states = [], []
    with psycopg.connect(cluster.url()) as oldest, psycopg.connect(cluster.url()) as between:
        oldest.execute("INSERT INTO named VALUES (0)")
        between.execute("INSERT INTO named VALUES (1)")
        cluster.say("INSERT INTO named VALUES (2)")
        for rows in (1, 2):
            standby.catch_up()
            assert standby.say("SELECT count(*) FROM named") == rows
            names.append(standby.say("SELECT pg_current_snapshot()::text"))
            states.append(asyncio.run(watching.state()))
            between.commit()
    watching.close()
    assert states[0] != states[1]
    assert names[0] == names[1], "pg_current_snapshot() would do by now: app/freshness.py can be simpler"
