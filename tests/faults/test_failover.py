"""The primary dies under load and its replica takes over: three processes find it by themselves, and between
there is nothing but 503 with Retry-After. With synchronous replication nothing acknowledged is lost; without,
it can be, and the same tally sees it."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager

import httpx
import pytest
from sqlalchemy import make_url

from app.web.desk import CONSISTENCY
from tests import patience
from tests.faults.offices import at_work, tally, until_some_are_stored
from tests.faults.sites import Site
from tests.servers import ServerProcess, Standby, ThrowAwayPostgres
from tests.service import PLAN, push

FAILOVERS = max(1, patience.KILLS // 25)
BACK_IN = 15.0
"""Seconds after the promotion in which every office must be served again."""


class Throne:
    """Who is the primary now; whoever was before is gone."""

    def __init__(self, primary: ThrowAwayPostgres, site: Site, opened: ExitStack) -> None:
        self.primary, self._site, self._opened = primary, site, opened

    def followed(self, *, synchronous: bool) -> Standby:
        """A new replica of the present primary, which waits for it with each commit or does not."""
        standby = self._opened.enter_context(Standby(self.primary))
        standby.catch_up()
        if synchronous:
            self.primary.configure(synchronous_standby_names="*")
            until(lambda: self.primary.say("SELECT sync_state = 'sync' FROM pg_stat_replication") is True)
        return standby

    @contextmanager
    def served(self, standby: Standby, times: int = 3) -> Iterator[tuple[Site, list[ServerProcess]]]:
        """Processes that know both machines, write to whichever is the primary, and read from the replica."""
        own = make_url(self.primary.url("ttdn"))
        hosts = [f"{one.address.host}:{one.address.port}" for one in (self.primary, standby)]
        both = own.set(host=None, port=None, query={"host": hosts, "target_session_attrs": "read-write"})
        url = both.render_as_string(hide_password=False)
        with (
            closing(Site(url, self._site.secrets)) as site,
            site.served(times, TTDN_REPLICA_URL=standby.url("ttdn")) as servers,
        ):
            yield site, servers

    def passes_to(self, standby: Standby) -> None:
        """The primary is cut off, and the replica made one."""
        self.primary.kill()
        standby.promote()
        self.primary = standby


@pytest.fixture(scope="module")
def throne(cluster: ThrowAwayPostgres, cluster_site: Site) -> Iterator[Throne]:
    cluster_site.close()
    with ExitStack() as opened:
        yield Throne(cluster, cluster_site, opened)


class Reader(threading.Thread):
    """Reads at any of the processes until it is told to stop, sometimes as one who has written."""

    def __init__(self, site: Site, servers: Sequence[ServerProcess]) -> None:
        super().__init__(daemon=True)
        self._site, self._servers = site, servers
        self._ended = threading.Event()
        self.statuses: Counter[int] = Counter()
        self.strange: list[str] = []

    def run(self) -> None:
        headers = [{}, {CONSISTENCY: "0"}, {CONSISTENCY: "ffffffffffff"}]
        with ExitStack() as opened:
            clients = [
                opened.enter_context(self._site.client("TTBCD", server.base_url)) for server in self._servers
            ]
            while not self._ended.is_set():
                answer = random.choice(clients).get(f"{PLAN}/overview", headers=random.choice(headers))
                self.statuses[answer.status_code] += 1
                if answer.status_code != 200 and not answer.headers.get("retry-after", "").isdigit():
                    self.strange.append(f"{answer.status_code} {answer.text}")

    def end(self) -> None:
        self._ended.set()
        self.join(60)
        assert not self.is_alive()


def until(holds: object, seconds: float = 20) -> None:
    assert callable(holds)
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.timeout(60 + 60 * FAILOVERS)
def test_nothing_acknowledged_is_lost_when_a_synchronous_replica_takes_over(throne: Throne) -> None:
    for round_ in range(FAILOVERS):
        standby = throne.followed(synchronous=True)
        with throne.served(standby) as (site, servers):
            reader = Reader(site, servers)
            reader.start()
            with at_work(site.secrets, lambda: random.choice(servers).base_url, round_) as offices:
                until_some_are_stored(offices)
                throne.primary.kill()
                for server in servers:
                    down = httpx.get(f"{server.base_url}/readyz", timeout=30)
                    assert (down.status_code, httpx.get(f"{server.base_url}/livez").status_code) == (503, 200)
                    assert down.headers["retry-after"].isdigit()
                throne.passes_to(standby)
                until_some_are_stored(offices, patience=BACK_IN)
            reader.end()
            assert not [line for office in offices for line in office.strange]
            assert reader.strange == []
            assert sum(office.statuses[503] for office in offices) > 0, "the outage was not felt"
            assert reader.statuses[503] > 0
            assert reader.statuses.keys() == {200, 503}
            assert sum(office.torn for office in offices) == 0, "it is the database that went"
            assert not [server for server in servers if "Traceback" in server.log]
            found = tally(site.url, offices)
            assert (found.lost, found.doubled, found.torn, found.wrong) == ([], [], [], [])
            assert found.acknowledged >= 24


def test_what_one_machine_alone_has_is_not_acknowledged(throne: Throne) -> None:
    standby = throne.followed(synchronous=True)
    with throne.served(standby, 1) as (site, [server]), site.client("SVHTTDL", server.base_url) as office:
        standby.stop()
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(push, office)
            until(
                lambda: throne.primary.say(
                    "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
                )
            )
            assert not waiting.done()
            standby.start()
            assert waiting.result().status_code == 201
        throne.passes_to(standby)


def test_without_synchronous_replication_what_the_replica_has_not_heard_of_is_lost(throne: Throne) -> None:
    """The negative control: the tally of the first test is not blind. What is left is consistent; of a batch
    that was lost, the record that its office corrects afterwards is taken as a new one."""
    standby = throne.followed(synchronous=False)
    with throne.served(standby) as (site, servers):
        with at_work(site.secrets, lambda: random.choice(servers).base_url, 1000) as offices:
            until_some_are_stored(offices)
            standby.stop()
            until_some_are_stored(offices)
            throne.primary.kill()
            standby.start()
            throne.passes_to(standby)
            until_some_are_stored(offices, patience=BACK_IN)
        found = tally(site.url, offices)
        assert found.lost
        assert (found.doubled, found.wrong) == ([], [])
