"""Where the script is played: the service with the real plan, keys for every body, a clock that is set."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Protocol

import httpx

from app import migration
from app.db import Clock, Database
from app.rules.vocabulary import AgencyKind, Scope
from app.services import keys
from app.settings import Settings
from seed import loader
from tests.service import Service
from tests.year.model import Plan

BEGINS = datetime(2023, 1, 1, 1, tzinfo=UTC)
"""When the plan is put on record: 08:00 of the first of January 2023 in Asia/Ho_Chi_Minh."""
LIFETIME = timedelta(days=500)


class Stage(Protocol):
    """What the player needs."""

    def client(self, agency: str) -> httpx.Client:
        """A client with that body's key."""

    def set(self, at: datetime) -> None:
        """Let it be that instant."""

    def give_key(self, agency: str) -> None:
        """Issue a key, as the technician does."""


class Hands:
    """A clock whose hands are set, and never move by themselves."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


class InProcess:
    """The service in this process, called as every other test calls it."""

    def __init__(self, service: Service, hands: Hands) -> None:
        self.service, self._hands = service, hands
        self._clients: dict[str, httpx.Client] = {}

    def client(self, agency: str) -> httpx.Client:
        if agency not in self._clients:
            self._clients[agency] = self.service[agency]
        return self._clients[agency]

    def set(self, at: datetime) -> None:
        self._hands.at = at

    def give_key(self, agency: str) -> None:
        self.service.secrets[agency] = issue(self.service.database, [agency])[agency]


@contextmanager
def in_process(url: str) -> Iterator[InProcess]:
    """Put the plan on record in an empty database, and serve it from the first of January on."""
    hands = Hands(BEGINS)
    secrets = prepare(url, hands)
    with Service(url, secrets, hands) as running:
        yield InProcess(running, hands)


def prepare(url: str, clock: Clock) -> dict[str, str]:
    """The schema, the plan, and a key for every body that can have one."""
    database = Database(Settings(DATABASE_URL=url), clock)
    try:
        migration.upgrade(database.engine)
        plan_file, digest = loader.read(loader.PLAN_2023)
        with database.writing() as session:
            loader.load(session, plan_file, digest, lambda _what, _how_many: None)
        without = (AgencyKind.GROUP, AgencyKind.EXTERNAL_PARTNER)
        return issue(database, [code for code, kind in Plan().kinds.items() if kind not in without])
    finally:
        database.dispose()


def issue(database: Database, agencies: list[str]) -> dict[str, str]:
    """Their keys, which outlive the year."""
    with database.writing() as session:
        return {
            agency: keys.issue(session, keys.technician(), agency, "year", (Scope.PUSH,), LIFETIME)[1]
            for agency in agencies
        }
