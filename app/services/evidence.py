"""Evidence: how a record finds the output it is evidence for (model §2), and what it is told otherwise."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from app.errors import Fault, Invalid, Text
from app.models import Activity, Output, Plan
from app.rules import acts
from app.rules.judging import Permit
from app.rules.vocabulary import ActivityStatus, AgencyKind, OutputKind, Role, TaskKind
from app.services import access, activities, occurrences
from app.services.dockets import Docket

WITHDRAWN: Final = Text("Bản ghi này đã được rút lại", "This record has been withdrawn")


_NO_OCCURRENCES: Final = Fault(
    "/opens_occurrence",
    "not_triggered",
    Text("Nhiệm vụ này không theo lần phát sinh", "This task has no occurrences"),
)
_OUTSIDE: Final = Fault(
    "/output",
    "date_outside_output",
    Text("Ngày thực hiện không nằm trong kỳ này", "The date lies outside this period"),
)
_IN_ORDER: Final = Fault(
    "/output",
    "pieces_fill_in_order",
    Text("Nhiệm vụ theo số lượng tự tính theo thứ tự", "Pieces are filled in order and not named"),
)
_UNKNOWN: Final = Fault(
    "/output",
    "unknown_output",
    Text("Phân công này không có đầu ra đó", "This assignment has no such output"),
)


def find(
    session: Session,
    permit: Permit,
    docket: Docket,
    day: date,
    code: str | None,
    opens: bool,
    had: Output | None = None,
) -> Output | None:
    """The output a record is evidence for, where that is unambiguous; None is kept and counts for nothing. A
    decision may have dropped the one it `had`, and it stays with that."""
    own = [output for output in docket.outputs if not output.dropped or output is had]
    kind = docket.task.kind if docket.assignment.role is Role.LEAD else None
    if day < docket.here.plan.period_from:
        if code is not None or opens:
            raise _refused(_before(docket.here.plan), docket)
        return None
    if opens:
        if kind is not TaskKind.TRIGGERED:
            raise _refused(_NO_OCCURRENCES, docket)
        output = occurrences.occurrence(docket, max(day, docket.here.plan.period_to), opened_by_record=True)
        access.add(session, permit, [output])
        docket.outputs.append(output)
        return output
    if kind is TaskKind.CONTINUOUS:
        return _of_day(docket, own, day, code)
    if code is None:
        return None
    if kind is TaskKind.COUNTED:
        raise _refused(_IN_ORDER, docket)
    found = next((output for output in own if output.code == code), None)
    if found is None or kind is None:
        raise _refused(_UNKNOWN, docket)
    return found


def _of_day(docket: Docket, own: Sequence[Output], day: date, code: str | None) -> Output | None:
    """The period that has the day in it, which a record may name and no other."""
    found = next((one for one in own if _is_of(one, day)), None)
    if code is None or (found is not None and found.code == code):
        return found
    if all(one.code != code for one in own):
        raise _refused(_UNKNOWN, docket)
    raise _refused(_OUTSIDE, docket, [found] if found is not None else [])


def _is_of(output: Output, day: date) -> bool:
    """Whether a period has a day in it."""
    first, last = output.period_from, output.period_to
    return first is not None and last is not None and first <= day <= last


def _refused(fault: Fault, docket: Docket, taken: Sequence[Output] | None = None) -> Invalid:
    """Why an output is not the one, with those that would be `taken`: unless it is said, all there are."""
    if taken is None:
        taken = [one for one in docket.outputs if one.kind is not OutputKind.PIECE and not one.dropped]
    return Invalid(faults=[fault], facts={"offered_outputs": [one.code for one in taken]})


def fills_pieces(docket: Docket, day: date) -> bool:
    """Whether a record of this day counts by its quantity: a counted task, its lead, not before the plan."""
    counted = docket.task.kind is TaskKind.COUNTED and docket.assignment.role is Role.LEAD
    return counted and day >= docket.here.plan.period_from


def all_filled(docket: Docket) -> bool:
    """Whether every piece is covered already, so that one more is surplus."""
    pieces = [output for output in docket.outputs if output.kind is OutputKind.PIECE and not output.dropped]
    return bool(pieces) and all(piece.evidence for piece in pieces)


def of(docket: Docket, activity: Activity) -> Output | None:
    """The output that a record is evidence of."""
    if activity.output_id is None:
        return None
    return next((output for output in docket.outputs if output.id == activity.output_id), None)


def counts(docket: Docket, activity: Activity) -> bool:
    """Whether a record of the docket is evidence of something that is owed."""
    output = of(docket, activity)
    found = output is not None and not output.dropped
    of_part = (docket.here.plan, docket.task, docket.assignment.role, docket.agency)
    return activities.counts(*of_part, activity, found)


def is_returned(docket: Docket, activity: Activity) -> bool:
    """Whether that output was returned, so that nothing counts for it yet."""
    output = of(docket, activity)
    return output is not None and output.returned


def kept(docket: Docket, activity: Activity) -> str | None:
    """What a correction that names no output looks for: the date's period, or the output it had."""
    return None if docket.task.kind is TaskKind.CONTINUOUS else _code_of(docket, activity)


def stays(docket: Docket, activity: Activity, wanted: str | None) -> bool:
    """Whether a record whose date is unchanged stays with the output it has."""
    by_date = docket.task.kind is TaskKind.CONTINUOUS and wanted is None
    return by_date or wanted == _code_of(docket, activity)


def _code_of(docket: Docket, activity: Activity) -> str | None:
    output = of(docket, activity)
    return output.code if output is not None else None


def hint(docket: Docket, activity: Activity) -> Text:
    """Why a record counts for nothing, and what would make it count."""
    if activity.status is ActivityStatus.WITHDRAWN:
        return WITHDRAWN
    if docket.assignment.role is not Role.LEAD:
        return Text(
            "Đóng góp của cơ quan phối hợp được lưu, không làm thay đổi mức hoàn thành",
            "A coordinator's contribution is kept and never moves completion",
        )
    if docket.agency.kind is AgencyKind.GROUP:
        return Text(
            "Nhóm chỉ phải làm thông qua từng thành viên: bản ghi của cả nhóm được lưu, không được tính",
            "A group owes through its members: a record of the group itself is kept and counts for nothing",
        )
    if activity.occurred_on < docket.here.plan.period_from:
        return _before(docket.here.plan).message
    output = of(docket, activity)
    if output is not None and output.dropped:
        return acts.NOT_OWED.why
    if is_returned(docket, activity):
        return Text(
            "Đầu ra đang bị trả lại: bổ sung xong thì báo cáo lại (claims) để được tính",
            "The output was returned: once it is complete, claim it again to make it count",
        )
    return _wanting(docket, activity.occurred_on)


def after(plan: Plan) -> Text:
    """Of a day after the plan's last. What is late is done all the same; mostly it is the wrong year, or last
    year's plan that a script still pushes to."""
    return Text(
        f"Ngày này sau ngày cuối của kế hoạch ({plan.period_to:%d/%m/%Y}): hãy xem lại năm; việc của kế "
        "hoạch khác thì gửi đến kế hoạch đó",
        f"This day is after the plan's last ({plan.period_to.isoformat()}): look at its year again; what is "
        "of another plan is pushed to that one",
    )


def _before(plan: Plan) -> Fault:
    return Fault(
        "/occurred_on",
        "before_the_plan",
        Text(
            f"Ngày này trước ngày đầu của kế hoạch ({plan.period_from:%d/%m/%Y}): hãy xem lại năm; việc của "
            "kế hoạch khác thì gửi đến kế hoạch đó",
            f"This day is before the plan's first ({plan.period_from.isoformat()}): look at its year again; "
            "what is of another plan is pushed to that one",
        ),
    )


def _wanting(docket: Docket, day: date) -> Text:
    """What a record of such a task needs to count."""
    match docket.task.kind:
        case TaskKind.DELIVERABLE:
            codes = ", ".join(output.code for output in docket.outputs if not output.dropped)
            return Text(
                f"Ghi `output` để tính cho đầu ra: {codes}", f"Name an `output` to make it count: {codes}"
            )
        case TaskKind.COUNTED:
            if docket.task.target is None:
                return Text("Chủ kế hoạch chưa giao số lượng", "The plan owner has not set a target yet")
            return Text(
                "Đã đủ số lượng được giao: phần vượt được lưu và hiển thị",
                "All pieces are covered: the surplus is kept and shown",
            )
        case TaskKind.TRIGGERED:
            return Text(
                "Ghi `output` hoặc `opens_occurrence` để tính cho một lần phát sinh",
                "Name an `output`, or open an occurrence, to make it count",
            )
        case TaskKind.CONTINUOUS if day > docket.here.plan.period_to:
            return after(docket.here.plan)
        case TaskKind.CONTINUOUS:
            return Text("Ngày thực hiện không thuộc kỳ báo cáo nào", "The date lies in no reporting period")
