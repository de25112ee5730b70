"""Periods of status-only duties, and occurrences of triggered ones: what is owed comes up, and is told of."""

from sqlalchemy.orm import Session

from app.errors import Fault, Invalid, Text
from app.models import Output
from app.rules import calendar
from app.rules.acts import ActKind
from app.rules.judging import Permit
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.rules.vocabulary import OutputKind, Source, TaskKind
from app.schemas.acts import ActResult, OccurrenceIn, OccurrenceResult, StatusEntry, StatusEntryIn
from app.services import access, acting, dockets, fitting, obstacles, occurrences, outputs, settling
from app.services.dockets import Docket
from app.services.grounds import is_current

_KINDS = {
    StatusEntry.FULFILLED: (ActKind.CLAIM, Action.STATUS_REPORT),
    StatusEntry.NOT_FULFILLED: (ActKind.WITHDRAWAL, Action.STATUS_REPORT),
    StatusEntry.CONFIRMED: (ActKind.CONFIRMATION, Action.STATUS_DECIDE),
    StatusEntry.RETURNED: (ActKind.RETURN, Action.STATUS_DECIDE),
}


def enter_status(
    session: Session, actor: Actor, slug: str, assignment: str, body: StatusEntryIn
) -> tuple[ActResult, int]:
    """Say whether a status-only duty was fulfilled in a period; or confirm that, or return it."""
    kind, action = _KINDS[body.entry]
    docket, permit = dockets.for_assignment(session, actor, slug, assignment, action, body.period)
    output = next((one for one in docket.outputs if one.code == body.period), None)
    if kind is ActKind.CLAIM and _comes_up(docket) and (output is None or output.dropped):
        output = _opened(session, permit, docket, body.period, output)
    if output is None or output.dropped:
        raise _unknown(docket)
    return acting.act(session, actor, docket, output, permit, kind, None)


def _known(docket: Docket) -> dict[str, calendar.Period]:
    plan = docket.here.plan
    kind = docket.task.reporting_period or plan.reporting_period
    return {one.code: one for one in calendar.periods(kind, plan.period_from, plan.period_to)}


def _comes_up(docket: Docket) -> bool:
    """Whether the body may still tell of another period: a triggered duty, and one it answers for now."""
    return docket.task.kind is TaskKind.TRIGGERED and is_current(docket.assignment, docket.here.today)


def _opened(session: Session, permit: Permit, docket: Docket, code: str, gone: Output | None) -> Output:
    """The period as one that came up; one that went with a handover since comes back."""
    occurrences.somebody_owes(docket)
    output = gone or _period(docket, code)
    if gone is not None:
        access.open_for_change(session, permit, [gone])
        gone.dropped, gone.opened_by_record = False, True
    else:
        access.add(session, permit, [output])
        docket.outputs.append(output)
    return output


def _period(docket: Docket, code: str) -> Output:
    """A triggered duty tells no more than that it came up in a period, and was met: not how often."""
    known = _known(docket)
    if code not in known:
        raise _unknown(docket)
    period = known[code]
    return Output(
        plan_id=docket.here.plan.id,
        task_id=docket.task.id,
        assignment_id=docket.assignment.id,
        kind=OutputKind.OCCURRENCE,
        code=code,
        number=list(known).index(code) + 1,
        label_vi=period.label_vi,
        label_en=period.label_en,
        period_from=period.first,
        period_to=period.last,
        due_on=period.last,
        due_source=Source.IMPLIED,
        opened_by_record=True,
        **occurrences.UNTOUCHED,
    )


def _unknown(docket: Docket) -> Invalid:
    """Offered is what may be named: of a triggered duty every period, to a body that still answers for it."""
    fault = Fault(
        "/period", "unknown_period", Text("Nhiệm vụ không có kỳ này", "The duty has no such period")
    )
    own = [output.code for output in docket.outputs if not output.dropped]
    return Invalid(
        faults=[fault], facts={"offered_periods": list(_known(docket)) if _comes_up(docket) else own}
    )


def open_occurrence(
    session: Session, actor: Actor, slug: str, assignment: str, body: OccurrenceIn
) -> tuple[OccurrenceResult, int]:
    """A triggered duty is due again: one more is owed from now on, whether it is met or not."""
    docket, permit = dockets.for_assignment(session, actor, slug, assignment, Action.OCCURRENCE_OPEN)
    if docket.task.kind is not TaskKind.TRIGGERED:
        raise obstacles.conflict(obstacles.NOT_TRIGGERED)
    fitting.within_reach(docket.here.plan, body.due_on)
    output = occurrences.occurrence(docket, body.due_on or docket.here.plan.period_to, opened_by_record=False)
    output.label_vi, output.label_en = (body.label or output.label_vi), (body.label or output.label_en)
    if body.due_on is not None:
        output.due_source = Source.NOT_IN_TEXT
    access.add(session, permit, [output])
    access.open_for_change(session, permit, [docket.assignment, *docket.outputs])
    docket.outputs.append(output)
    settling.settle(session, docket.task, docket.assignment, docket.outputs)
    session.flush()
    shown, version = outputs.one(session, docket.here, actor, output.public_id)
    return OccurrenceResult(output=shown), version
