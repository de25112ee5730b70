"""The year on a real server: a process with a port, whose clock is a file."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

import httpx

from app.db import Database
from app.settings import Settings
from tests.patience import UNMEASURED
from tests.servers import ServerProcess
from tests.servers.processes import LOOPBACK
from tests.year import clocked
from tests.year.stage import BEGINS, Hands, issue, prepare

COMMAND = (sys.executable, str(Path(clocked.__file__)), "serve", "--host", LOOPBACK, "--port", "{port}")


class Served:
    """Clients of the process; the hand that sets its clock; and the technician beside it."""

    def __init__(
        self, url: str, secrets: dict[str, str], clock: Path, base_url: str, ends: ExitStack
    ) -> None:
        self._url, self._secrets, self._clock = url, secrets, clock
        self._base_url, self._ends = base_url, ends
        self._clients: dict[str, httpx.Client] = {}
        self._now = BEGINS

    def client(self, agency: str) -> httpx.Client:
        if agency not in self._clients:
            bearer = {"Authorization": f"Bearer {self._secrets[agency]}"}
            client = httpx.Client(base_url=self._base_url, headers=bearer, timeout=60)
            self._clients[agency] = self._ends.enter_context(client)
        return self._clients[agency]

    def set(self, at: datetime) -> None:
        """In one move, for the server may be looking."""
        self._now = at
        beside = self._clock.with_suffix(".next")
        beside.write_text(at.isoformat(), encoding="ascii")
        beside.replace(self._clock)

    def give_key(self, agency: str) -> None:
        database = Database(Settings(DATABASE_URL=self._url), Hands(self._now))
        try:
            self._secrets |= issue(database, [agency])
        finally:
            database.dispose()


@contextmanager
def served(url: str, folder: Path) -> Iterator[Served]:
    """Put the plan on record in an empty database, and start a server on it on the first of January."""
    secrets = prepare(url, Hands(BEGINS))
    clock = folder / "clock"
    clock.write_text(BEGINS.isoformat(), encoding="ascii")
    environment = {**UNMEASURED, "DATABASE_URL": url, clocked.CLOCK: str(clock)}
    with ServerProcess(environment, COMMAND) as server, ExitStack() as ends:
        yield Served(url, secrets, clock, server.base_url, ends)
