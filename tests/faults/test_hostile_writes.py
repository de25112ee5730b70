"""Every operation that writes, under fire over one kept connection: nothing is a 5xx, every refusal is a
problem document, the connection answers on, and what is refused has stored nothing.

`TTDN_TEST_TIMES=100` sends everything; in CI a part of what is aimed at single members is drawn.
"""

import json
import random
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Change
from app.models.base import Base
from app.web.catch_all import STANDING_HEADERS
from tests import patience
from tests.faults.hostile_writes import Shot, certain, likely
from tests.faults.sites import Site, launcher
from tests.policy.requests import MAKERS, Batch, World, operations
from tests.policy.test_verdicts import CALLERS, EXPECTED
from tests.service import PLAN, Service
from tests.web.conftest import Answer, Connection, head

DRAWN = 40 * patience.TIMES
"""How many requests aimed at single members are sent to each operation."""
ROWS: Mapping[str, str] = {next(iter(operations(iter([row])))): row for row in reversed(MAKERS)}
"""Operation → the first of its rows in the table of verdicts."""
STANDING = {name.decode() for name, _ in STANDING_HEADERS}
LEAKS = (b"Traceback", b"sqlalchemy", b"pydantic", b"psycopg", b"sqlite3")


def published(service: Service) -> dict[str, dict[str, Any]]:
    """Every operation that writes; of its JSON body the `members`."""
    contract, found = service.app.openapi(), {}
    for methods in contract["paths"].values():
        for method, operation in methods.items():
            if method != "get":
                bodies = operation.get("requestBody", {}).get("content", {}).values()
                named = [
                    body["schema"]["$ref"].rpartition("/")[2] for body in bodies if "$ref" in body["schema"]
                ]
                schemas = [contract["components"]["schemas"][name] for name in named]
                members = {name: None for schema in schemas for name in schema.get("properties", {})}
                found[operation["operationId"]] = {**operation, "members": members}
    return found


class Range:
    """A served site with an honest request for every operation, and who may send it."""

    def __init__(self, site: Site, port: int) -> None:
        self.site, self.port = site, port
        with Service(site.url, site.secrets) as service:
            self.operations = published(service)
            world = World(service)
            self.requests = {operation: MAKERS[row](world) for operation, row in ROWS.items()}

    def rows(self) -> dict[str, int]:
        """How many rows every table has."""
        return self.site.look(_rows)

    def changes(self) -> int:
        """How many changes are on record; no row comes or goes without one."""
        return self.site.look(lambda session: session.scalars(select(func.count(Change.id))).one())

    def fire(self, operation: str, shot: Shot, connection: Connection) -> Answer:
        """Send it as whoever may, and see that it is answered in good order."""
        caller = next(CALLERS[column] for column, cell in EXPECTED[ROWS[operation]].items() if cell == "yes")
        usual = {**self.site.bearer(caller), "Content-Type": "application/json"}
        headers = {**usual, "Content-Length": str(len(shot.body)), **shot.headers}
        sent = {name: value for name, value in headers.items() if value is not None}
        method = self.requests[operation].method
        answer = connection.ask(head(method, f"{PLAN}/{shot.path}", **sent) + shot.body)
        where = (operation, shot.name, answer.status, answer.body[:300])
        assert answer.status < 500, where
        if shot.status is not None:
            assert answer.status == shot.status, where
        assert answer.headers.keys() >= STANDING, where
        if answer.status >= 400:
            assert answer.headers["content-type"] == "application/problem+json", where
            assert answer.json["status"] == answer.status, where
            assert answer.json["request_id"] == answer.headers["x-request-id"], where
            assert not any(leak in answer.body for leak in LEAKS), where
        if shot.pointer is not None:
            assert answer.json["errors"][0]["pointer"] == shot.pointer, where
        return answer


def _rows(session: Session) -> dict[str, int]:
    counts = {
        name: select(func.count()).select_from(table).scalar_subquery()
        for name, table in Base.metadata.tables.items()
    }
    found = session.execute(select(*counts.values())).one()
    return {name: int(count) for name, count in zip(counts, found, strict=True)}


@pytest.fixture(scope="module")
def under_fire(lasting_site: Site) -> Iterator[Range]:
    with lasting_site.serve() as server:
        yield Range(lasting_site, server.port)
        assert "Traceback" not in server.log, server.log[-4000:]


@pytest.mark.parametrize("operation", ROWS)
def test_what_is_refused_for_certain_stores_nothing(operation: str, under_fire: Range) -> None:
    shots = list(certain(under_fire.requests[operation], under_fire.operations[operation]))
    before = under_fire.rows()
    with Connection(under_fire.port) as connection:
        for shot in shots:
            assert under_fire.fire(operation, shot, connection).status >= 400
        assert connection.get("/livez").status == 200
    assert under_fire.rows() == before
    assert len(shots) >= 10


@pytest.mark.parametrize("operation", ROWS)
def test_one_wrong_member_is_no_failure_and_stores_nothing(operation: str, under_fire: Range) -> None:
    aimed = list(likely(under_fire.requests[operation], under_fire.operations[operation]))
    seed = random.randrange(10**6)
    print(f"{operation}: {len(aimed)} requests, seed {seed}")  # noqa: T201
    with Connection(under_fire.port) as connection:
        before = under_fire.changes()
        for shot in random.Random(seed).sample(aimed, min(DRAWN, len(aimed))):
            refused = under_fire.fire(operation, shot, connection).status >= 400
            after = under_fire.changes()
            assert not refused or after == before, (operation, shot.name)
            before = after
        assert connection.get("/livez").status == 200


def columns() -> set[str]:
    """What every column of every table is called."""
    return {column.name for table in Base.metadata.tables.values() for column in table.columns}


@pytest.mark.parametrize("operation", ROWS)
def test_no_column_is_set_that_the_contract_does_not_name(operation: str, under_fire: Range) -> None:
    """Each is refused by name. Batches and files have members and headings of their own."""
    request, published = under_fire.requests[operation], under_fire.operations[operation]
    if not published["members"] or isinstance(request, Batch):
        return
    foreign = sorted(columns() - set(published["members"]))
    before = under_fire.rows()
    with Connection(under_fire.port) as connection:
        for start in range(0, len(foreign), 40):
            named = foreign[start : start + 40]
            body = json.dumps({**request.body, **dict.fromkeys(named, 1)}).encode()
            shot = Shot(f"columns from {named[0]}", request.path, body, request.headers, 422)
            errors = under_fire.fire(operation, shot, connection).json["errors"]
            refused = {one["pointer"] for one in errors if one["code"] == "unknown_field"}
            assert refused == {f"/{name}" for name in named}
    assert under_fire.rows() == before
    assert len(foreign) > 100


def test_no_operation_that_writes_is_left_out(under_fire: Range) -> None:
    """One without a row fails the build."""
    assert set(ROWS) == set(under_fire.operations)


def test_a_build_that_trusts_what_comes_is_seen(site: Site) -> None:
    with site.serve(command=launcher("trusting")) as server:
        trusting, missed = Range(site, server.port), set()
        for operation in ("urge", "withdraw_activity"):
            shots = certain(trusting.requests[operation], trusting.operations[operation])
            for shot in (shot for shot in shots if "10 MB" not in shot.name):
                try:
                    with Connection(trusting.port) as connection:
                        trusting.fire(operation, shot, connection)
                except (AssertionError, OSError):
                    missed.add((operation, shot.name))
    assert {
        ("urge", "document: 100,000 deep"),
        ("urge", "media: text/plain"),
        ("withdraw_activity", "document: same name twice"),
    } <= missed
