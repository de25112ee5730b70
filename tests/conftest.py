"""Both databases, one suite: every test that asks for `service` runs on SQLite and on PostgreSQL.

The seeded plan is made once for each worker and database, and copied for each test.
"""

import gc
import os
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

from app import migration
from app.db import Database
from app.main import YOUNG
from app.rules.vocabulary import Scope
from app.services import keys
from app.settings import Settings
from seed import loader
from tests import copies, servers
from tests.patience import untraced
from tests.service import Service

CLUSTER = pytest.StashKey[servers.ThrowAwayPostgres]()
KEYS = pytest.StashKey[tempfile.TemporaryDirectory[str]]()
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
BACKENDS = ("sqlite", "postgresql")
CALLERS = {
    "TTBCD": (Scope.PUSH,),
    "BPGV": (Scope.PUSH,),
    "TTTU": (),
    "SVHTTDL": (Scope.PUSH,),
    "SCT": (Scope.PUSH,),
    "STTTT": (Scope.PUSH,),
    "VPUBND": (Scope.PUSH,),
    "BAOTV": (Scope.PUSH,),
    "DAITV": (Scope.PUSH,),
    "CAT": (Scope.PUSH,),
    "BCHQS": (Scope.PUSH,),
    "STC": (Scope.PUSH,),
    "UBND.TPTV": (Scope.PUSH,),
    "BTG.TPTV": (Scope.PUSH,),
    "MTTQ": (),
    "VPTU": (Scope.ADMIN,),
}
"""Agencies that tests call as: two may only read (TTTU, MTTQ), one is the technical administrator (VPTU)."""

settings.register_profile(  # how long an example takes is the machine's business, and what else it does
    "default", suppress_health_check=[HealthCheck.differing_executors], deadline=None
)
settings.load_profile("default")


def pytest_configure(config: pytest.Config) -> None:
    """Start one throw-away PostgreSQL for the whole run, workers included; receipts have a key of its own."""
    gc.disable()  # until all tests are collected, of which nothing is garbage
    if hasattr(config, "workerinput"):
        return
    if cluster := servers.start_for_session():
        config.stash[CLUSTER] = cluster
    config.stash[KEYS] = tempfile.TemporaryDirectory(prefix="ttdn-keys-")
    os.environ["TTDN_SIGNING_KEY"] = f"{config.stash[KEYS].name}/receipts.pem"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    if cluster := config.stash.get(CLUSTER, None):
        cluster.close()
    if folder := config.stash.get(KEYS, None):
        folder.cleanup()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Coverage is taken on SQLite, and of each test's first example: the lines are the same on PostgreSQL and
    hardly more in a hundred examples, and tracing doubles the time. What only PostgreSQL needs is traced in
    the servers that tests start."""
    traced = set()
    for item in items:
        given = getattr(item, "callspec", None)
        on_postgresql = given is not None and given.params.get("backend") == "postgresql"
        test = getattr(item, "function", item)
        if on_postgresql or test in traced or is_hypothesis_test(test):
            item.add_marker(untraced)
        else:
            traced.add(test)
    items.sort(key=_may_be_long, reverse=True)  # what is begun last should not be waited for by itself


def pytest_collection_finish() -> None:
    """What has been collected stays to the end, and tests leave little that is garbage in circles."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(YOUNG)


def _may_be_long(item: pytest.Item) -> bool:
    """It is given more time than the others."""
    given = item.get_closest_marker("timeout")
    return given is not None and given.args[0] > float(item.config.getini("timeout"))


def pytest_report_header() -> str:
    """Say loudly when half of the suite cannot run."""
    if servers.of_session() is None:
        return "POSTGRESQL WAS NOT FOUND: every test on it is skipped, and half of the promises go untested"
    return "PostgreSQL: a throw-away cluster of this run"


@pytest.fixture(scope="session", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Which database."""
    if request.param == "postgresql" and servers.of_session() is None:
        pytest.skip("no PostgreSQL on this machine")
    return str(request.param)


class Seeded:
    """A database with the real plan and a key for every caller, to be copied."""

    def __init__(self, backend: str, folder: Path) -> None:
        self.backend, self.original = backend, copies.original(backend, folder, f"seeded_{WORKER}")
        self.url = self.original.url
        database = Database(Settings(DATABASE_URL=self.url))
        migration.upgrade(database.engine)
        plan_file, digest = loader.read(loader.PLAN_2023)
        with database.writing() as session:
            loader.load(session, plan_file, digest, lambda _what, _how_many: None)
        self.secrets = {}
        with database.writing() as session:
            for agency, scopes in CALLERS.items():
                _, self.secrets[agency] = keys.issue(
                    session, keys.technician(), agency, "test", scopes, timedelta(days=1)
                )
        database.dispose()

    def copy(self) -> str:
        """A fresh copy's address."""
        return self.original.copy()

    def give_back(self, url: str) -> None:
        """A copy is needed no more."""
        self.original.give_back(url)


@pytest.fixture(scope="session")
def seeded(backend: str, tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    """The database that tests get copies of; made once, however often they go from one kind to the other."""
    if backend not in _MADE:
        _MADE[backend] = Seeded(backend, tmp_path_factory.mktemp(backend))
    return _MADE[backend]


_MADE: dict[str, Seeded] = {}


@pytest.fixture
def service(seeded: Seeded) -> Iterator[Service]:
    """The service over a fresh copy of the real plan, called in this process."""
    url = seeded.copy()
    with Service(url, seeded.secrets) as running:
        yield running
    seeded.give_back(url)
