"""Gaps in who does it: parts of duties, and budget lines, whose body can do nothing more, though no decision
has said whose they are now."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.models import Agency, Assignment, BudgetLine, Membership, Output, Task
from app.rules.gaps import GapKind
from app.rules.parties import Actor
from app.rules.vocabulary import Level, OutputKind, Role, TaskKind, Visibility
from app.schemas.gaps import GapOut
from app.services import grounds, line_sight
from app.services.gap_offers import one_gap
from app.services.grounds import Ground

_OF_A_LEAD = (
    Assignment.plan_id == bindparam("plan"),
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
_GROUP, _STAYS, _PAST = aliased(Agency), aliased(Membership), aliased(Membership)
_LAST = (
    select(func.max(_PAST.valid_to))
    .where(
        _PAST.group_id == Assignment.group_id,
        _PAST.member_id == Assignment.agency_id,
        _PAST.valid_to <= Assignment.valid_to,
    )
    .scalar_subquery()
)
"""Of who was there through several groups, the stay in another one may have lasted longer."""
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
        Membership.valid_to == _LAST,
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
_HELPS = aliased(Assignment)
_UNPROVED = (
    select(Assignment.task_id, Agency.code, Agency.name_vi)
    .join(Agency, Agency.id == Assignment.agency_id)
    .join(Task, Task.id == Assignment.task_id)
    .join(Output, Output.assignment_id == Assignment.id)
    .where(
        *_OF_A_LEAD,
        Assignment.valid_to < grounds.ON,
        grounds.lasting(grounds.ON, Agency),
        Task.visibility != Visibility.STATUS_ONLY,
        Output.owed,
        Output.evidence == 0,
        or_(
            Output.level == Level.REPORTED,
            Assignment.group_id.is_(None),
            Output.period_from <= Assignment.valid_to,
        ),
        or_(
            bindparam("alone", type_=Boolean),
            (Output.kind == OutputKind.PIECE)
            & exists().where(
                _HELPS.task_id == Assignment.task_id,
                _HELPS.agency_id == Assignment.agency_id,
                _HELPS.role == Role.COORDINATE,
                ~_HELPS.fans_out,
                grounds.current(grounds.ON, _HELPS),
            ),
        ),
    )
    .order_by(Assignment.order_key, Output.number)
)
"""What those who handed over kept and has no evidence: they record nothing any more, and nobody does in their
name, either because the plan is `alone`, without a secretariat, or because no piece can be named and what is
recorded for them is a contribution now."""


Left = tuple[Any, list[Task]]
"""A body and what it leaves open."""


def every(session: Session, here: Ground, actor: Actor, duties: Mapping[int, Task]) -> Iterator[GapOut]:
    """A gap for each such body, with all the duties of those given that it leaves open; one for each that has
    left nothing but money; and one for each duty in which what a body has claimed cannot be proved."""
    asked = {"plan": here.plan.id, "day": here.today}
    ended, ran_out = (_by_body(session.execute(query, asked), duties) for query in (_ENDED, _RAN_OUT))
    yield from _left(here, ended, _with_lines(session, here, actor))
    yield from _stays_over(here, ran_out)
    alone = here.item.secretariat is None or here.item.secretariat in here.item.voiceless
    yield from _unprovable(here, session.execute(_UNPROVED, {**asked, "alone": alone}), duties)


def _left(here: Ground, ended: Iterable[Left], with_lines: Iterable[tuple[Any, str]]) -> Iterator[GapOut]:
    told = set()
    for body, tasks in ended:
        told.add(body.code)
        yield _followed(
            here,
            "Cơ quan đã kết thúc hoạt động: chưa quyết định nào giao phần việc còn lại cho cơ quan khác",
            "The body has come to an end, and no decision has said who does what it left open",
            body,
            tasks,
        )
    for body, lines in with_lines:
        if body.code not in told:
            yield _followed(
                here,
                f"Cơ quan đã kết thúc hoạt động: chưa quyết định nào giao dòng kinh phí {lines} cho cơ quan"
                " khác, nên số đã bố trí chưa ai chi, quyết toán được",
                "The body has come to an end, and no decision has said whose its budget lines are now:"
                f" {lines}. What was allocated there nobody can spend or settle",
                body,
            )


def _stays_over(here: Ground, ran_out: Iterable[Left]) -> Iterator[GapOut]:
    for body, tasks in ran_out:
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


def _unprovable(here: Ground, unproved: Iterable[Any], duties: Mapping[int, Task]) -> Iterator[GapOut]:
    some = {(row.task_id, row.code): (row.task_id, row) for row in unproved if row.task_id in duties}
    for id_, body in some.values():
        yield one_gap(
            here,
            GapKind.PART_WITHOUT_OWNER,
            "Cơ quan đã bàn giao còn giữ đầu ra chưa có minh chứng mà không ai ghi được minh chứng nữa: nêu"
            " lại cơ quan này trong các cơ quan chủ trì thì cơ quan này ghi được",
            "It handed its part over and kept what has no evidence yet, which nobody can record any more:"
            " named among the leads again, it can itself",
            {"change": "leads", "task": duties[id_].code, "leads": None},
            ["leads"],
            tasks=[duties[id_]],
            agencies=[body],
        )


def _followed(here: Ground, vi: str, en: str, body: Any, tasks: Sequence[Task] = ()) -> GapOut:
    """A gap that is closed here by the succession that another plan has entered."""
    on = (body.valid_to + timedelta(1)).isoformat()
    change = {"change": "succession", "agency": body.code, "successor": None, "on": on}
    kind = GapKind.PART_WITHOUT_OWNER
    return one_gap(here, kind, vi, en, change, ["successor"], tasks=tasks, agencies=[body])


def _with_lines(session: Session, here: Ground, actor: Actor) -> Iterator[tuple[Any, str]]:
    """Each body that has ended and has lines with money not settled, as far as the caller sees them."""
    query, asked = _lines(line_sight.seen(here, actor)), {"plan": here.plan.id, "day": here.today}
    found: dict[str, tuple[Any, list[str]]] = {}
    for row in session.execute(query, asked):
        found.setdefault(row.code, (row, []))[1].append(row.line)
    yield from ((body, ", ".join(lines)) for body, lines in found.values())


@lru_cache(maxsize=1024)
def _lines(seen: ColumnElement[bool]) -> Select[str, str, date | None, str]:
    """Said once for each condition."""
    return (
        select(Agency.code, Agency.name_vi, Agency.valid_to, BudgetLine.code.label("line"))
        .join(Agency, Agency.id == BudgetLine.agency_id)
        .where(
            BudgetLine.plan_id == bindparam("plan"),
            BudgetLine.settled_vnd < BudgetLine.allocated_vnd,
            Agency.valid_to < grounds.ON,
            seen,
        )
        .order_by(BudgetLine.code)
    )


def _by_body(rows: Iterable[Any], duties: Mapping[int, Task]) -> list[Left]:
    """Each body, and through which group it was there, with its duties."""
    found: dict[tuple[str, str | None], Left] = {}
    for row in rows:
        if row.task_id in duties:
            whose = row.code, getattr(row, "group", None)
            found.setdefault(whose, (row, []))[1].append(duties[row.task_id])
    return list(found.values())
