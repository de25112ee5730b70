"""What becomes of a unit of work that the database refuses: begun anew, a conflict, or our fault."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from app.errors import Conflict
from app.models import Membership, Output
from app.rules.judging import Permit
from app.rules.ownership import Action
from app.rules.parties import Actor, Relation
from app.rules.vocabulary import AgencyKind
from app.services import access, recording
from app.web.desk import ATTEMPTS
from tests.service import PLAN, Service
from tests.writing import differences, journal, news, rows

PERMIT = Permit(
    Action.ACTIVITY_RECORD,
    Actor("SCT", AgencyKind.STATE_DEPARTMENT, 1, frozenset(), "test"),
    Relation.ACCOUNTABLE,
)


class Undone(Exception):
    """What the driver raises; only the state is read."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__("undone")
        self.sqlstate = sqlstate


def broken(monkeypatch: pytest.MonkeyPatch, state: str, times: int) -> list[int]:
    """Let recording do all its work, and then be undone so many times; the attempts, as they come."""
    record: Callable[..., Any] = recording.record
    attempts: list[int] = []

    def recorded_in_vain(*asked: Any) -> Any:
        done = record(*asked)
        asked[0].flush()
        attempts.append(len(attempts) + 1)
        if len(attempts) <= times:
            error: DBAPIError = OperationalError("INSERT", {}, Undone(state))
            raise error
        return done

    monkeypatch.setattr(recording, "record", recorded_in_vain)
    return attempts


@pytest.mark.parametrize("state", ["40P01", "40001"])
@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "lan-1"}])
def test_a_unit_of_work_undone_for_another_is_begun_anew_and_done_once(
    service: Service, monkeypatch: pytest.MonkeyPatch, state: str, headers: dict[str, str]
) -> None:
    before, entries = rows(service), len(journal(service))
    attempts = broken(monkeypatch, state, times=1)
    answer = service["SVHTTDL"].post(f"{PLAN}/activities", json=news("IV.7.a", output="M1"), headers=headers)
    assert answer.status_code == 201, answer.text
    assert attempts == [1, 2]
    more = {table: count - before[table] for table, count in rows(service).items() if count != before[table]}
    first = {"activities": 1, "changes": 2, "standings": 1, "receipts": 1, "signing_keys": 1}
    assert more == first | ({"replays": 1} if headers else {})
    refs = [entry.ref for entry in journal(service)[entries:] if entry.subject == "activity"]
    assert refs == [answer.json()["activity"]["id"]]
    assert differences(service) == []


def test_one_that_is_undone_every_time_is_put_off_and_leaves_nothing(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(service)
    attempts = broken(monkeypatch, "40P01", times=ATTEMPTS)
    answer = service["SVHTTDL"].post(f"{PLAN}/activities", json=news("IV.7.a", output="M1"))
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert len(attempts) == ATTEMPTS
    assert rows(service) == before


def test_what_would_fail_again_is_not_begun_anew(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rows(service)
    attempts = broken(monkeypatch, "42P01", times=1)
    answer = service["SVHTTDL"].post(f"{PLAN}/activities", json=news("IV.7.a", output="M1"))
    assert (answer.status_code, attempts) == (500, [1])
    assert rows(service) == before


def again(service: Service, **changes: Any) -> None:
    """Enter a membership that is there, or one that cannot be."""
    with service.database.writing() as session:
        there = session.scalars(select(Membership).limit(1)).one()
        names = ("group_id", "member_id", "valid_from", "source", "label")
        row = Membership(**{name: getattr(there, name) for name in names} | changes)
        access.add(session, PERMIT, [row])


def test_what_another_wrote_first_is_a_conflict(service: Service) -> None:
    with pytest.raises(Conflict) as raised:
        again(service)
    assert raised.value.facts == {"reason": "written_meanwhile"}


def test_any_other_broken_rule_of_the_tables_is_a_fault_of_ours(service: Service) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)not.null"):
        again(service, label=None, valid_from=date(2023, 1, 1))
    with pytest.raises(IntegrityError, match=r"(?i)check"), service.database.writing() as session:  # noqa: PT012
        output = session.scalars(select(Output).limit(1)).one()
        access.open_for_change(session, PERMIT, [output])
        output.evidence = -1
    again(service, valid_from=date(2023, 1, 1))


def test_on_the_wire_it_is_500_and_logged(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = rows(service)
    monkeypatch.setattr("app.services.recording.fold", lambda _words: None)
    answer = service["SVHTTDL"].post(f"{PLAN}/activities", json=news("IV.7.a", output="M1"))
    assert answer.status_code == 500
    assert "IntegrityError was not foreseen" in caplog.text
    assert rows(service) == before
