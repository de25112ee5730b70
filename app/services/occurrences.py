"""Occurrences: one more that a triggered task owes, as it comes up."""

from dataclasses import replace
from datetime import date
from typing import Any

from app.errors import Conflict, Text
from app.models import Output
from app.rules.lifecycle import Planned
from app.rules.vocabulary import AgencyKind, Level, OutputKind, Source
from app.services.dockets import Docket
from app.services.grounds import is_current

UNTOUCHED: dict[str, Any] = {
    "weight": 1,
    "owed": True,
    "claimed": False,
    "evidence": 0,
    "confirmed": False,
    "self_confirmed": False,
    "returned": False,
    "dropped": False,
    "level": Level.NONE,
}
"""What is on record of an output that was just opened."""


def occurrence(docket: Docket, due_on: date, *, opened_by_record: bool) -> Output:
    """A triggered task has happened again: one more is owed (by a record: while it stands)."""
    somebody_owes(docket)
    number = max((output.number for output in docket.outputs), default=0) + 1
    return Output(
        plan_id=docket.here.plan.id,
        task_id=docket.task.id,
        assignment_id=docket.assignment.id,
        kind=OutputKind.OCCURRENCE,
        **_named(number),
        due_on=due_on,
        due_source=Source.IMPLIED,
        opened_by_record=opened_by_record,
        **UNTOUCHED,
    )


def somebody_owes(docket: Docket) -> None:
    """Nothing more comes up for who handed its part over, nor for a group: it owes through its members."""
    if not is_current(docket.assignment, docket.here.today):
        raise Conflict(
            Text(
                "Cơ quan này đã bàn giao nhiệm vụ: việc mới phát sinh là của cơ quan tiếp nhận",
                "This body has handed the duty over: what comes up now is for those who took it over",
            ),
            facts={"reason": "handed_over"},
        )
    if docket.agency.kind is AgencyKind.GROUP:
        raise Conflict(
            Text(
                "Nhóm chưa xác định thành viên nên chưa ai phải làm: cần quyết định nêu thành viên trước",
                "Nobody knows the group's members, so nobody owes it yet: a decision has to name them first",
            ),
            facts={"reason": "group_without_members"},
        )


def numbered(one: Planned, number: int) -> Planned:
    """The same under another number; a name that was given to it stays."""
    was, names = _named(one.number), _named(number)
    own = {name: names[name] for name in ("label_vi", "label_en") if getattr(one, name) == was[name]}
    return replace(one, code=names["code"], number=number, **own)


def _named(number: int) -> dict[str, Any]:
    return {
        "code": f"O{number}",
        "number": number,
        "label_vi": f"Lần {number}",
        "label_en": f"Occurrence {number}",
    }
