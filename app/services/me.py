"""The caller: which agency, through which key, and what it is to each plan."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Agency, Assignment, Key, Plan, Task
from app.rules.parties import Actor, Item, relations
from app.rules.vocabulary import Role, Scope
from app.schemas.base import AgencyRef
from app.schemas.changes import MeOut, Place
from app.services import grounds


def get(session: Session, actor: Actor) -> MeOut:
    """Who is calling, through which key, and what it is to each plan."""
    key, agency = session.execute(
        select(Key, Agency)
        .join(Agency, Agency.id == Key.agency_id)
        .where(Key.public_id == actor.via.removeprefix("key:"))
    ).one()
    return MeOut(
        agency=AgencyRef(code=agency.code, name_vi=agency.name_vi),
        agency_kind=agency.kind,
        scopes=(mine := [scope for scope in Scope if scope in actor.scopes]),
        scope_labels=[scope.label_vi for scope in mine],
        key=key.public_id,
        key_label=key.label,
        key_hint=key.hint,
        expires_at=key.expires_at,
        plans=[
            _place(session, actor, slug) for slug in session.scalars(select(Plan.slug).order_by(Plan.slug))
        ],
    )


def _place(session: Session, actor: Actor, slug: str) -> Place:
    here = grounds.find(session, actor, slug)
    given = session.execute(
        select(Assignment.role, Task.code, grounds.current(here.today), Assignment.valid_to)
        .join(Task, Task.id == Assignment.task_id)
        .where(Assignment.plan_id == here.plan.id, Assignment.agency_id == actor.agency_id)
        .order_by(Assignment.order_key)
    ).all()
    me = (actor.agency,) if actor.agency else ()
    ended = {role for role, _, _, valid_to in given if grounds.has_ended(valid_to, here.today)}
    item = Item(
        owner=here.item.owner,
        secretariat=here.item.secretariat,
        superiors=here.item.superiors,
        roles={role: me for role, _, now, _ in given if now},
        former=me if Role.LEAD in ended else (),
    )
    mine = list(relations(actor, item))
    return Place(
        plan=slug,
        relations=mine,
        relation_labels=[relation.label_vi for relation in mine],
        tasks=[code for role, code, now, _ in given if now and role is Role.LEAD],
    )
