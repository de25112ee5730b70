"""Batches at random beside the same records one by one, on two copies: with acts and decisions in between,
each record is told the same, and both copies hold the same afterwards."""

from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import select

from app.models import Activity, Agency, Assignment, Change, Output, Standing, Task
from app.rules.vocabulary import Subject
from tests.deciding import act, decide, leads
from tests.patience import TIMES, untraced
from tests.service import PLAN, Service
from tests.walks import items
from tests.writing import differences, news

if TYPE_CHECKING:
    from tests.conftest import Seeded

OFFICES: dict[str, tuple[dict[str, Any], ...]] = {
    "SVHTTDL": tuple({"task": task} for task in ("IV.7.a", "IV.7.b", "IV.7.c", "IV.6.a", "IV.3.a")),
    "BAOTV": ({"task": "IV.9.1"}, {"task": "IV.9.1", "agency": "BAOTV"}, {"task": "IV.7.b"}),
    "SCT": ({"task": "IV.6.a"}, {"task": "IV.6.a", "agency": "SCT"}),
    "VPUBND": ({"task": "IV.3.a"}, {"task": "IV.3.a", "opens_occurrence": True}),
    "BPGV": (
        {"task": "IV.9.1", "agency": "BAOTV"},
        {"task": "IV.6.a", "agency": "SCT"},
        {"task": "IV.6.a", "agency": "KHONG.CO"},
        {"task": "IV.3.a", "agency": "VPUBND", "opens_occurrence": True},
        {"task": "IV.9.1"},
    ),
}
"""What each of them pushes: all kinds of duties, their own and others', as lead and as coordinator."""

RETOLD = ("before", "after", "action", "operation", "version", "actor", "via")


def drawn(dice: Random, office: str) -> dict[str, Any]:
    """A record, often one that was pushed before, sometimes one that is wrong."""
    asked: dict[str, Any] = dict(dice.choice(OFFICES[office]))
    days = ("2022-12-31", "2099-01-01", *(f"2023-{n:02}-{dice.randint(1, 28):02}" for n in range(1, 10)))
    if "opens_occurrence" not in asked and dice.random() < 0.5:
        asked["output"] = dice.choice(("M1", "M1", "M9", "O1", "O2", "2023-Q1", "2023-Q2"))
    if dice.random() < 0.8:
        asked |= {"source_system": dice.choice(("a", "b")), "external_id": str(dice.randint(1, 4))}
        if dice.random() < 0.4:
            asked["source_updated_at"] = f"2023-10-0{dice.randint(1, 5)}T08:00:00Z"
    if dice.random() < 0.05:
        asked["titel"] = "x"
    asked |= {"occurred_on": dice.choice(days[2:] if dice.random() < 0.9 else days)}
    return news(**asked, title=f"Việc {dice.randint(1, 3)}", quantity=dice.randint(1, 4))


def in_turn(office: str, records: list[dict[str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The records with their places, in the order in which a batch takes them."""
    turns = sorted(
        range(len(records)), key=lambda n: (records[n]["task"], records[n].get("agency", office), n)
    )
    return ((place, records[place]) for place in turns)


def told_alone(answer: httpx.Response) -> tuple[Any, ...]:
    """What came of a record that was pushed alone."""
    told = answer.json()
    if not answer.is_success:
        each = [(one["pointer"], one["code"], one["message"]) for one in told["errors"]]
        return answer.status_code, told["code"], told["detail"], each
    shown = told["activity"]
    said = [shown["task"]["code"], shown["agency"]["code"], shown["output"], shown["counts"]]
    return told["result"], told["moved"], told["hint_vi"], *said


def told_together(row: dict[str, Any]) -> tuple[Any, ...]:
    """The same of one of a batch."""
    if (why := row["refusal"]) is not None:
        front = f"/records/{row['index']}"
        each = [(one["pointer"].removeprefix(front), one["code"], one["message_vi"]) for one in why["errors"]]
        return why["status"], why["code"], why["detail_vi"], each
    names = ("result", "moved", "hint_vi", "task", "agency", "output", "counts")
    return tuple(row[name] for name in names)


def held(service: Service) -> dict[str, Any]:
    """What is on record, but for when and under which numbers; each record with all its versions."""
    with service.database.reading() as session:
        parts = {
            row.id: f"{task} {agency} {row.role}"
            for row, task, agency in session.execute(
                select(Assignment, Task.code, Agency.code)
                .join(Task, Task.id == Assignment.task_id)
                .join(Agency, Agency.id == Assignment.agency_id)
            )
        }
        owed = ("code", "level", "evidence", "evidenced_on", "owed", "claimed", "confirmed", "self_confirmed")
        stands = ("owed", "reported", "evidenced", "confirmed", "records", "heard_on", "share")
        said = ("status", "occurred_on", "title", "quantity", "external_id", "version", "source_updated_at")
        retold: dict[str, list[tuple[Any, ...]]] = {}
        query = select(Change).where(Change.subject == Subject.ACTIVITY.value).order_by(Change.id)
        for entry in session.scalars(query):
            retold.setdefault(entry.ref, []).append(tuple(_told(getattr(entry, name)) for name in RETOLD))
        return {
            "parts": sorted(
                (parts[one.id], one.share, one.recorded_quantity)
                for one in session.scalars(select(Assignment))
            ),
            "outputs": sorted(
                (parts[one.assignment_id], *(str(getattr(one, name)) for name in owed))
                for one in session.scalars(select(Output))
            ),
            "standings": sorted(
                (parts[one.assignment_id], *(str(getattr(one, name)) for name in stands))
                for one in session.scalars(select(Standing).where(Standing.until.is_(None)))
            ),
            "records": sorted(
                (
                    parts[one.assignment_id],
                    *(str(getattr(one, name)) for name in said),
                    str(retold[one.public_id]),
                )
                for one in session.scalars(select(Activity))
            ),
        }


def _told(value: Any) -> Any:
    """What a journal entry says, but for what is another one's on another copy."""
    apart = ("public_id", "recorded_at")
    return {k: v for k, v in sorted(value.items()) if k not in apart} if isinstance(value, dict) else value


def meanwhile(dice: Random, services: list[Service]) -> None:
    """Something else happens, on all copies alike."""
    what = dice.choice(("confirmations", "returns", "claims", "withdrawals", "record", "target", "leads"))
    chosen, number = dice.random(), dice.choice((1, 3, 6))
    for service in services:
        if what == "target":
            decide(service["TTBCD"], {"change": "target", "task": "IV.6.a", "target": number})
        elif what == "leads":
            bodies = ("VPUBND", "SCT") if number == 1 else ("VPUBND",)
            decide(service["TTBCD"], leads("IV.3.a", *bodies))
        elif what == "record":
            known = [one for one in items(service["BPGV"], f"{PLAN}/activities") if one["external_id"]]
            known.sort(key=lambda one: (one["agency"]["code"], one["source_system"], one["external_id"]))
            if known:
                one = known[int(chosen * len(known))]["id"]
                service["BPGV"].post(f"{PLAN}/activities/{one}/withdrawals", json={"reason": "Nhầm"})
        else:
            found = items(service["BPGV"], f"{PLAN}/outputs", task="IV.9.1,IV.6.a,IV.7.a,IV.3.a", limit="200")
            found = [one for one in found if one["level"] != "none"] or found
            found.sort(key=lambda one: (one["task"], one["agency"], one["code"]))
            said = {"returns": {"missing": "Thiếu"}, "withdrawals": {"reason": "Nhầm"}}.get(what, {})
            caller = "BPGV" if what in ("claims", "withdrawals") else "TTBCD"
            act(service[caller], found[int(chosen * len(found))], what, **said)


@untraced
@pytest.mark.parametrize("seed", range(2 * TIMES))
def test_a_batch_tells_and_leaves_what_its_records_alone_would(seeded: "Seeded", seed: int) -> None:
    dice = Random(seed)
    with (
        Service(seeded.copy(), seeded.secrets) as alone,
        Service(seeded.copy(), seeded.secrets) as together,
    ):
        decide(alone["TTBCD"], {"change": "target", "task": "IV.6.a", "target": 4})
        decide(together["TTBCD"], {"change": "target", "task": "IV.6.a", "target": 4})
        for _ in range(8):
            office = dice.choice(list(OFFICES))
            records = [drawn(dice, office) for _ in range(dice.randint(1, 12))]
            url, body = f"{PLAN}/activities/batch", {"records": records}
            tried = together[office].post(url, json=body, params={"dry_run": "true"}).json()["results"]
            said = together[office].post(url, json=body).json()["results"]
            assert list(map(told_together, tried)) == list(map(told_together, said))
            for place, record in in_turn(office, records):
                answer = alone[office].post(f"{PLAN}/activities", json=record)
                assert told_together(said[place]) == told_alone(answer), record
            assert held(together) == held(alone)
            meanwhile(dice, [alone, together])
        assert differences(together) == []
