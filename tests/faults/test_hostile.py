"""Hostile requests on the operations of records, over one kept connection each.

Each is refused with a problem document, the same connection still answers, and no row of any table was added.
"""

from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException
from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Activity
from app.models.base import Base
from tests.faults.hostile import HONEST, TARGETS, Case, bodies
from tests.faults.sites import Site, launcher
from tests.servers import ServerProcess
from tests.service import PLAN, training
from tests.web.conftest import Answer, Connection, head

CASES = list(bodies())


class Target(NamedTuple):
    """A running service, a record in it, and how to speak to it."""

    site: Site
    port: int
    record: str
    etag: str

    def address(self, pattern: str) -> str:
        """The address a pattern stands for."""
        activities = f"{PLAN}/activities"
        places = {"activities": activities, "activity": f"{activities}/{self.record}"}
        for name, place in {**places, "withdrawals": f"{places['activity']}/withdrawals"}.items():
            pattern = pattern.replace("{" + name + "}", place)
        return pattern

    def request(self, case: Case, **more: str) -> bytes:
        """The bytes of a case."""
        method, pattern = case.operation.split(" ", 1)
        headers = {
            **self.site.bearer("SVHTTDL"),
            "Content-Type": "application/json",
            "Content-Length": str(len(case.body)),
            **({"If-Match": self.etag} if method == "PATCH" else {}),
            **case.headers,
            **more,
        }
        sent = {name: value for name, value in headers.items() if value is not None}
        return head(method, self.address(pattern), **sent) + case.body

    def rows(self) -> dict[str, int]:
        """How many rows every table has, and how often records were changed."""
        return self.site.look(_rows)


def _rows(session: Session) -> dict[str, int]:
    counts = {
        name: select(func.count()).select_from(table).scalar_subquery()
        for name, table in Base.metadata.tables.items()
    }
    counts["versions of activities"] = select(func.sum(Activity.version)).scalar_subquery()
    found = session.execute(select(*counts.values())).one()
    return {name: int(count) for name, count in zip(counts, found, strict=True)}


def aim(site: Site, server: ServerProcess) -> Target:
    """Record something honest and take aim at it."""
    with site.client("SVHTTDL", server.base_url) as office:
        made = office.post(f"{PLAN}/activities", json=training())
    return Target(site, server.port, made.json()["activity"]["id"], made.headers["etag"])


@pytest.fixture(scope="module")
def target(lasting_site: Site) -> Iterator[Target]:
    with lasting_site.serve() as server:
        yield aim(lasting_site, server)
        assert "Traceback" not in server.log


@pytest.fixture
def connection(target: Target) -> Iterator[Connection]:
    with Connection(target.port) as opened:
        yield opened


def is_refused_in_good_order(answer: Answer, status: int) -> None:
    """Of the expected status, a problem document, and nothing of the inside in it."""
    assert answer.status == status, answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json
    assert problem["status"] == status
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert not any(leak in answer.body for leak in (b"Traceback", b"sqlalchemy", b"pydantic", b"psycopg"))


def still_answers(connection: Connection, target: Target) -> None:
    """The next request on the same connection is served."""
    after = connection.get(target.address("{activity}"), **target.site.bearer("SVHTTDL"))
    assert (after.status, after.json["id"]) == (200, target.record)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.operation}, {case.name}")
def test_a_hostile_body_is_refused_and_leaves_nothing(
    case: Case, target: Target, connection: Connection
) -> None:
    before = target.rows()

    answer = connection.ask(target.request(case))

    is_refused_in_good_order(answer, case.status)
    if case.pointer is not None:
        assert answer.json["errors"][0]["pointer"] == case.pointer, answer.json["errors"]
    still_answers(connection, target)
    assert target.rows() == before


@pytest.mark.parametrize("name", TARGETS)
def test_a_hostile_address_is_refused(name: str, target: Target, connection: Connection) -> None:
    pattern, status = TARGETS[name]

    answer = connection.get(target.address(pattern), **target.site.bearer("SVHTTDL"))

    is_refused_in_good_order(answer, status)
    still_answers(connection, target)


@pytest.mark.parametrize("operation", HONEST)
def test_ten_megabytes_in_chunks_are_refused(operation: str, target: Target, connection: Connection) -> None:
    """No length is announced, so the answer may come while we are still sending."""
    method, pattern = operation.split(" ", 1)
    headers = {**target.site.bearer("SVHTTDL"), "Content-Type": "application/json"}
    before = target.rows()
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    connection.socket.sendall(head(method, target.address(pattern), **headers, Transfer_Encoding="chunked"))
    for _ in range(160):
        connection.socket.sendall(chunk)
    connection.socket.sendall(b"0\r\n\r\n")

    is_refused_in_good_order(connection.answer(), 413)
    still_answers(connection, target)
    assert target.rows() == before


@pytest.mark.parametrize("headers", [{}, {"If-Match": 'W/"1-0"'}, {"If-Match": '"1"'}, {"If-Match": "\xff"}])
def test_a_correction_without_a_sound_tag(
    headers: dict[str, str], target: Target, connection: Connection
) -> None:
    body = b'{"title": "B"}'
    request = head(
        "PATCH",
        target.address("{activity}"),
        **target.site.bearer("SVHTTDL"),
        Content_Type="application/merge-patch+json",
        Content_Length=str(len(body)),
        **headers,
    )

    answer = connection.ask(request + body)

    is_refused_in_good_order(answer, 412 if headers else 428)
    still_answers(connection, target)


ODD: dict[str, tuple[str, str, str, Any]] = {
    "whole number as 1.0": ("quantity", "1.0", "quantity", 1),
    "whole number as 2e0": ("quantity", "2e0", "quantity", 2),
    "NFD comes out as NFC": ("title", '"Đo\u0302\u0301i ngoa\u0323i"', "title", "Đối ngoại"),
    "emoji": ("title", '"Lễ hội 🎉👩‍👩‍👧"', "title", "Lễ hội 🎉👩‍👩‍👧"),
    "emoji by escapes": ("title", r'"\ud83c\udf89"', "title", "🎉"),
    "right to left": ("title", '"مهرجان"', "title", "مهرجان"),
    "Khmer": ("title", '"ពិធីបុណ្យ"', "title", "ពិធីបុណ្យ"),
    "SQL": ("title", '''"'; DROP TABLE plans; --"''', "title", "'; DROP TABLE plans; --"),
    "markup": ("title", '"<script>alert(1)</script>"', "title", "<script>alert(1)</script>"),
    "300 letters after NFC": ("title", '"' + "a\u0302\u0301" * 300 + '"', "title", "ấ" * 300),
    "outer blanks": ("title", '"\u00a0 Lễ hội \u3000"', "title", "Lễ hội"),
    "the first day of the plan": ("occurred_on", '"2023-01-01"', "occurred_on", "2023-01-01"),
    "29 February": ("occurred_on", '"2024-02-29"', "occurred_on", "2024-02-29"),
    "letters in its id": ("external_id", '"Số 07/ĐN", "source_system": "qlvb"', "external_id", "Số 07/ĐN"),
    "null where it may be": ("link", "null", "link", None),
}
"""Odd, and honest: member sent, its spelling, member shown, its value."""


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_but_honest_is_kept_exactly(name: str, target: Target, connection: Connection) -> None:
    sent, value, shown, expected = ODD[name]
    members = {**HONEST["POST {activities}"], sent: value}
    body = ("{" + ", ".join(f'"{member}": {text}' for member, text in members.items()) + "}").encode()

    answer = connection.ask(target.request(Case(name, "POST {activities}", body, 201)))

    assert answer.status == 201, answer.body
    again = connection.get(
        target.address("{activities}/" + answer.json["activity"]["id"]), **target.site.bearer("SVHTTDL")
    )
    assert again.json[shown] == expected


def test_a_byte_order_mark_is_let_pass(target: Target, connection: Connection) -> None:
    members = HONEST["POST {activities}"]
    body = b"\xef\xbb\xbf" + ("{" + ", ".join(f'"{k}": {v}' for k, v in members.items()) + "}").encode()

    assert connection.ask(target.request(Case("mark", "POST {activities}", body, 201))).status == 201


def test_the_table_sees_a_build_that_trusts_what_comes(site: Site) -> None:
    """Not answered, or not in time, is missed as well."""
    missed = []
    with site.serve(command=launcher("trusting")) as server:
        target = aim(site, server)
        for case in CASES:
            if not case.operation.startswith("POST {activities}"):
                continue
            with Connection(target.port) as connection, suppress(OSError, HTTPException):
                if connection.ask(target.request(case)).status == case.status:
                    continue
            missed.append(case.name)
    assert "quantity: 5,000 digits" in missed


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 140
    assert len(TARGETS) >= 45
