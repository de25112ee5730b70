"""The journal: a write leaves exactly one entry for each row it changed; nothing changes without one."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.journal import UngrantedChange
from app.models import Activity, Agency, Assignment, Change, Key, Output, Task
from app.rules.judging import Permit
from app.rules.ownership import Action
from app.rules.parties import Actor, Relation
from app.rules.vocabulary import AgencyKind, Scope
from app.services import access
from tests.deciding import decided, leads, member, on
from tests.money import allocate, done, opened, post, write
from tests.service import PLAN, Service
from tests.writing import differences, journal, news, record, revise, withdraw

URL = f"{PLAN}/activities"


def written(service: Service, act: Callable[[], Any]) -> list[Change]:
    """The entries an act leaves."""
    before = len(journal(service))
    act()
    return list(journal(service)[before:])


def feed(service: Service) -> list[dict[str, Any]]:
    """The feed's activities once there are any: on PostgreSQL it waits for older transactions, also those of
    the other tests on the same server."""
    for _ in range(200):
        items = service["TTBCD"].get("/v1/changes", params={"subject": "activity"}).json()["items"]
        if items:
            return list(items)
        time.sleep(0.05)
    pytest.fail("the feed stays empty")


def brief(entries: list[Change]) -> Counter[tuple[str, str, int]]:
    return Counter((entry.subject, entry.operation, entry.version) for entry in entries)


def test_a_record_leaves_one_entry_for_itself_and_one_for_its_output(service: Service) -> None:
    headers = {"X-Request-Id": "phong-tong-hop-17"}
    body = news("IV.7.a", output="M1")
    entries = written(service, lambda: service["SVHTTDL"].post(URL, json=body, headers=headers))
    assert brief(entries) == {("activity", "created", 1): 1, ("output", "changed", 2): 1}
    for entry in entries:
        assert (entry.action, entry.actor, entry.request_id) == (
            "activity.record",
            "SVHTTDL",
            "phong-tong-hop-17",
        )
        assert entry.via.startswith("key:")
        assert (datetime.now(UTC) - entry.at).total_seconds() < 60
    activity, output = sorted(entries, key=lambda entry: entry.subject)
    assert activity.before is None
    assert activity.after["title"] == body["title"]
    assert activity.after["occurred_on"] == body["occurred_on"]
    assert not {"sort_key", "search_text", "id", "version"} & set(activity.after)
    assert output.before is not None
    moved = output.after.pop("moved_at")
    assert output.before == {"evidence": 0, "evidenced_on": None, "level": "none", "moved_at": None}
    assert output.after == {"evidence": 1, "evidenced_on": "2023-05-12", "level": "evidenced"}
    assert datetime.fromisoformat(moved).tzinfo is not None


def test_an_occurrence_is_entered_once(service: Service) -> None:
    entries = written(service, lambda: record(service["VPUBND"], "IV.3.a", opens_occurrence=True))
    assert brief(entries) == {("activity", "created", 1): 1, ("output", "created", 1): 1}
    output = next(entry for entry in entries if entry.subject == "output")
    assert (output.after["evidence"], output.after["level"], output.after["owed"]) == (1, "evidenced", True)


def test_pieces_and_loose_records_change_their_assignment(service: Service) -> None:
    entries = written(service, lambda: record(service["SCT"], "IV.6.a", quantity=3))
    assert brief(entries) == {("activity", "created", 1): 1, ("assignment", "changed", 2): 1}
    assignment = next(entry for entry in entries if entry.subject == "assignment")
    assert (assignment.before, assignment.after) == ({"recorded_quantity": 0}, {"recorded_quantity": 3})


def test_a_correction_enters_what_it_changed_and_nothing_else(service: Service) -> None:
    office = service["BAOTV"]
    activity = record(office, "IV.9.1")["activity"]["id"]
    entries = written(service, lambda: revise(office, activity, title="Khác"))
    assert brief(entries) == {("activity", "changed", 2): 1}
    assert (entries[0].before, entries[0].after) == (
        {"title": "Bài giới thiệu tỉnh Trà Vinh"},
        {"title": "Khác"},
    )
    moved = written(service, lambda: revise(office, activity, occurred_on="2023-11-01"))
    assert brief(moved) == {
        ("activity", "changed", 3): 1,
        ("output", "changed", 2): 1,
        ("output", "changed", 3): 1,
    }
    assert written(service, lambda: revise(office, activity, title="Khác")) == []


def test_a_withdrawal_enters_the_fact_the_record_and_the_output(service: Service) -> None:
    office = service["SVHTTDL"]
    activity = record(office, "IV.7.a", output="M1")["activity"]["id"]
    entries = written(service, lambda: withdraw(office, activity))
    assert brief(entries) == {
        ("withdrawal", "created", 1): 1,
        ("activity", "changed", 2): 1,
        ("output", "changed", 3): 1,
    }
    assert {entry.action for entry in entries} == {"activity.withdraw"}
    assert written(service, lambda: withdraw(office, activity)) == []


def test_what_is_refused_or_repeated_leaves_nothing(service: Service) -> None:
    office, key = service["SVHTTDL"], {"Idempotency-Key": "1"}
    office.post(URL, json=news("IV.7.a"), headers=key)
    assert written(service, lambda: office.post(URL, json=news("IV.7.a"), headers=key)) == []
    assert written(service, lambda: office.post(URL, json=news("IV.6.a"))) == []
    assert written(service, lambda: office.post(URL, json=news("IV.7.a", output="M9"))) == []


def test_acting_on_behalf_names_both(service: Service) -> None:
    entries = written(service, lambda: record(service["BPGV"], "IV.7.a", agency="SVHTTDL"))
    assert {entry.actor for entry in entries} == {"BPGV"}
    shown = feed(service)
    assert [(one["actor"], one["task"]) for one in shown] == [("BPGV", "IV.7.a")]
    listed = service["TTBCD"].get(URL).json()["items"][0]
    assert (listed["agency"]["code"], listed["recorded_by"]["code"]) == ("SVHTTDL", "BPGV")


def test_a_decision_tells_what_it_does_to_an_output_once(service: Service) -> None:
    """That it is dropped, and so owed no longer, is one change; that it comes back, another."""
    owner = service["TTBCD"]
    on(service, "2023-05-15")
    record(service["BAOTV"], "IV.9.1", occurred_on="2023-02-01")
    decided(owner, {"change": "target", "task": "IV.6.a", "target": 3})
    for change in (
        {"change": "reporting_period", "task": "IV.9.1", "period": "month"},
        {"change": "reporting_period", "task": "IV.9.1", "period": "quarter"},
        {"change": "target", "task": "IV.6.a", "target": 2},
        {"change": "target", "task": "IV.6.a", "target": 3},
        leads("IV.9.1", "SVHTTDL"),
        member("G.UBH", "UBND.TPTV", None, "2023-05-01"),
        member("G.SBN", "SKHDT", "2023-01-01"),
        {"change": "succession", "agency": "SVHTTDL", "successor": "STTTT", "on": "2023-05-15"},
    ):
        before = len(journal(service))
        decided(owner, change)
        told = Counter(
            (one.subject, one.ref)
            for one in journal(service)[before:]
            if one.subject in ("output", "assignment")
        )
        assert set(told.values()) == {1}, (change, told.most_common(3))


def test_the_feed_shows_what_the_journal_has_and_no_number_of_the_database(service: Service) -> None:
    record(service["SVHTTDL"], "IV.7.a", output="M1", source_system="a", external_id="1")
    shown = feed(service)
    assert shown[0]["after"]["external_id"] == "1"
    assert not {name for name in shown[0]["after"] if name.endswith("_id")} - {"external_id", "public_id"}


LINKED = {
    "activity": {"plan", "task", "assignment", "agency", "recorded_by", "output"},
    "agency_name": {"agency"},
    "assignment": {"plan", "task", "agency", "group"},
    "budget": {"plan"},
    "event": {"plan", "steward"},
    "event_link": {"plan", "event", "task"},
    "budget_line": {"plan", "agency"},
    "budget_link": {"plan", "line", "task", "output", "activity", "event"},
    "ledger_entry": {"plan", "line", "recorded_by", "reverses", "settlement"},
    "settlement": {"plan", "line", "submitted_by", "decided_by"},
    "implementation": {"plan", "task", "duty"},
    "key": {"agency", "replaces"},
    "membership": {"group", "member"},
    "objective": {"plan", "section"},
    "output": {"plan", "task", "assignment"},
    "plan": {"owner", "secretariat", "superior"},
    "section": {"plan", "parent"},
    "task": {"plan", "section"},
    "withdrawal": {"plan", "task", "activity", "withdrawn_by"},
}
"""What each kind of row points at, as the journal calls it."""


def test_every_link_is_entered_by_the_name_people_know_and_never_by_a_number(service: Service) -> None:
    activity = record(service["SVHTTDL"], "IV.7.a", output="M1")["activity"]["id"]
    withdraw(service["SVHTTDL"], activity)
    line = opened(service["SVHTTDL"], tasks=["IV.7.a"], activities=[activity])["code"]
    allocate(service["STC"], line, 5)
    for noun in ("commitments", "spendings"):
        write(service["SVHTTDL"], noun, line, 5)
    done(post(service["SVHTTDL"], "settlements", {"line": line, "amount_vnd": 5}))
    met = set()
    for entry in journal(service):
        for values in (entry.before or {}, entry.after):
            assert not {name for name in values if name.endswith("_id")} - {"public_id", "external_id"}
        links = {name: entry.after[name] for name in LINKED.get(entry.subject, set()) & set(entry.after)}
        assert all(type(name) is str for name in links.values() if name is not None), (entry.subject, links)
        if entry.operation == "created":
            assert set(links) == LINKED.get(entry.subject, set())
            met |= {entry.subject}
    assert met >= set(LINKED)


def test_what_a_link_says_is_the_row_it_leads_to(service: Service) -> None:
    made = record(service["BPGV"], "IV.7.a", output="M1", agency="SVHTTDL")["activity"]
    entries = journal(service)
    activity = next(entry.after for entry in entries if entry.ref == made["id"])
    named = {name: activity[name] for name in LINKED["activity"] - {"assignment"}}
    assert named == {
        "plan": "ttdn-2023",
        "task": "IV.7.a",
        "agency": "SVHTTDL",
        "recorded_by": "BPGV",
        "output": "M1",
    }
    assignment = next(entry.after for entry in entries if entry.ref == activity["assignment"])
    assert (assignment["agency"], assignment["task"], assignment["group"]) == ("SVHTTDL", "IV.7.a", None)
    member = next(entry.after for entry in entries if entry.subject == "membership")
    assert f"{member['group']}/{member['member']}" == member["label"]
    plan = next(entry.after for entry in entries if entry.subject == "plan")
    assert (plan["owner"], plan["secretariat"]) == ("TTBCD", "BPGV")


def test_a_correction_that_moves_the_output_says_from_where_to_where(service: Service) -> None:
    office = service["SVHTTDL"]
    activity = record(office, "IV.7.a")["activity"]["id"]
    entries = written(service, lambda: revise(office, activity, output="M1"))
    moved = next(entry for entry in entries if entry.subject == "activity")
    assert (moved.before, moved.after) == ({"output": None}, {"output": "M1"})
    entries = written(service, lambda: revise(office, activity, output=None))
    moved = next(entry for entry in entries if entry.subject == "activity")
    assert (moved.before, moved.after) == ({"output": "M1"}, {"output": None})


def test_loading_is_one_act_of_the_secretariat(service: Service) -> None:
    loaded = [entry for entry in journal(service) if entry.action != "key.manage"]
    assert {(entry.actor, entry.via, entry.action) for entry in loaded} == {
        ("BPGV", "cli:seed", "plan.draw_up")
    }
    with service.database.reading() as session:
        for table, subject in (
            (Task, "task"),
            (Agency, "agency"),
            (Output, "output"),
            (Assignment, "assignment"),
        ):
            known = Counter(entry.ref for entry in loaded if entry.subject == subject)
            stored = {row.ref: row.version for row in session.scalars(select(table))}
            assert known == stored


PERMIT = Permit(
    Action.ACTIVITY_RECORD,
    Actor("SCT", AgencyKind.STATE_DEPARTMENT, 1, frozenset({Scope.PUSH}), "test"),
    Relation.ACCOUNTABLE,
)


def test_a_change_nobody_was_asked_for_is_refused_and_undone(service: Service) -> None:
    entries = len(journal(service))
    with pytest.raises(UngrantedChange), service.database.writing() as session:  # noqa: PT012
        task = session.scalars(select(Task).where(Task.code == "IV.7.a")).one()
        task.title_vi = "Lén sửa"
    with pytest.raises(UngrantedChange), service.database.writing() as session:
        session.add(Agency(code="LEN"))
    with pytest.raises(UngrantedChange), service.database.writing() as session:  # noqa: PT012
        one, two = session.scalars(select(Task).limit(2)).all()
        access.open_for_change(session, PERMIT, [one])
        two.weight = 7
    assert len(journal(service)) == entries
    with service.database.reading() as session:
        assert session.scalars(select(Task.title_vi).where(Task.title_vi == "Lén sửa")).all() == []


def test_with_a_permit_the_same_change_passes_and_is_entered(service: Service) -> None:
    """The control of the test above: it is the permit that makes the difference."""

    def change() -> None:
        with service.database.writing("control") as session:
            task = session.scalars(select(Task).where(Task.code == "IV.7.a")).one()
            access.open_for_change(session, PERMIT, [task])
            task.weight = 7

    (entry,) = written(service, change)
    assert (entry.subject, entry.before, entry.after) == ("task", {"weight": 1}, {"weight": 7})
    assert (entry.actor, entry.request_id) == ("SCT", "control")


BULK: list[Callable[[Session], Any]] = [
    lambda session: session.execute(update(Task).values(weight=7)),
    lambda session: session.execute(delete(Activity)),
    lambda session: session.execute(delete(Key).where(Key.id < 0)),
    lambda session: session.execute(insert(Agency), [{"code": "LEN"}]),
    lambda session: session.execute(update(Task.__table__).values(weight=7)),  # type: ignore[arg-type]
    lambda session: session.query(Task).update({"weight": 7}),
    lambda session: session.query(Output).delete(),
    lambda session: session.bulk_update_mappings(Task.__mapper__, [{"id": 1, "weight": 7}]),
    lambda session: session.bulk_insert_mappings(Agency.__mapper__, [{"code": "LEN"}]),
    lambda session: session.bulk_save_objects([Agency(code="LEN")]),
    lambda session: session.delete(session.scalars(select(Output).limit(1)).one()),
]


def test_no_statement_passes_by_the_journal(service: Service) -> None:
    for number, statement in enumerate(BULK):
        with pytest.raises(UngrantedChange), service.database.writing() as session:  # noqa: PT012
            statement(session)
            session.flush()
            pytest.fail(f"statement {number} passed")
    assert differences(service) == []


def test_reading_writes_nothing(service: Service) -> None:
    with service.database.reading() as session:
        task = session.scalars(select(Task).limit(1)).one()
        version, task.weight = task.version, 7
    with service.database.reading() as session:
        assert session.scalars(select(Task.version).where(Task.id == task.id)).one() == version
