"""A site: one database with the real plan and a key for every caller, and processes that serve it."""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import httpx
from sqlalchemy.orm import Session

from app.db import Database
from app.settings import Settings
from tests.servers import ServerProcess
from tests.servers.processes import LOOPBACK

T = TypeVar("T")

UNMEASURED = {"COVERAGE_PROCESS_START": "", "COVERAGE_PROCESS_CONFIG": ""}
"""A process that is killed cannot hand in its coverage, and one that is measured is half as fast."""


def launcher(build: str) -> tuple[str, ...]:
    """The command that starts one of the broken builds in place of the service."""
    path = str(Path(__file__).with_name("builds") / f"{build}.py")
    return (sys.executable, path, "serve", "--host", LOOPBACK, "--port", "{port}")


class Site:
    """One database with the real plan and a key for every caller; `serve` puts a process on it."""

    def __init__(self, url: str, secrets: Mapping[str, str]) -> None:
        self.url, self.secrets = url, dict(secrets)
        self._database = Database(Settings(DATABASE_URL=url))

    @property
    def embedded(self) -> bool:
        """Whether it is SQLite."""
        return self.url.startswith("sqlite")

    def serve(
        self,
        *arguments: str,
        command: Sequence[str] = ServerProcess.COMMAND,
        ready: str = "/readyz",
        **settings: str,
    ) -> ServerProcess:
        """The service as a process, to be entered; `settings` are the environment's."""
        return ServerProcess(
            {**UNMEASURED, "DATABASE_URL": self.url, **settings}, (*command, *arguments), ready=ready
        )

    def bearer(self, agency: str) -> dict[str, str]:
        """The header an agency calls with."""
        return {"Authorization": f"Bearer {self.secrets[agency]}"}

    def client(self, agency: str, base_url: str, connections: int = 60) -> httpx.Client:
        """An agency's client with as many connections as it has threads."""
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        return httpx.Client(base_url=base_url, headers=self.bearer(agency), timeout=30, limits=limits)

    def look(self, at: Callable[[Session], T]) -> T:
        """Ask the database itself, past the service."""
        with self._database.reading() as session:
            return at(session)

    def write(self, change: Callable[[Session], T]) -> T:
        """Write what no request could, in a transaction of its own."""
        with self._database.writing() as session:
            return change(session)

    def close(self) -> None:
        """Let go of the database."""
        self._database.dispose()
