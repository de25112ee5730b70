"""Gaps in who does it: parts of duties whose body can do nothing more, though no decision has said who does
them now."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from app.models import Agency, Assignment, Membership, Output, Task
from app.rules.gaps import GapKind
from app.rules.vocabulary import Level, Role, TaskKind
from app.schemas.gaps import GapOut
from app.services import grounds
from app.services.gap_offers import one_gap
from app.services.grounds import Ground

_OF_A_LEAD = (
    Assignment.task_id.in_(bindparam("tasks", expanding=True)),
    Assignment.role == Role.LEAD,
    ~Assignment.fans_out,
)
_OPEN = (
    Output.assignment_id == Assignment.id,
    Output.owed,
    ~Output.dropped,
    Output.level == Level.NONE,
)
_ENDED = (
    select(Assignment.task_id, Agency.code, Agency.name_vi, Agency.valid_to)
    .join(Agency, Agency.id == Assignment.agency_id)
    .join(Task, Task.id == Assignment.task_id)
    .where(
        *_OF_A_LEAD,
        grounds.current(grounds.ON),
        Agency.valid_to < grounds.ON,
        or_(exists().where(*_OPEN), Task.kind == TaskKind.TRIGGERED),
    )
    .order_by(Assignment.order_key)
)
_GROUP, _STAYS = aliased(Agency), aliased(Membership)
_RAN_OUT = (
    select(
        *(Assignment.task_id, Agency.code, Agency.name_vi, _GROUP.code.label("group")),
        *(Membership.valid_from, Membership.valid_to),
    )
    .join(Agency, Agency.id == Assignment.agency_id)
    .join(_GROUP, _GROUP.id == Assignment.group_id)
    .join(
        Membership,
        (Membership.group_id == Assignment.group_id) & (Membership.member_id == Assignment.agency_id),
    )
    .where(
        *_OF_A_LEAD,
        Assignment.valid_to < grounds.ON,
        Membership.valid_to == Assignment.valid_to,
        exists().where(*_OPEN, or_(Output.period_from.is_(None), Output.period_from > Assignment.valid_to)),
        exists().where(
            _STAYS.group_id == Assignment.group_id,
            grounds.current(grounds.ON, _STAYS),
        ),
    )
    .order_by(Assignment.order_key)
)
"""Parts of those whose stay in a group ran out, where others are left in it. What had begun by then is their
own, as with who leaves by a decision."""


def every(session: Session, here: Ground, duties: Mapping[int, Task]) -> Iterator[GapOut]:
    """A gap for each such body, with all the duties of those given that it leaves open."""
    asked = {"tasks": list(duties), "day": here.today}
    for body, tasks in _by_body(session.execute(_ENDED, asked), duties):
        yield one_gap(
            here,
            GapKind.PART_WITHOUT_OWNER,
            "Cơ quan đã kết thúc hoạt động: chưa quyết định nào giao phần việc còn lại cho cơ quan khác",
            "The body has come to an end, and no decision has said who does what it left open",
            {
                "change": "succession",
                "agency": body.code,
                "successor": None,
                "on": (body.valid_to + timedelta(1)).isoformat(),
            },
            ["successor"],
            tasks=tasks,
            agencies=[body],
        )
    for body, tasks in _by_body(session.execute(_RAN_OUT, asked), duties):
        yield one_gap(
            here,
            GapKind.PART_WITHOUT_OWNER,
            "Thời gian cơ quan là thành viên của nhóm đã hết: phần việc chưa bắt đầu khi đó chưa ai phải làm",
            "Its stay in the group has run out, and nobody owes what had not begun by then",
            {
                "change": "member",
                "group": body.group,
                "agency": body.code,
                **({"valid_from": body.valid_from.isoformat()} if body.valid_from else {}),
                "valid_to": body.valid_to.isoformat(),
            },
            [],
            tasks=tasks,
            agencies=[body],
        )


def _by_body(rows: Iterable[Any], duties: Mapping[int, Task]) -> Iterator[tuple[Any, list[Task]]]:
    """Each body, and through which group it was there, with its duties."""
    found: dict[tuple[str, str | None], tuple[Any, list[Task]]] = {}
    for row in rows:
        found.setdefault((row.code, getattr(row, "group", None)), (row, []))[1].append(duties[row.task_id])
    yield from found.values()
