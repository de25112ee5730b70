"""A site: one database with the real plan and a key for every caller, and processes that serve it."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

import httpx
from sqlalchemy.orm import Session

from app.db import Database
from app.settings import Settings
from tests.patience import UNMEASURED
from tests.servers import ServerProcess
from tests.servers.processes import LOOPBACK

T = TypeVar("T")


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
            {**UNMEASURED, "DATABASE_URL": self.url, **settings},
            (*command, *arguments),
            ready=ready,
            forked=True,
        )

    @contextmanager
    def served(self, times: int, **settings: str) -> Iterator[list[ServerProcess]]:
        """So many processes of their own, started side by side."""
        with ExitStack() as running, ThreadPoolExecutor(times) as pool:
            servers = [self.serve(**settings) for _ in range(times)]
            for server in servers:
                running.callback(server.__exit__)
            list(pool.map(ServerProcess.start, servers))
            yield servers

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

    def writing(self) -> AbstractContextManager[Session]:
        """One unit of work in the database itself, past the service."""
        return self._database.writing()

    def close(self) -> None:
        """Let go of the database."""
        self._database.dispose()
