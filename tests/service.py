"""The service as a test calls it: over HTTP, as one agency or another."""

from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

import httpx
from fastapi import FastAPI
from sqlalchemy import Dialect, event, make_url

from app.db import Clock, Database, utc_now
from app.main import create_app
from app.settings import Settings
from tests.calling import calling, client

PLAN = "/v1/plans/ttdn-2023"


class Movable(Database):
    """A database that may be another one for every test, at another address and by another clock. What
    SQLAlchemy has compiled for it stays, which takes longer than many a test; and its connections to a
    PostgreSQL stay while the address does."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.url = settings.database_url
        event.listen(self.engine, "do_connect", self._where)

    def move(self, url: str, clock: Clock) -> None:
        """Be this one from now on; no connection to another is left."""
        if url != self.url:
            super().dispose()
        self.url, self._clock = url, clock

    def dispose(self) -> None:
        """An application that ends may be the next test's."""
        if self.embedded:
            super().dispose()

    def _where(self, dialect: Dialect, _record: Any, arguments: list[Any], named: dict[str, Any]) -> None:
        arguments[:], connecting = dialect.create_connect_args(make_url(self.url))
        named.update(connecting)


_idle: dict[tuple[bool, int], list[FastAPI]] = {}
"""Applications no test is using, by the kind of database and how long it is waited for. To put one together
takes longer than most tests do, and it is the same over every database of a kind."""


class Service:
    """One application over one database. `service["SCT"]` is a client with SCT's key.

    It keeps no answers: a fault that a test plants in the code is no commit. Servers of their own keep them.
    """

    def __init__(self, url: str, secrets: dict[str, str], clock: Clock = utc_now) -> None:
        self.url, self.secrets = url, secrets
        settings = Settings(DATABASE_URL=url)
        self._idle = _idle.setdefault((settings.embedded, settings.busy_seconds), [])
        self.app = self._taken(url) or _made(settings)
        self.app.state.database.move(url, clock)
        self._ends = ExitStack()

    def _taken(self, url: str) -> FastAPI | None:
        """One that is connected to this database already, or else any."""
        fitting = [app for app in self._idle if app.state.database.url == url] or self._idle
        if not fitting:
            return None
        app = fitting[-1]
        self._idle.remove(app)
        return app

    @property
    def database(self) -> Database:
        """The database underneath, for what HTTP cannot show."""
        database: Movable = self.app.state.database
        return database

    def __getitem__(self, agency: str) -> httpx.Client:
        return self.client(self.secrets[agency])

    @property
    def anonymous(self) -> httpx.Client:
        """A client without a key."""
        return self.client(None)

    def client(self, secret: str | None) -> httpx.Client:
        """A client with this secret."""
        return client(self._transport, secret)

    def __enter__(self) -> Self:
        self._transport = self._ends.enter_context(calling(self.app))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends.__exit__(kind, error, trace)
        self._idle.append(self.app)


def _made(settings: Settings) -> FastAPI:
    app = create_app(Settings(DATABASE_URL="sqlite://", kept_bytes=0))
    app.state.database = Movable(settings)
    return app


def training(**changes: Any) -> dict[str, Any]:
    """A record for IV.7.a, SVHTTDL's own deliverable."""
    return {
        "task": "IV.7.a",
        "output": "M1",
        "occurred_on": "2023-05-12",
        "kind": "training",
        "title": "Tập huấn quy định về lễ hội",
        **changes,
    }


def push(client: httpx.Client, **changes: Any) -> httpx.Response:
    """Push a record for IV.7.a."""
    return client.post(f"{PLAN}/activities", json=training(**changes))


def undated(figures: Any) -> Any:
    """The same figures without the instants they carry: what is told to be as it was before."""
    if isinstance(figures, dict):
        return {key: undated(value) for key, value in figures.items() if key != "as_of"}
    return [undated(one) for one in figures] if isinstance(figures, list) else figures
