"""Real processes on real databases: what a test here breaks, no other test sees."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta

import pytest

from app import migration
from app.db import Database
from app.services import audit, keys
from app.settings import Settings
from seed import loader
from tests.conftest import CALLERS, Seeded
from tests.faults.doors import Doors
from tests.faults.offices import WORK
from tests.faults.sites import Site
from tests.servers import ThrowAwayPostgres, Unavailable, required


@pytest.fixture
def site(seeded: Seeded) -> Iterator[Site]:
    """A fresh copy of the real plan on SQLite and on the session's PostgreSQL."""
    with closing(Site(seeded.copy(), seeded.secrets)) as made:
        yield made
    seeded.give_back(made.url)


@pytest.fixture(scope="module")
def lasting_site(seeded: Seeded) -> Iterator[Site]:
    """One copy for a whole module, where each test looks only at what it did itself."""
    with closing(Site(seeded.copy(), seeded.secrets)) as made:
        yield made
    seeded.give_back(made.url)


@pytest.fixture(scope="module")
def serving(lasting_site: Site) -> Iterator[list[str]]:
    """Where the service listens: two workers of one port on PostgreSQL, two servers on one SQLite file."""
    with ExitStack() as running:
        if lasting_site.embedded:
            servers = [running.enter_context(lasting_site.serve()) for _ in range(2)]
        else:
            servers = [running.enter_context(lasting_site.serve("--workers", "2"))]
        yield [server.base_url for server in servers]


@pytest.fixture
def doors(serving: list[str], lasting_site: Site) -> Iterator[Doors]:
    """The clients of one test; after it every stored figure is what the records say."""
    with Doors(lasting_site, serving) as opened:
        yield opened
    assert lasting_site.look(lambda session: list(audit.differences(session))) == []


@pytest.fixture(scope="module")
def cluster() -> Iterator[ThrowAwayPostgres]:
    """A PostgreSQL of the test's own, durable like a real one, to be stopped and killed."""
    try:
        own = ThrowAwayPostgres(durable=True)
    except Unavailable as reason:
        if required():  # also where a server is named: nobody's but its own may be killed
            raise
        pytest.skip(str(reason))
    with own:
        yield own


@pytest.fixture(scope="module")
def cluster_site(cluster: ThrowAwayPostgres) -> Iterator[Site]:
    """The real plan on that cluster."""
    url = cluster.create_database("ttdn")
    database = Database(Settings(DATABASE_URL=url))
    try:
        migration.upgrade(database.engine)
        with database.writing() as session:
            loader.load(session, *loader.read(loader.PLAN_2023), lambda *_: None)
        with database.writing() as session:
            secrets = {
                agency: keys.issue(
                    session, keys.technician(), agency, "test", CALLERS[agency], timedelta(days=1)
                )[1]
                for agency in ("TTBCD", *WORK)
            }
    finally:
        database.dispose()
    with closing(Site(url, secrets)) as made:
        yield made
