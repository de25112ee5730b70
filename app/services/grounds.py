"""Grounds: the plan a request stands on, and what the rules need to know of each thing in it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Date, Row, and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from app.errors import NotFound
from app.models import Agency, Assignment, Membership, Plan, Task
from app.models.unit import today
from app.rules.parties import Actor, Item, is_insider
from app.rules.vocabulary import AgencyKind, Role, Visibility

WITHOUT_ACCOUNT = frozenset({AgencyKind.EXTERNAL_PARTNER, AgencyKind.GROUP})
"""Partners have no account; a group acts through its members."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The plan a request stands on, its bodies by code, whether the caller sees all of it, and the day."""

    plan: Plan
    item: Item
    insider: bool
    today: date


# Queries of every request are said once: SQLAlchemy needs longer to put them together than to ask them.
_OWNER, _SECRETARIAT, _APPROVER = aliased(Agency), aliased(Agency), aliased(Agency)
_BY_SLUG = (
    select(
        Plan,
        _OWNER.code,
        _OWNER.valid_to,
        _SECRETARIAT.code,
        _SECRETARIAT.valid_to,
        _APPROVER.code,
        _APPROVER.valid_to,
    )
    .join(_OWNER, _OWNER.id == Plan.owner_id)
    .outerjoin(_SECRETARIAT, _SECRETARIAT.id == Plan.secretariat_id)
    .outerjoin(_APPROVER, _APPROVER.id == Plan.superior_id)
    .where(Plan.slug == bindparam("slug"))
)


def find(session: Session, actor: Actor, slug: str) -> Ground:
    """Find the plan by its slug. Every key may see that a plan exists."""
    found = session.execute(_BY_SLUG, {"slug": slug}).one_or_none()
    if found is None:
        raise NotFound()
    plan, owner, owner_to, secretariat, secretariat_to, approver, approver_to = found
    day = today(session)
    powers = _powers(session, plan, day)
    bodies: list[tuple[str | None, date | None]]
    bodies = [(owner, owner_to), (secretariat, secretariat_to), (approver, approver_to)]
    ended = {code for code, valid_to in bodies if code is not None and has_ended(valid_to, day)}
    item = Item(
        owner=owner,
        secretariat=secretariat,
        superiors=tuple(plan.superiors),
        approver=approver,
        plan_status=plan.status,
        roles={role: tuple(row[1] for row in rows) for role, rows in powers.items()},
        voiceless=_voiceless((tuple(row)[:4] for rows in powers.values() for row in rows), day) | ended,
    )
    insider = is_insider(actor, item)
    clauses = {role: _clauses(rows, None if insider else actor) for role, rows in powers.items()}
    return Ground(plan, replace(item, powers=clauses), insider, day)


_POWERS = (Role.MONITOR, Role.FUND, Role.SETTLE)
"""Held by a clause of the plan, over the whole plan (model §1)."""


_Power = Row[Role, str, AgencyKind, date | None, str, Visibility]


def _powers(session: Session, plan: Plan, day: date) -> dict[Role, list[_Power]]:
    """Who holds which power over the plan, and by which clause."""
    held: dict[Role, list[_Power]] = {}
    for row in session.execute(_POWERS_HELD, {"plan": plan.id, "day": day}):
        held.setdefault(row[0], []).append(row)
    return held


def _clauses(powers: Iterable[_Power], outsider: Actor | None) -> tuple[str, ...]:
    """The clauses of these powers; to an outsider those that anybody may read, and its own."""
    return tuple(
        clause
        for _, body, _, _, clause, visibility in powers
        if outsider is None or visibility is Visibility.NORMAL or body == outsider.agency
    )


_Bounded = type[Assignment] | type[Membership]


def current(day: date | BindParameter[date], of: _Bounded = Assignment) -> ColumnElement[bool]:
    """A condition on an assignment: begun, and not yet handed over; or on a stay in a group."""
    return and_(_begun(day, of), lasting(day, of))


def is_current(row: Assignment | Membership, day: date) -> bool:
    """The same of one in hand."""
    return (row.valid_from or day) <= day <= (row.valid_to or day)


def _begun(day: date | BindParameter[date], of: _Bounded = Assignment) -> ColumnElement[bool]:
    return or_(of.valid_from.is_(None), of.valid_from <= day)


def lasting(day: date | BindParameter[date], of: _Bounded | type[Agency] = Assignment) -> ColumnElement[bool]:
    """A condition on any of these, or on a body: it has not ended before a day."""
    return or_(of.valid_to.is_(None), of.valid_to >= day)


ON: BindParameter[date] = bindparam("day", type_=Date)
"""The day that a query is given when it is asked."""
_POWERS_HELD = (
    select(Assignment.role, Agency.code, Agency.kind, Agency.valid_to, Task.code, Task.visibility)
    .join(Agency, Agency.id == Assignment.agency_id)
    .join(Task, Task.id == Assignment.task_id)
    .where(Assignment.plan_id == bindparam("plan"), Assignment.role.in_(_POWERS), current(ON))
    .order_by(Assignment.order_key)
)
_HOLDING = (
    select(
        Assignment.role,
        Agency.code,
        Agency.kind,
        Agency.valid_to,
        Assignment.task_id,
        lasting(ON).label("now"),
    )
    .join(Agency, Agency.id == Assignment.agency_id)
    .where(
        Assignment.task_id.in_(bindparam("tasks", expanding=True)),
        Assignment.role.in_((Role.LEAD, Role.COORDINATE)),
        ~Assignment.fans_out,
        _begun(ON),
    )
    .order_by(Assignment.order_key)
)


def _voiceless(rows: Iterable[tuple[Any, ...]], day: date) -> frozenset[str]:
    return frozenset(
        code for _, code, kind, valid_to in rows if kind in WITHOUT_ACCOUNT or has_ended(valid_to, day)
    )


def has_ended(valid_to: date | None, day: date) -> bool:
    """Whether what is valid until a day was over by another."""
    return valid_to is not None and valid_to < day


def find_held(session: Session, actor: Actor, slug: str) -> Ground:
    """The same for what is written by a power, or in another's name: no decision changes who may until this
    unit of work ends. Decisions hold the plan for themselves; those who hold it this way do not wait for each
    other. What is written about a body's own part is held by that part."""
    session.execute(select(Plan.id).where(Plan.slug == slug).with_for_update(read=True))
    return find(session, actor, slug)


def item(session: Session, here: Ground, row: Task) -> Item:
    """What the rules need to know of a task."""
    return items(session, here, {row.id: row})[row.id]


def items(session: Session, here: Ground, rows: Mapping[int, Task]) -> dict[int, Item]:
    """The same for several tasks at once, by their number: bodies in the order of the clause, groups as their
    members; who handed its part over is `former` there."""
    day = today(session)
    holding: dict[int, list[Row[Role, str, AgencyKind, date | None, int, bool]]] = {id_: [] for id_ in rows}
    for found in session.execute(_HOLDING, {"tasks": list(rows), "day": day}):
        holding[found[4]].append(found)
    return {id_: _item(here, rows[id_], bodies, day) for id_, bodies in holding.items()}


def _item(
    here: Ground, row: Task, bodies: Collection[Row[Role, str, AgencyKind, date | None, int, bool]], day: date
) -> Item:
    now = {
        role: tuple(code for role_, code, _, _, _, current in bodies if role_ is role and current)
        for role in (Role.LEAD, Role.COORDINATE)
    }
    return replace(
        here.item,
        task_status=row.status,
        visibility=row.visibility,
        clause=row.code,
        roles={**here.item.roles, **{role: codes for role, codes in now.items() if codes}},
        former=tuple(code for role, code, _, _, _, current in bodies if role is Role.LEAD and not current),
        voiceless=here.item.voiceless | _voiceless((tuple(body)[:4] for body in bodies), day),
    )
