"""Waiting: what waits for somebody to do something, counted and listed for the first page."""

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.models import Assignment, Output, Proposal, Task
from app.rules.amending import ProposalState
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.rules.vocabulary import Level, TaskStatus
from app.schemas.outputs import OutputOut
from app.schemas.overview import Waiting
from app.services import outputs, proposals, sight
from app.services.grounds import Ground
from app.services.permissions import Permissions

_JUDGING = (Action.OUTPUT_CONFIRM, Action.STATUS_DECIDE)


def counts(session: Session, here: Ground, actor: Actor) -> Waiting:
    """What is evidenced and for this caller to judge; all else that waits, as far as it sees it."""
    asked = (
        and_(Output.level == Level.EVIDENCED, Permissions(session, here, actor).outputs(_JUDGING)),
        and_(Output.returned, Output.owed, Task.status == TaskStatus.ACTIVE),
        outputs.is_overdue(here),
    )
    found = session.execute(
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
        to_confirm=found[0],
        returned=found[1],
        overdue=found[2],
        proposals=session.scalars(open_.select_from(Proposal)).one(),
    )


def due_next(session: Session, here: Ground, actor: Actor, how_many: int) -> list[OutputOut]:
    """The outputs that are due next and not evidenced yet, the nearest first."""
    query = outputs.query(here, actor, outputs.OPEN, Output.due_on >= here.today)
    nearest = query.order_by(Output.due_on, Assignment.order_key, Output.number, Output.id)
    return outputs.shown(session, here, actor, session.execute(nearest.limit(how_many)).all())
