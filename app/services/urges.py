"""Urges as they stand: found, read, shown, counted. What makes, answers and ends them is in `urging`.

An urge is between two bodies. Beside them the plan's insiders see it; for everyone else there is none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from app.errors import NotFound
from app.models import Agency, Task, Urge
from app.rules.judging import allowed
from app.rules.ownership import Action
from app.rules.parties import Actor, Item
from app.rules.urging import UrgeAbout, UrgeState, state
from app.rules.vocabulary import Role
from app.schemas.base import AgencyRef, TaskRef
from app.schemas.lists import several
from app.schemas.urges import UrgeFilter, UrgeOut, UrgePage
from app.services import grounds, listing, sight
from app.services.grounds import Ground

_BY, _TO = aliased(Agency), aliased(Agency)
ORDERS = {"id": Urge.public_id, "due_on": Urge.due_on}
OPEN_TO = {
    Action.URGE_ANSWER: (UrgeState.OPEN, UrgeState.OVERDUE),
    Action.URGE_CLOSE: (UrgeState.OPEN, UrgeState.OVERDUE, UrgeState.ANSWERED),
}
"""What can be done with an urge, and in which of its states that would change something."""

_OFFERED = {Action.URGE_ANSWER: "answer_urge", Action.URGE_CLOSE: "close_urge"}
_POWER = {UrgeAbout.CONTENT: Role.MONITOR, UrgeAbout.SETTLEMENT: Role.SETTLE}
"""By which power who holds it now ends an urge whose body has come to an end."""

Known = Row[Urge, Task | None, Agency, Agency]
"""An urge, its task as far as the caller sees it, who urged, who was urged."""


def find(session: Session, actor: Actor, slug: str, ask: UrgeFilter) -> UrgePage:
    """List urges, the latest first unless asked otherwise."""
    here = grounds.find(session, actor, slug)
    query = _query(here, actor, *_wanted(here, actor, ask))
    found = listing.page(session, query, ask, ORDERS, by="-id", last=[Urge.public_id], place=slug)
    items = [shown(here, actor, *row) for row in found.rows]
    return UrgePage(items=items, next_cursor=found.next_cursor, total=found.total)


def get(session: Session, actor: Actor, slug: str, public_id: str) -> tuple[UrgeOut, int]:
    """One urge, and its version."""
    here = grounds.find(session, actor, slug)
    known = one(session, here, actor, public_id)
    return shown(here, actor, *known), known[0].version


def one(session: Session, here: Ground, actor: Actor, public_id: str) -> Known:
    """The urge with this id, if the caller may see it; otherwise there is none."""
    found = session.execute(_query(here, actor, Urge.public_id == public_id)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def open_count(session: Session, here: Ground, actor: Actor) -> dict[UrgeState, int]:
    """How many of the urges this caller sees are in each state."""
    counts = (func.count().filter(_is(here, one)) for one in UrgeState)
    query = select(*counts).select_from(Urge).where(Urge.plan_id == here.plan.id, seen(here, actor))
    return dict(zip(UrgeState, session.execute(query).one(), strict=True))


def item(here: Ground, urge: Urge, task: Task | None, by: Agency, to: Agency) -> Item:
    """What the rules need to know of an urge: it can be answered and ended as long as the plan is in force,
    whatever has become of its task, and of the body that made it."""
    ended = {body.code for body in (by, to) if grounds.has_ended(body.valid_to, here.today)}
    heirs = here.item.roles.get(_POWER[urge.about], ()) if by.code in ended else ()
    return replace(
        here.item,
        clause=task.code if task else None,
        urgers=(by.code, *heirs),
        urged=to.code,
        voiceless=here.item.voiceless | ended,
    )


def may(here: Ground, actor: Actor, urge: Urge, on: Item) -> list[Action]:
    """What the caller may do with an urge and would change something now."""
    now = stands(here, urge)
    return allowed(actor, [action for action, states in OPEN_TO.items() if now in states], on)


def offer(here: Ground, actor: Actor, urge: Urge, on: Item) -> dict[str, object] | None:
    """What a caller that is refused could do with it instead; None where it can do nothing now."""
    could = next(iter(may(here, actor, urge, on)), None)
    return {"operation": _OFFERED[could], "urge": [urge.public_id]} if could else None


def stands(here: Ground, urge: Urge) -> UrgeState:
    """Where an urge stands today."""
    answered, closed = urge.answered_at is not None, urge.closed_at is not None
    return state(answered=answered, closed=closed, due_on=urge.due_on, today=here.today)


def shown(here: Ground, actor: Actor, urge: Urge, task: Task | None, by: Agency, to: Agency) -> UrgeOut:
    """An urge on the wire."""
    columns = {name: getattr(urge, name) for name in UrgeOut.model_fields if name in Urge.__table__.columns}
    return UrgeOut(
        **{**columns, "id": urge.public_id},
        task=TaskRef(code=task.code, title_vi=task.title_vi) if task else None,
        by=AgencyRef(code=by.code, name_vi=by.name_vi),
        to=AgencyRef(code=to.code, name_vi=to.name_vi),
        state=stands(here, urge),
        can=may(here, actor, urge, item(here, urge, task, by, to)),
    )


def _query(here: Ground, actor: Actor, *conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(Urge, Task, _BY, _TO)
        .join(_BY, _BY.id == Urge.urged_by_id)
        .join(_TO, _TO.id == Urge.to_id)
        .outerjoin(Task, and_(Task.id == Urge.task_id, sight.seen_whole(here, actor)))
        .where(Urge.plan_id == here.plan.id, seen(here, actor), *conditions)
    )


def seen(here: Ground, actor: Actor) -> ColumnElement[bool]:
    """A condition on Urge: the caller is one of the two bodies, or in the place of one, or an insider."""
    return true() if here.insider else or_(*_own(here, actor))


def _own(here: Ground, actor: Actor) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Conditions on Urge: it is the caller's to end, and to answer."""
    powers = [about for about, role in _POWER.items() if actor.agency in here.item.roles.get(role, ())]
    ended = select(Agency.id).where(Agency.valid_to < here.today)
    inherited = and_(Urge.about.in_(powers), Urge.urged_by_id.in_(ended)) if powers else false()
    return or_(Urge.urged_by_id == actor.agency_id, inherited), Urge.to_id == actor.agency_id


def _is(here: Ground, one: UrgeState) -> ColumnElement[bool]:
    """`urging.state` as a condition on Urge."""
    waiting = and_(Urge.closed_at.is_(None), Urge.answered_at.is_(None))
    match one:
        case UrgeState.CLOSED:
            return Urge.closed_at.is_not(None)
        case UrgeState.ANSWERED:
            return and_(Urge.closed_at.is_(None), Urge.answered_at.is_not(None))
        case UrgeState.OVERDUE:
            return and_(waiting, Urge.due_on < here.today)
        case UrgeState.OPEN:
            return and_(waiting, Urge.due_on >= here.today)


def _in(here: Ground, states: Iterable[UrgeState]) -> ColumnElement[bool]:
    return or_(*(_is(here, one) for one in states))


def _wanted(here: Ground, actor: Actor, ask: UrgeFilter) -> Iterable[ColumnElement[bool]]:
    for column, wanted in ((_TO.code, ask.to), (_BY.code, ask.urged_by), (Task.code, ask.task)):
        if wanted:
            yield column.in_(several(wanted))
    if ask.about:
        yield Urge.about.in_(several(ask.about))
    if ask.state:
        yield _in(here, map(UrgeState, several(ask.state)))
    if ask.due_from:
        yield Urge.due_on >= ask.due_from
    if ask.due_to:
        yield Urge.due_on <= ask.due_to
    if ask.can:
        yield or_(false(), *_can(here, actor, several(ask.can)))


def _can(here: Ground, actor: Actor, wanted: Sequence[str]) -> Iterable[ColumnElement[bool]]:
    """`may` as conditions on Urge: the same engine, asked once for each thing the caller can be to one."""
    by_it, to_it = _own(here, actor)
    me = (actor.agency,) if actor.agency is not None else ()
    places = (
        (by_it, replace(here.item, urgers=me)),
        (to_it, replace(here.item, urged=actor.agency)),
        (and_(~by_it, ~to_it), here.item),
    )
    for place, on in places:
        for action in allowed(actor, [one for one in OPEN_TO if one in wanted], on):
            yield and_(place, _in(here, OPEN_TO[action]))
