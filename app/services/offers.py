"""Offers: what a caller who is refused could do instead, as far as the same rules would let it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Agency, Assignment, Output, Task
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.rules.vocabulary import Visibility
from app.services import sight
from app.services.grounds import Ground
from app.services.permissions import ON_A_TASK, ON_AN_OUTPUT, Permissions

MOST = 20

_OPERATIONS = {
    Action.ACTIVITY_RECORD: "record_activity",
    Action.OCCURRENCE_OPEN: "open_occurrence",
    Action.STATUS_REPORT: "enter_status",
    Action.STATUS_DECIDE: "enter_status",
    Action.PLAN_PROPOSE: "propose_amendment",
    Action.OUTPUT_CLAIM: "claim_output",
    Action.OUTPUT_WITHDRAW: "withdraw_claim",
    Action.OUTPUT_CONFIRM: "confirm_output",
    Action.OUTPUT_RETURN: "return_output",
}
_OTHERWISE = {
    Action.ACTIVITY_REVISE: Action.ACTIVITY_RECORD,
    Action.ACTIVITY_WITHDRAW: Action.ACTIVITY_RECORD,
    Action.PLAN_AMEND: Action.PLAN_PROPOSE,
}
"""What is offered in the place of what only others may do."""
_WITHOUT_WORDS = {
    Action.ACTIVITY_RECORD: Action.STATUS_REPORT,
    Action.OUTPUT_CLAIM: Action.STATUS_REPORT,
    Action.OUTPUT_WITHDRAW: Action.STATUS_REPORT,
    Action.OUTPUT_CONFIRM: Action.STATUS_DECIDE,
    Action.OUTPUT_RETURN: Action.STATUS_DECIDE,
}
"""The same of a status-only duty, of which nothing but a status is stored."""


def instead(
    session: Session, here: Ground, actor: Actor, action: Action, task: Task | None = None
) -> dict[str, object] | None:
    """A request of the same kind that would be accepted; None where this caller can make none."""
    may = Permissions(session, here, actor)
    if task is not None and task.visibility is Visibility.STATUS_ONLY:
        twin = _WITHOUT_WORDS.get(action)
        if twin is not None and twin in may.on_task(task):
            return {"operation": _OPERATIONS[twin], "task": [task.code]}
    offered = _OTHERWISE.get(action, action)
    if offered not in ON_A_TASK:
        return _outputs(session, here, actor, may, offered) if offered in ON_AN_OUTPUT else None
    query = select(Task.code).where(
        Task.plan_id == here.plan.id, sight.seen_whole(here, actor), may.tasks([offered])
    )
    codes = list(session.scalars(query.order_by(Task.order_key)))
    return {"operation": _OPERATIONS[offered], "task": codes} if codes else None


def _outputs(
    session: Session, here: Ground, actor: Actor, may: Permissions, action: Action
) -> dict[str, object] | None:
    query = (
        select(Output.public_id, Task.code, Agency.code, Output.code)
        .join(Task, Task.id == Output.task_id)
        .join(Assignment, Assignment.id == Output.assignment_id)
        .join(Agency, Agency.id == Assignment.agency_id)
        .where(
            Output.plan_id == here.plan.id,
            sight.seen_whole(here, actor),
            sight.own_part(here, actor),
            may.outputs([action]),
        )
        .order_by(Assignment.order_key, Output.number)
        .limit(MOST)
    )
    found = [
        {"id": id_, "task": task, "agency": agency, "code": code}
        for id_, task, agency, code in session.execute(query)
    ]
    return {"operation": _OPERATIONS[action], "outputs": found} if found else None
