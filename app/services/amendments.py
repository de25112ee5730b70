"""Amendments as they are on record: the decisions that made the plan what it is."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models import Agency, Amendment
from app.rules import decisions
from app.rules.parties import Actor
from app.schemas.amendments import AmendmentFilter, AmendmentOut, AmendmentPage, DecisionOut
from app.schemas.base import AgencyRef
from app.services import grounds, listing, sight
from app.services.grounds import Ground
from app.sheets import decided

Changes = list[dict[str, Any]]
"""What a decision changes, as it is stored."""

_NAMES = ("task", "item", "duty", "superseded_by")
"""The fields by which a change names a task."""


def find(session: Session, actor: Actor, slug: str, ask: AmendmentFilter) -> AmendmentPage:
    """List amendments, the latest first unless asked otherwise."""
    here = grounds.find(session, actor, slug)
    query = _of_the_plan(here)
    orders = {"revision": Amendment.revision}
    found = listing.page(session, query, ask, orders, by="-revision", last=[Amendment.revision], place=slug)
    items = _shown(session, here, actor, found.rows)
    return AmendmentPage(items=items, next_cursor=found.next_cursor, total=found.total)


def latest(session: Session, here: Ground, actor: Actor, how_many: int) -> list[AmendmentOut]:
    """The amendments entered last."""
    query = _of_the_plan(here).order_by(Amendment.revision.desc()).limit(how_many)
    return _shown(session, here, actor, session.execute(query).all())


def get(session: Session, actor: Actor, slug: str, revision: int) -> AmendmentOut:
    """The amendment that made this revision of the plan."""
    here = grounds.find(session, actor, slug)
    row = session.execute(_of_the_plan(here).where(Amendment.revision == revision)).one_or_none()
    if row is None:
        raise NotFound()
    return _shown(session, here, actor, [row])[0]


def out(session: Session, here: Ground, actor: Actor, amendment: Amendment) -> AmendmentOut:
    """An amendment on the wire."""
    return _shown(session, here, actor, [(amendment, session.get_one(Agency, amendment.entered_by_id))])[0]


def _of_the_plan(here: Ground) -> Select[Amendment, Agency]:
    query = select(Amendment, Agency).join(Agency, Agency.id == Amendment.entered_by_id)
    return query.where(Amendment.plan_id == here.plan.id)


def _shown(session: Session, here: Ground, actor: Actor, rows: Sequence[Any]) -> list[AmendmentOut]:
    """Each with who entered it."""
    told = seen_of_each(session, here, actor, [amendment.changes for amendment, _ in rows])
    names = names_of_bodies(session, told)
    return [
        _out(here, amendment, by, changes, names) for (amendment, by), changes in zip(rows, told, strict=True)
    ]


def names_of_bodies(session: Session, some: Sequence[Changes]) -> decided.Names:
    """By which names changes are told in words; nothing is looked up where there are none."""
    if not any(some):
        return {}
    return {row.code: row.name_vi for row in session.execute(select(Agency.code, Agency.name_vi))}


def _out(
    here: Ground, amendment: Amendment, by: Agency, changes: Changes, names: decided.Names
) -> AmendmentOut:
    return AmendmentOut(
        revision=amendment.revision,
        decision=DecisionOut(
            number=amendment.decision_number,
            type_label=decisions.parse(amendment.decision_number).type_label.vi,
            decided_on=amendment.decided_on,
            issuer=amendment.issuer,
        ),
        summary=amendment.summary if here.insider else None,
        changes=changes,
        changes_vi=[decided.told(change, names) for change in changes],
        entered_by=AgencyRef(code=by.code, name_vi=by.name_vi),
        entered_at=amendment.entered_at,
    )


def seen(session: Session, here: Ground, actor: Actor, changes: Changes) -> Changes:
    """The changes whose tasks this caller may see. What names a duty by its own code is one of them."""
    return seen_of_each(session, here, actor, [changes])[0]


def seen_of_each(session: Session, here: Ground, actor: Actor, some: Sequence[Changes]) -> list[Changes]:
    """The same of several decisions or proposals, the tasks of all of them looked up at once."""
    if here.insider:
        return list(some)
    codes = {code for changes in some for change in changes for code in _named(change)}
    known = sight.known(session, here, actor, codes)
    return [[change for change in changes if _named(change) <= known] for changes in some]


def _named(change: dict[str, Any]) -> set[str]:
    own = {change["code"]} if change["change"] == "duty" else set()
    named = {change[name] for name in _NAMES if isinstance(change.get(name), str)}
    return own | named | set(change.get("implements", ()))
