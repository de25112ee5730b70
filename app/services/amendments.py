"""Amendments as they are on record: the decisions that made the plan what it is."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models import Agency, Amendment
from app.rules import decisions
from app.rules.parties import Actor
from app.schemas.amendments import AmendmentFilter, AmendmentOut, AmendmentPage, DecisionOut
from app.schemas.base import AgencyRef
from app.services import grounds, listing, sight
from app.services.grounds import Ground

_NAMES = ("task", "item", "duty", "superseded_by")
"""The fields by which a change names a task."""


def find(session: Session, actor: Actor, slug: str, ask: AmendmentFilter) -> AmendmentPage:
    """List amendments, the latest first unless asked otherwise."""
    here = grounds.find(session, actor, slug)
    query = select(Amendment).where(Amendment.plan_id == here.plan.id)
    orders = {"revision": Amendment.revision}
    found = listing.page(session, query, ask, orders, by="-revision", last=[Amendment.revision], place=slug)
    items = [out(session, here, actor, row) for (row,) in found.rows]
    return AmendmentPage(items=items, next_cursor=found.next_cursor, total=found.total)


def latest(session: Session, here: Ground, actor: Actor, how_many: int) -> list[AmendmentOut]:
    """The amendments entered last."""
    query = select(Amendment).where(Amendment.plan_id == here.plan.id).order_by(Amendment.revision.desc())
    return [out(session, here, actor, row) for row in session.scalars(query.limit(how_many))]


def get(session: Session, actor: Actor, slug: str, revision: int) -> AmendmentOut:
    """The amendment that made this revision of the plan."""
    here = grounds.find(session, actor, slug)
    row = session.scalars(
        select(Amendment).where(Amendment.plan_id == here.plan.id, Amendment.revision == revision)
    ).one_or_none()
    if row is None:
        raise NotFound()
    return out(session, here, actor, row)


def out(session: Session, here: Ground, actor: Actor, amendment: Amendment) -> AmendmentOut:
    """An amendment on the wire."""
    by = session.get_one(Agency, amendment.entered_by_id)
    return AmendmentOut(
        revision=amendment.revision,
        decision=DecisionOut(
            number=amendment.decision_number,
            type_label=decisions.parse(amendment.decision_number).type_label.vi,
            decided_on=amendment.decided_on,
            issuer=amendment.issuer,
        ),
        summary=amendment.summary if here.insider else None,
        changes=seen(session, here, actor, amendment.changes),
        entered_by=AgencyRef(code=by.code, name_vi=by.name_vi),
        entered_at=amendment.entered_at,
    )


def seen(session: Session, here: Ground, actor: Actor, changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The changes whose tasks this caller may see. What names a duty by its own code is one of them."""
    if here.insider:
        return changes
    named = [_named(change) for change in changes]
    known = sight.known(session, here, actor, set().union(*named))
    return [change for change, codes in zip(changes, named, strict=True) if codes <= known]


def _named(change: dict[str, Any]) -> set[str]:
    own = {change["code"]} if change["change"] == "duty" else set()
    named = {change[name] for name in _NAMES if isinstance(change.get(name), str)}
    return own | named | set(change.get("implements", ()))
