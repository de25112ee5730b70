"""Assigning: the bodies of each task with their exact shares, and what each of them owes from the day the
plan takes effect."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from app.models import Agency, Assignment, Output, Plan, Task
from app.rules.lifecycle import Planned, Terms, owed_from_the_start
from app.rules.rollup import split
from app.rules.vocabulary import AgencyKind, PlanStatus, Role, TaskKind
from app.services import access, belonging, standings
from app.services.drafting import Draft

_FANS_OUT = (Role.LEAD, Role.COORDINATE)
"""A group works through its members; a power over others is held by one body."""


def assign(draft: Draft, code: str, bodies: Sequence[tuple[str, Fraction | None, Mapping[str, Any]]]) -> None:
    """Enter the bodies of a task: (agency, share or None, facts). Leads share equally unless shares are
    given; a group's share is split over the members it has on the day the plan takes effect. A body that
    stands there twice, by its own name or through groups, has one assignment with all its shares."""
    task, day = draft.tasks[code], draft.plan.effective_on or draft.plan.period_from
    leads = [facts["role"] for _, _, facts in bodies].count(Role.LEAD)
    named = []
    for place, (agency, given, facts) in enumerate(bodies, 1):
        share = (given or split(Fraction(1), leads)[0]) if facts["role"] is Role.LEAD else Fraction(0)
        named.append(_assignment(draft, task, draft.agencies[agency].id, f"{place:03}", share, facts))
    held = {(row.agency_id, row.role): row for row in named}
    for row, (agency, _, facts) in zip(named, bodies, strict=True):
        members = (
            belonging.members_of(draft, draft.agencies[agency], day) if facts["role"] in _FANS_OUT else []
        )
        row.fans_out = bool(members)
        parts = split(row.share, len(members)) if members else []
        for number, (member, part) in enumerate(zip(members, parts, strict=True), 1):
            if (already := held.get((member, facts["role"]))) is not None:
                already.share_numerator, already.share_denominator = (already.share + part).as_integer_ratio()
                continue
            start = row.order_key.rpartition(":")[2]
            own = _assignment(draft, task, member, f"{start}.{number:03}", part, facts)
            own.group_id = row.agency_id
            held[member, facts["role"]] = own
    draft.enter(*held.values())


def _assignment(
    draft: Draft, task: Task, agency_id: int, place: str, share: Fraction, facts: Mapping[str, Any]
) -> Assignment:
    return Assignment(
        plan_id=draft.plan.id,
        task_id=task.id,
        agency_id=agency_id,
        order_key=f"{task.order_key}:{place}",
        share_numerator=share.numerator,
        share_denominator=share.denominator,
        **facts,
    )


def take_effect(draft: Draft) -> int:
    """Put the plan in force: what every lead owes is fixed now, so that time alone never moves a value."""
    plan, owed = draft.plan, 0
    tasks = {task.id: task for task in draft.tasks.values()}
    bodies = draft.session.execute(
        select(Assignment, Agency.kind)
        .join(Agency, Agency.id == Assignment.agency_id)
        .where(Assignment.plan_id == plan.id, Assignment.role.in_(_FANS_OUT), ~Assignment.fans_out)
        .order_by(Assignment.order_key)
    )
    for assignment, kind in bodies.all():
        task = tasks[assignment.task_id]
        # A group owes through its members; members nobody has named owe nothing yet.
        owes = assignment.role is Role.LEAD and kind is not AgencyKind.GROUP
        outputs = [
            entered(task, assignment, planned)
            for planned in (owed_from_the_start(terms(plan, task)) if owes else [])
        ]
        draft.enter(*outputs)
        standings.write(draft.session, None, task, assignment, outputs)
        owed += len(outputs)
    access.open_for_change(draft.session, draft.permit, [plan])
    plan.status = PlanStatus.ACTIVE
    return owed


def terms(plan: Plan, task: Task) -> Terms:
    """What decides the outputs of a task."""
    return Terms(
        TaskKind(task.kind),
        task.target,
        task.due_on,
        plan.year,
        plan.period_from,
        plan.period_to,
        task.reporting_period or plan.reporting_period,
    )


def entered(task: Task, assignment: Assignment, planned: Planned) -> Output:
    """A planned output as a row."""
    return Output(
        plan_id=task.plan_id,
        task_id=task.id,
        assignment_id=assignment.id,
        **{name: getattr(planned, name) for name in planned.__slots__},
    )
