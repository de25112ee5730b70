"""Waiting: what waits for somebody to do something, counted and listed for the first page."""

from sqlalchemy import and_, bindparam, func, select, true
from sqlalchemy.orm import Session

from app.models import Agency, Assignment, Output, Proposal, Task
from app.rules.amending import ProposalState
from app.rules.judging import allowed
from app.rules.ownership import Action
from app.rules.parties import Actor, part_of
from app.rules.vocabulary import Level, TaskStatus
from app.schemas.outputs import OutputOut
from app.schemas.overview import Waiting
from app.services import claimants, grounds, outputs, proposals, settlements, sight
from app.services.grounds import Ground

_JUDGING = (Action.OUTPUT_CONFIRM, Action.STATUS_DECIDE)
_EVIDENCED = (
    select(Task, Agency.code, func.count())
    .select_from(Output)
    .join(Task, Task.id == Output.task_id)
    .join(Assignment, Assignment.id == Output.assignment_id)
    .join(Agency, Agency.id == Assignment.agency_id)
    .where(Output.plan_id == bindparam("plan"), Output.level == Level.EVIDENCED, ~Assignment.fans_out)
    .group_by(Task.id, Agency.id)
)
"""How many outputs of whom are evidenced, and no more than that."""


def counts(session: Session, here: Ground, actor: Actor) -> Waiting:
    """What is evidenced and for this caller to judge; all else that waits, as far as it sees it."""
    asked = (
        and_(Output.returned, Output.owed, Task.status == TaskStatus.ACTIVE),
        outputs.is_overdue(here),
    )
    late = session.execute(
        select(*(func.count().filter(one) for one in asked))
        .select_from(Output)
        .join(Task, Task.id == Output.task_id)
        .join(Assignment, Assignment.id == Output.assignment_id)
        .where(Output.plan_id == here.plan.id, sight.seen_whole(here, actor), sight.own_part(here, actor))
    ).one()
    open_ = select(func.count()).where(
        Proposal.plan_id == here.plan.id, Proposal.state == ProposalState.OPEN, proposals.seen(here, actor)
    )
    return Waiting(
        to_confirm=_to_confirm(session, here, actor),
        returned=late[0],
        overdue=late[1],
        proposals=session.scalars(open_.select_from(Proposal)).one(),
        settlements=settlements.to_decide(session, here, actor),
    )


def _to_confirm(session: Session, here: Ground, actor: Actor) -> int:
    """As many as `outputs?can=output.confirm,status.decide&level=evidenced` lists. Who judges is an insider
    (decision 0014), and only what is evidenced is looked at: a first page has no time for what is not."""
    if not here.insider:
        return 0
    judges = claimants.judging(here)
    reported = claimants.reported_by_them(here)
    ways = (((), ~reported), (judges, reported)) if judges else (((), true()),)
    found = [
        (*row, by) for by, so in ways for row in session.execute(_EVIDENCED.where(so), {"plan": here.plan.id})
    ]
    items = grounds.items(session, here, {task.id: task for task, *_ in found}) if found else {}
    return sum(
        count
        for task, agency, count, by in found
        if allowed(actor, _JUDGING, part_of(items[task.id], agency, by))
    )


def due_next(session: Session, here: Ground, actor: Actor, how_many: int) -> list[OutputOut]:
    """The outputs that are due next and not evidenced yet, the nearest first."""
    query = outputs.query(here, actor, outputs.OPEN, Output.due_on >= here.today)
    nearest = query.order_by(Output.due_on, Assignment.order_key, Output.number, Output.id)
    return outputs.shown(session, here, actor, session.execute(nearest.limit(how_many)).all())
