"""Asking of plans: what can be done to a plan; to an urge or a proposal in it; to an agency."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models import Agency, Plan
from app.rules.acts import Obstacle
from app.rules.amending import ProposalState
from app.rules.judging import allowed
from app.rules.ownership import Action
from app.rules.parties import Actor, Item
from app.rules.urging import UrgeState
from app.rules.vocabulary import PlanStatus
from app.services import grounds, obstacles, proposals, urges
from app.services.asking_of_work import Thing, only

ON_A_PLAN = (
    Action.PLAN_READ,
    Action.PLAN_DRAW_UP,
    Action.PLAN_AMEND,
    Action.CALENDAR_EDIT,
    Action.CALENDAR_STEWARD,
    Action.CALENDAR_SUBSCRIBE,
    Action.AGENCY_EDIT,
    Action.URGE_CONTENT,
    Action.URGE_SETTLEMENT,
    Action.SERVICE_OPERATE,
)
ON_AN_AGENCY = (Action.AGENCY_EDIT, Action.KEY_MANAGE)


def plan(session: Session, actor: Actor, slug: str) -> Thing:
    """The plan itself."""
    here = grounds.find(session, actor, slug)
    return Thing(here.item, allowed(actor, ON_A_PLAN, here.item), only(ON_A_PLAN), here=here)


def urge(session: Session, actor: Actor, slug: str, public_id: str) -> Thing:
    """A reminder, as it stands today."""
    here = grounds.find(session, actor, slug)
    row, task, by, to = urges.one(session, here, actor, public_id)
    item = urges.item(here, row, task, by, to)
    ended = obstacles.CLOSED if urges.stands(here, row) is UrgeState.CLOSED else obstacles.ANSWERED
    can, offer = urges.may(here, actor, row, item), urges.offer(here, actor, row, item)
    return Thing(item, can, only(urges.OPEN_TO), lambda _: ended, here, task, offer)


def proposal(session: Session, actor: Actor, slug: str, public_id: str) -> Thing:
    """What an office asked the owner to decide."""
    here = grounds.find(session, actor, slug)
    row, by = proposals.one(session, here, actor, public_id)
    can = proposals.out(session, here, actor, row).can

    def settled(action: Action) -> Obstacle:
        gone = row.state is ProposalState.WITHDRAWN and action is Action.PROPOSAL_WITHDRAW
        return obstacles.ALREADY_SO if gone else obstacles.SETTLED

    offer = proposals.offer(here, actor, row, by)
    unfit = only(proposals.ON_A_PROPOSAL)
    return Thing(proposals.item(here, by.code), can, unfit, settled, here, instead=offer)


def agency(session: Session, actor: Actor, code: str) -> Thing:
    """All plans share the agencies: the owner of any plan in force may change them."""
    if session.scalars(select(Agency.id).where(Agency.code == code)).first() is None:
        raise NotFound()
    in_force = select(Plan.slug).order_by(Plan.status != PlanStatus.ACTIVE, Plan.slug)
    items = [grounds.find(session, actor, slug).item for slug in session.scalars(in_force).all()] or [Item()]
    own = (item for item in items if allowed(actor, (Action.AGENCY_EDIT,), item))
    item = next(own, items[0])
    return Thing(item, allowed(actor, ON_AN_AGENCY, item), only(ON_AN_AGENCY))
