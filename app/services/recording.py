"""Recording: an office's record becomes evidence and moves the roll-up; a correction or withdrawal moves it back.

Every act locks the one assignment it belongs to, so acts on the same assignment follow each other and acts
on different ones do not wait.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, Fault, Invalid, NotFound, Stale, Text
from app.models import Activity, Agency, Assignment, Output, Plan, Task, Withdrawal
from app.rules.calendar import business_day
from app.rules.ownership import Action, Actor, Permit
from app.rules.vietnamese import fold, sort_key
from app.rules.vocabulary import ActivityStatus, OutputKind, Role, Source, TaskKind
from app.schemas.activities import ActivityIn, ActivityPatch, ActivityResult, Moved, WithdrawalIn
from app.services import access, activities, outputs
from app.services.access import Ground

FIELDS = ("occurred_on", "kind", "title", "quantity", "channel", "languages", "link")
"""What a record says, apart from what it belongs to: what a correction may change."""

Outcome = Literal["created", "updated", "unchanged", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Desk:
    """The one assignment an act is about: locked, with its task and outputs."""

    here: Ground
    task: Task
    assignment: Assignment
    agency: Agency
    outputs: list[Output]


def record(session: Session, actor: Actor, slug: str, body: ActivityIn) -> tuple[ActivityResult, int]:
    """Record an activity, or bring up to date the one with the same natural key."""
    here = access.ground(session, actor, slug)
    task = _task(session, here, actor, body.task)
    item = access.item(session, here, task, body.agency)
    if not item.roles:
        item = access.item(session, here, task)
    permit = access.permit(actor, Action.ACTIVITY_RECORD, item, lambda: _instead(session, here, actor))
    desk = _desk(session, here, task, _whose(actor, body, item.roles))
    _not_ahead(body.occurred_on)
    known = _known(session, desk, body)
    if known is not None:
        return _again(session, actor, desk, known, body)
    values = {name: getattr(body, name) for name in FIELDS}
    activity = Activity(
        plan_id=here.plan.id,
        task_id=task.id,
        assignment_id=desk.assignment.id,
        agency_id=desk.agency.id,
        recorded_by_id=actor.agency_id,
        source_system=body.source_system,
        external_id=body.external_id,
        recorded_at=datetime.now(UTC),
        **_worded(values),
    )
    access.open_for_change(session, permit, [desk.assignment, *desk.outputs])
    output = _output(session, permit, desk, body.occurred_on, body.output, body.opens_occurrence)
    activity.output_id = output.id if output else None
    access.add(session, permit, [activity])
    outputs.cover(desk.assignment, desk.outputs, activity.quantity, output)
    return _done(session, actor, desk, activity, "created", outputs.settle(desk.outputs, datetime.now(UTC)))


def revise(
    session: Session,
    actor: Actor,
    slug: str,
    public_id: str,
    patch: ActivityPatch,
    versions: frozenset[int] | None,
) -> tuple[ActivityResult, int]:
    """Correct a record that is still at one of `versions` (None: at any)."""
    desk, activity, permit = _held(session, actor, slug, public_id, Action.ACTIVITY_REVISE)
    if versions is not None and activity.version not in versions:
        raise Stale()
    if activity.status is ActivityStatus.WITHDRAWN:
        raise _withdrawn()
    values = {name: getattr(patch, name) for name in FIELDS if name in patch.model_fields_set}
    current = _code_of(desk, activity)
    wanted = patch.output if "output" in patch.model_fields_set else current
    if desk.task.kind is TaskKind.CONTINUOUS and "output" not in patch.model_fields_set:
        wanted = None
    if (
        not _differs(activity, values)
        and wanted in (current, None)
        and "output" not in patch.model_fields_set
    ):
        return _done(session, actor, desk, activity, "unchanged", [])
    return _change(session, actor, permit, desk, activity, values, wanted)


def withdraw(
    session: Session, actor: Actor, slug: str, public_id: str, body: WithdrawalIn
) -> tuple[ActivityResult, int]:
    """Withdraw a record: it stays, with the reason, and no longer counts. Twice is the same as once."""
    desk, activity, permit = _held(session, actor, slug, public_id, Action.ACTIVITY_WITHDRAW)
    if activity.status is ActivityStatus.WITHDRAWN:
        return _done(session, actor, desk, activity, "unchanged", [])
    moved = _uncover(session, permit, desk, activity)
    activity.status = ActivityStatus.WITHDRAWN
    withdrawal = Withdrawal(
        plan_id=desk.here.plan.id,
        task_id=desk.task.id,
        activity_id=activity.id,
        withdrawn_by_id=actor.agency_id,
        reason=body.reason,
        withdrawn_at=datetime.now(UTC),
    )
    access.add(session, permit, [withdrawal])
    return _done(session, actor, desk, activity, "withdrawn", moved)


def _again(
    session: Session, actor: Actor, desk: Desk, known: Activity, body: ActivityIn
) -> tuple[ActivityResult, int]:
    """The same natural key again: nothing new, a correction, or a contradiction."""
    if known.task_id != desk.task.id:
        raise Conflict(
            Text(
                "Bản ghi mang mã này thuộc nhiệm vụ khác: hãy rút bản ghi đó rồi ghi bằng mã mới",
                "The record with this external_id belongs to another task: withdraw it and record anew",
            )
        )
    values = {name: getattr(body, name) for name in FIELDS}
    current = _code_of(desk, known)
    same_output = (
        body.output in (current, None)
        if desk.task.kind is not TaskKind.DELIVERABLE
        else body.output == current
    )
    if not _differs(known, values) and (same_output or body.opens_occurrence):
        return _done(session, actor, desk, known, "unchanged", [])
    if known.status is ActivityStatus.WITHDRAWN:
        raise _withdrawn()
    item = access.item(session, desk.here, desk.task, desk.agency.code)
    permit = access.permit(actor, Action.ACTIVITY_REVISE, item)
    wanted = (
        current
        if body.opens_occurrence or desk.task.kind is TaskKind.TRIGGERED and not body.output
        else body.output
    )
    return _change(session, actor, permit, desk, known, values, wanted)


def _change(
    session: Session,
    actor: Actor,
    permit: Permit,
    desk: Desk,
    activity: Activity,
    values: dict[str, Any],
    wanted: str | None,
) -> tuple[ActivityResult, int]:
    """Take the record out of account as it was, change it, and take it into account as it is now."""
    _not_ahead(values.get("occurred_on", activity.occurred_on))
    levels = {output.id: output.level for output in desk.outputs}
    _uncover(session, permit, desk, activity)
    for name, value in _worded(values).items():
        setattr(activity, name, value)
    output = _output(session, permit, desk, activity.occurred_on, wanted, opens=False)
    activity.output_id = output.id if output else None
    outputs.cover(desk.assignment, desk.outputs, activity.quantity, output)
    outputs.settle(desk.outputs, datetime.now(UTC))
    moved = [
        Moved(output=output.code, before=levels[output.id], after=output.level)
        for output in desk.outputs
        if output.level is not levels[output.id]
    ]
    return _done(session, actor, desk, activity, "updated", moved)


def _uncover(session: Session, permit: Permit, desk: Desk, activity: Activity) -> list[Moved]:
    """Take a standing record out of account, unless something confirmed rests on it alone."""
    access.open_for_change(session, permit, [activity, desk.assignment, *desk.outputs])
    output = next((output for output in desk.outputs if output.id == activity.output_id), None)
    outputs.cover(desk.assignment, desk.outputs, -activity.quantity, output)
    if any(output.confirmed and not output.evidence and not output.claimed for output in desk.outputs):
        raise Conflict(
            Text(
                "Bản ghi là minh chứng cuối cùng của đầu ra đã xác nhận: cơ quan theo dõi phải trả lại trước",
                "This is the last evidence of a confirmed output: the monitor has to return it first",
            )
        )
    return outputs.settle(desk.outputs, datetime.now(UTC))


def _task(session: Session, here: Ground, actor: Actor, code: str) -> Task:
    """The task a record names. One the caller may not see is as unknown as one that does not exist."""
    try:
        return access.task(session, here, actor, code)
    except NotFound as unknown:
        raise Invalid(
            faults=[
                Fault(
                    "/task",
                    "unknown_task",
                    Text("Kế hoạch không có nhiệm vụ này", "The plan has no such task"),
                )
            ]
        ) from unknown


def _whose(actor: Actor, body: ActivityIn, roles: dict[Role, tuple[str, ...]] | Any) -> str:
    """The body whose activity it is: the caller, or the one it records for."""
    assigned = (*roles.get(Role.LEAD, ()), *roles.get(Role.COORDINATE, ()))
    whose = body.agency or actor.agency
    if whose in assigned:
        return str(whose)
    raise Invalid(
        faults=[
            Fault(
                "/agency",
                "agency_not_assigned" if body.agency else "missing",
                Text(
                    f"Ghi thay thì phải nêu cơ quan được phân công: {', '.join(assigned)}",
                    f"On behalf, name an assigned agency: {', '.join(assigned)}",
                ),
            )
        ]
    )


def _desk(session: Session, here: Ground, task: Task, agency_code: str) -> Desk:
    """Lock the body's own assignment, as lead if it is one, and read what it owes."""
    found = session.execute(
        select(Assignment, Agency)
        .join(Agency, Agency.id == Assignment.agency_id)
        .where(
            Assignment.task_id == task.id,
            Agency.code == agency_code,
            Assignment.role.in_((Role.LEAD, Role.COORDINATE)),
            ~Assignment.fans_out,
        )
        .order_by(Assignment.role.desc(), Assignment.id)
        .limit(1)
        .with_for_update(of=Assignment)
        .execution_options(populate_existing=True)
    ).one()
    assignment, agency = found
    return Desk(here, task, assignment, agency, outputs.owed_by(session, assignment))


def _held(
    session: Session, actor: Actor, slug: str, public_id: str, action: Action
) -> tuple[Desk, Activity, Permit]:
    """A record that the caller may change, with its assignment locked."""
    here = access.ground(session, actor, slug)
    found = session.execute(
        select(Activity.id, Task, Agency.code)
        .join(Task, Task.id == Activity.task_id)
        .join(Agency, Agency.id == Activity.agency_id)
        .where(
            Activity.plan_id == here.plan.id,
            Activity.public_id == public_id,
            access.seen_whole(here, actor),
        )
    ).one_or_none()
    if found is None:
        raise NotFound()
    activity_id, task, agency_code = found
    permit = access.permit(actor, action, access.item(session, here, task, agency_code))
    desk = _desk(session, here, task, agency_code)
    activity = session.scalars(
        select(Activity).where(Activity.id == activity_id).execution_options(populate_existing=True)
    ).one()
    return desk, activity, permit


def _known(session: Session, desk: Desk, body: ActivityIn) -> Activity | None:
    if body.external_id is None:
        return None
    return session.scalars(
        select(Activity).where(
            Activity.plan_id == desk.here.plan.id,
            Activity.agency_id == desk.agency.id,
            Activity.source_system == body.source_system,
            Activity.external_id == body.external_id,
        )
    ).one_or_none()


def _output(
    session: Session, permit: Permit, desk: Desk, day: date, code: str | None, opens: bool
) -> Output | None:
    """The output a record is evidence for, where that is unambiguous; None is kept and counts for nothing."""
    kind = desk.task.kind if desk.assignment.role is Role.LEAD else None
    if opens:
        if kind is not TaskKind.TRIGGERED:
            raise _output_fault(
                "/opens_occurrence",
                "not_triggered",
                "Nhiệm vụ này không theo lần phát sinh",
                "This task has no occurrences",
                desk,
            )
        return _opened(session, permit, desk, day)
    if kind is TaskKind.CONTINUOUS:
        found = next(
            (
                o
                for o in desk.outputs
                if o.period_from and o.period_to and o.period_from <= day <= o.period_to
            ),
            None,
        )
        if code is not None and (found is None or found.code != code):
            raise _output_fault(
                "/output",
                "date_outside_output",
                "Ngày thực hiện không nằm trong kỳ này",
                "The date lies outside this period",
                desk,
            )
        return found
    if code is None:
        return None
    if kind is TaskKind.COUNTED:
        raise _output_fault(
            "/output",
            "pieces_fill_in_order",
            "Nhiệm vụ theo số lượng tự tính theo thứ tự",
            "Pieces are filled in order and not named",
            desk,
        )
    found = next((output for output in desk.outputs if output.code == code), None)
    if found is None or kind is None:
        raise _output_fault(
            "/output",
            "unknown_output",
            "Phân công này không có đầu ra đó",
            "This assignment has no such output",
            desk,
        )
    return found


def _opened(session: Session, permit: Permit, desk: Desk, day: date) -> Output:
    """A triggered task has happened again: one more occurrence is owed, for as long as a record stands for it."""
    number = max((output.number for output in desk.outputs), default=0) + 1
    output = Output(
        plan_id=desk.here.plan.id,
        task_id=desk.task.id,
        assignment_id=desk.assignment.id,
        kind=OutputKind.OCCURRENCE,
        code=f"O{number}",
        number=number,
        label_vi=f"Lần {number}",
        label_en=f"Occurrence {number}",
        due_on=max(day, desk.here.plan.period_to),
        due_source=Source.IMPLIED,
        opened_by_record=True,
        claimed=False,
        evidence=0,
        confirmed=False,
    )
    access.add(session, permit, [output])
    session.flush()
    desk.outputs.append(output)
    return output


def _output_fault(pointer: str, code: str, vi: str, en: str, desk: Desk) -> Invalid:
    offered = [output.code for output in desk.outputs if output.kind is not OutputKind.PIECE]
    return Invalid(faults=[Fault(pointer, code, Text(vi, en))], facts={"offered_outputs": offered})


def _worded(values: dict[str, Any]) -> dict[str, Any]:
    """The values with what follows from the title: the keys it is searched and sorted by."""
    if "title" not in values:
        return values
    return {**values, "search_text": fold(values["title"]), "sort_key": sort_key(values["title"])}


def _differs(activity: Activity, values: dict[str, Any]) -> bool:
    return any(getattr(activity, name) != value for name, value in values.items())


def _code_of(desk: Desk, activity: Activity) -> str | None:
    return next((output.code for output in desk.outputs if output.id == activity.output_id), None)


def _not_ahead(day: date) -> None:
    if day > business_day(datetime.now(UTC)):
        raise Invalid(
            faults=[
                Fault(
                    "/occurred_on",
                    "in_the_future",
                    Text(
                        "Chưa đến ngày này: chỉ ghi việc đã làm",
                        "This day has not come: record what has been done",
                    ),
                )
            ]
        )


def _withdrawn() -> Conflict:
    return Conflict(
        Text(
            "Bản ghi đã được rút lại: hãy ghi một bản ghi mới",
            "The record has been withdrawn: make a new one",
        )
    )


def _instead(session: Session, here: Ground, actor: Actor) -> dict[str, object] | None:
    """What this caller could record on: the tasks it leads or coordinates."""
    codes = session.scalars(
        select(Task.code)
        .join(Assignment, Assignment.task_id == Task.id)
        .where(
            Task.plan_id == here.plan.id,
            Assignment.agency_id == actor.agency_id,
            Assignment.role.in_((Role.LEAD, Role.COORDINATE)),
            access.seen_whole(here, actor),
        )
        .order_by(Task.order_key)
    )
    own = list(dict.fromkeys(codes))
    return {"operation": "record_activity", "task": own} if own else None


def _done(
    session: Session, actor: Actor, desk: Desk, activity: Activity, result: Outcome, moved: list[Moved]
) -> tuple[ActivityResult, int]:
    """Flush, so that the answer carries the version that will be stored (trap 1), and tell what came of it."""
    session.flush()
    shown, version = activities.one(session, desk.here, actor, activity.public_id)
    hint = None if shown.counts or result == "withdrawn" else _hint(desk, shown.status)
    return (
        ActivityResult(
            result=result,
            activity=shown,
            moved=moved,
            hint_vi=hint.vi if hint else None,
            hint_en=hint.en if hint else None,
        ),
        version,
    )


def _hint(desk: Desk, status: ActivityStatus) -> Text:
    """Why a record counts for nothing, and what would make it count."""
    if status is ActivityStatus.WITHDRAWN:
        return Text("Bản ghi này đã được rút lại", "This record has been withdrawn")
    if desk.assignment.role is not Role.LEAD:
        return Text(
            "Đóng góp của cơ quan phối hợp được lưu, không làm thay đổi mức hoàn thành",
            "A coordinator's contribution is kept and never moves completion",
        )
    codes = ", ".join(output.code for output in desk.outputs)
    match desk.task.kind:
        case TaskKind.DELIVERABLE:
            return Text(
                f"Nêu `output` để tính cho đầu ra: {codes}", f"Name an `output` to make it count: {codes}"
            )
        case TaskKind.COUNTED:
            return Text("Chủ kế hoạch chưa giao số lượng", "The plan owner has not set a target yet")
        case TaskKind.TRIGGERED:
            return Text(
                "Nêu `output` hoặc `opens_occurrence` để tính cho một lần phát sinh",
                "Name an `output`, or open an occurrence, to make it count",
            )
        case TaskKind.CONTINUOUS:
            return Text("Ngày thực hiện không thuộc kỳ báo cáo nào", "The date lies in no reporting period")
