"""Subscriptions: a calendar program fetches a feed by a secret of its own, never by the API key."""

import secrets
from typing import Any

from sqlalchemy import ColumnElement, Select, select, true
from sqlalchemy.orm import Session, aliased

from app.errors import Conflict, NotFound, Text
from app.models import Agency, Plan, Subscription
from app.models.unit import instant, today
from app.rules.keys import digest
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.rules.vocabulary import Scope
from app.schemas.base import AgencyRef
from app.schemas.subscriptions import (
    SubscriptionFilter,
    SubscriptionIn,
    SubscriptionMade,
    SubscriptionOut,
    SubscriptionPage,
)
from app.services import access, grounds, listing
from app.services.looking_up import office

_SECRET_BYTES = 32
_OF = aliased(Agency)


def subscribe(session: Session, actor: Actor, slug: str, body: SubscriptionIn) -> SubscriptionMade:
    """Make a subscription that reads as the caller's agency, and tell its address this once."""
    here = grounds.find(session, actor, slug)
    permit = access.permit(actor, Action.CALENDAR_SUBSCRIBE, here.item)
    if not actor.active:
        raise Conflict(
            Text("Cơ quan này đã kết thúc hoạt động", "This agency has come to an end"),
            facts={"reason": "agency_not_active"},
        )
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    row = Subscription(
        plan_id=here.plan.id,
        agency_id=actor.agency_id,
        label=body.label,
        of_agency_id=office(session, body.agency, "/agency").id if body.agency else None,
        country=body.country,
        digest=digest(secret),
        created_at=instant(session),
    )
    access.add(session, permit, [row])
    session.flush()
    path = f"/v1/plans/{slug}/calendar.ics?sig={secret}"
    return SubscriptionMade(subscription=_out(_one(session, actor, here.plan.id, row.public_id)), path=path)


def revoke(session: Session, actor: Actor, slug: str, public_id: str) -> SubscriptionOut:
    """End a subscription now. Twice is the same as once."""
    here = grounds.find(session, actor, slug)
    found = _one(session, actor, here.plan.id, public_id)
    permit = access.permit(actor, Action.CALENDAR_SUBSCRIBE, here.item)
    row: Subscription = found[0]
    session.refresh(row, with_for_update=True)
    if row.revoked_at is None:
        access.open_for_change(session, permit, [row])
        row.revoked_at = instant(session)
        session.flush()
    return _out(found)


def find(session: Session, actor: Actor, slug: str, ask: SubscriptionFilter) -> SubscriptionPage:
    """List the caller's own; a technical administrator sees all, to end what has leaked."""
    here = grounds.find(session, actor, slug)
    query = _query(actor, Subscription.plan_id == here.plan.id)
    ids = Subscription.public_id
    found = listing.page(session, query, ask, {"id": ids}, by="-id", last=[ids], place=slug)
    return SubscriptionPage(
        items=[_out(row) for row in found.rows], next_cursor=found.next_cursor, total=found.total
    )


def get(session: Session, actor: Actor, slug: str, public_id: str) -> SubscriptionOut:
    """One of them."""
    return _out(_one(session, actor, grounds.find(session, actor, slug).plan.id, public_id))


def identify(session: Session, secret: str) -> Actor:
    """Who a feed is read as. One that was revoked is as unknown as one that never was."""
    found = session.execute(
        select(Subscription, Agency)
        .join(Agency, Agency.id == Subscription.agency_id)
        .where(Subscription.digest == digest(secret), Subscription.revoked_at.is_(None))
    ).one_or_none()
    if found is None:
        raise NotFound()
    row, agency = found
    return Actor(
        agency=agency.code,
        kind=agency.kind,
        agency_id=agency.id,
        scopes=frozenset({Scope.READ}),
        via=f"subscription:{row.public_id}",
        active=not grounds.has_ended(agency.valid_to, today(session)),
    )


def meant(session: Session, slug: str, secret: str) -> tuple[str | None, str | None]:
    """Whose calendar it is: an agency's code, or a country's."""
    found = session.execute(
        select(Agency.code, Subscription.country)
        .select_from(Subscription)
        .join(Plan, Plan.id == Subscription.plan_id)
        .outerjoin(Agency, Agency.id == Subscription.of_agency_id)
        .where(Subscription.digest == digest(secret), Plan.slug == slug)
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found[0], found[1]


def _query(actor: Actor, *conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    own = true() if Scope.ADMIN in actor.scopes else Subscription.agency_id == actor.agency_id
    return (
        select(Subscription, Agency, _OF)
        .join(Agency, Agency.id == Subscription.agency_id)
        .outerjoin(_OF, _OF.id == Subscription.of_agency_id)
        .where(own, *conditions)
    )


def _one(session: Session, actor: Actor, plan_id: int, public_id: str) -> Any:
    query = _query(actor, Subscription.plan_id == plan_id, Subscription.public_id == public_id)
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound()
    return found


def _out(found: Any) -> SubscriptionOut:
    row, agency, of = found
    return SubscriptionOut(
        id=row.public_id,
        label=row.label,
        belongs_to=AgencyRef(code=agency.code, name_vi=agency.name_vi),
        agency=AgencyRef(code=of.code, name_vi=of.name_vi) if of else None,
        country=row.country,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
    )
