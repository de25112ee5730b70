"""The service as a test calls it: over HTTP, as one agency or another."""

from types import TracebackType
from typing import Any, Self

import httpx
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.db import Clock, Database, utc_now
from app.main import create_app
from app.settings import Settings

PLAN = "/v1/plans/ttdn-2023"


_idle: list[FastAPI] = []
"""Applications no test is using. To put one together takes longer than most tests do, and it is the same over
every database."""


class Service:
    """One application over one database. `service["SCT"]` is a client with SCT's key.

    It keeps no answers: a fault that a test plants in the code is no commit. Servers of their own keep them.
    """

    def __init__(self, url: str, secrets: dict[str, str], clock: Clock = utc_now) -> None:
        self.url, self.secrets = url, secrets
        self.app = _idle.pop() if _idle else create_app(Settings(DATABASE_URL="sqlite://", kept_bytes=0))
        self.app.state.database = Database(Settings(DATABASE_URL=url), clock)
        self.anonymous = TestClient(self.app, raise_server_exceptions=False, follow_redirects=False)

    @property
    def database(self) -> Database:
        """The database underneath, for what HTTP cannot show."""
        database: Database = self.app.state.database
        return database

    def __getitem__(self, agency: str) -> TestClient:
        client = TestClient(self.app, raise_server_exceptions=False, follow_redirects=False)
        client.portal = self.anonymous.portal  # one event loop and its threads for all, as in a server
        client.headers["Authorization"] = f"Bearer {self.secrets[agency]}"
        return client

    def __enter__(self) -> Self:
        self.anonymous.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.anonymous.__exit__(kind, error, trace)
        _idle.append(self.app)


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
