"""Proposals as they stand: what offices asked the plan's owner to decide, and what became of it."""

from dataclasses import replace

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models import Agency, Amendment, Proposal
from app.rules.amending import ProposalState
from app.rules.judging import allowed
from app.rules.ownership import Action
from app.rules.parties import Actor, Item
from app.schemas.amendments import ProposalFilter, ProposalOut, ProposalPage
from app.schemas.base import AgencyRef
from app.schemas.lists import several
from app.services import amendments, grounds, listing
from app.services.amendments import Changes
from app.services.grounds import Ground
from app.sheets import decided

ON_A_PROPOSAL = (Action.PROPOSAL_DECIDE, Action.PROPOSAL_WITHDRAW)
_OFFERED = {Action.PROPOSAL_DECIDE: "decline_proposal", Action.PROPOSAL_WITHDRAW: "withdraw_proposal"}


def find(session: Session, actor: Actor, slug: str, ask: ProposalFilter) -> ProposalPage:
    """List the proposals this caller may see: an office its own, insiders of the plan all."""
    here = grounds.find(session, actor, slug)
    query = (
        select(Proposal, Agency, Amendment.revision)
        .join(Agency, Agency.id == Proposal.proposed_by_id)
        .outerjoin(Amendment, Amendment.id == Proposal.amendment_id)
        .where(Proposal.plan_id == here.plan.id, seen(here, actor))
    )
    if ask.state:
        query = query.where(Proposal.state.in_(several(ask.state)))
    if ask.proposed_by:
        query = query.where(Agency.code.in_(several(ask.proposed_by)))
    if ask.can:
        query = query.where(_can(here, actor, several(ask.can)))
    orders = {"id": Proposal.public_id}
    found = listing.page(session, query, ask, orders, by="-id", last=[Proposal.public_id], place=slug)
    changes = amendments.seen_of_each(session, here, actor, [row[0].changes for row in found.rows])
    names = amendments.names_of_bodies(session, changes)
    items = [
        _out(here, actor, proposal, by, revision, told, names)
        for (proposal, by, revision), told in zip(found.rows, changes, strict=True)
    ]
    return ProposalPage(items=items, next_cursor=found.next_cursor, total=found.total)


def get(session: Session, actor: Actor, slug: str, public_id: str) -> tuple[ProposalOut, int]:
    """One proposal, and its version."""
    here = grounds.find(session, actor, slug)
    proposal, _ = one(session, here, actor, public_id)
    return out(session, here, actor, proposal), proposal.version


def seen(here: Ground, actor: Actor) -> ColumnElement[bool]:
    """A condition on Proposal: an office sees its own, insiders of the plan see all."""
    return true() if here.insider else Proposal.proposed_by_id == actor.agency_id


def item(here: Ground, by: str) -> Item:
    """What the rules need to know of a proposal."""
    return replace(here.item, proposer=by)


def _can(here: Ground, actor: Actor, wanted: tuple[str, ...]) -> ColumnElement[bool]:
    """`can` of an open proposal, as a condition: the owner decides any, an office withdraws its own."""
    own, others = (
        {action.value for action in allowed(actor, ON_A_PROPOSAL, item(here, by))}
        for by in (str(actor.agency), "")
    )
    mine = Proposal.proposed_by_id == actor.agency_id
    ways = [*([mine] if own & set(wanted) else []), *([~mine] if others & set(wanted) else [])]
    return (Proposal.state == ProposalState.OPEN) & or_(false(), *ways)


def one(
    session: Session, here: Ground, actor: Actor, public_id: str, *, lock: bool = False
) -> tuple[Proposal, Agency]:
    """A proposal this caller may see, and the body that made it."""
    query = (
        select(Proposal, Agency)
        .join(Agency, Agency.id == Proposal.proposed_by_id)
        .where(Proposal.plan_id == here.plan.id, Proposal.public_id == public_id, seen(here, actor))
    )
    if lock:
        query = query.with_for_update(of=Proposal).execution_options(populate_existing=True)
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound()
    return found[0], found[1]


def out(session: Session, here: Ground, actor: Actor, proposal: Proposal) -> ProposalOut:
    """A proposal on the wire."""
    by = session.get_one(Agency, proposal.proposed_by_id)
    made = session.get(Amendment, proposal.amendment_id) if proposal.amendment_id else None
    changes = amendments.seen(session, here, actor, proposal.changes)
    names = amendments.names_of_bodies(session, [changes])
    return _out(here, actor, proposal, by, made.revision if made is not None else None, changes, names)


def _out(
    here: Ground,
    actor: Actor,
    proposal: Proposal,
    by: Agency,
    revision: int | None,
    changes: Changes,
    names: decided.Names,
) -> ProposalOut:
    return ProposalOut(
        id=proposal.public_id,
        state=proposal.state,
        proposed_by=AgencyRef(code=by.code, name_vi=by.name_vi),
        reason=proposal.reason,
        changes=changes,
        changes_vi=[decided.told(change, names) for change in changes],
        proposed_at=proposal.proposed_at,
        settled_at=proposal.settled_at,
        answer=proposal.answer,
        amendment=revision,
        can=_may(here, actor, proposal, by),
    )


def offer(here: Ground, actor: Actor, proposal: Proposal, by: Agency) -> dict[str, object] | None:
    """How a caller that is refused could end it instead; None where it cannot, or where it has ended."""
    could = next(iter(_may(here, actor, proposal, by)), None)
    return {"operation": _OFFERED[could], "proposal": [proposal.public_id]} if could else None


def _may(here: Ground, actor: Actor, proposal: Proposal, by: Agency) -> list[Action]:
    if proposal.state is not ProposalState.OPEN:
        return []
    return allowed(actor, ON_A_PROPOSAL, item(here, by.code))
