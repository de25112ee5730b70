"""Claimants: who reported an output beside its own body. That can be the secretariat alone, which claims and
records on behalf; it matters where it judges others' outputs too.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from app.models import Act, Activity, Change, Output
from app.rules.acts import ActKind
from app.rules.vocabulary import ActivityStatus, OutputKind, Role, Subject
from app.services.grounds import Ground


def of(session: Session, here: Ground, *which: ColumnElement[bool]) -> tuple[str, ...]:
    """Who reported the output that these conditions name."""
    if not (judges := judging(here)):
        return ()
    found = session.execute(select(Output.id).where(*which, reported_by_them(here)))
    return judges if found.first() else ()


def of_each(session: Session, here: Ground, outputs: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The same of many outputs at once, by their numbers; those that nobody else reported are left out."""
    if not outputs or not (judges := judging(here)):
        return {}
    found = session.scalars(select(Output.id).where(Output.id.in_(outputs), reported_by_them(here)))
    return dict.fromkeys(found, judges)


def judging(here: Ground) -> tuple[str, ...]:
    """The secretariat, where it is the monitor as well, or confirms for the monitor."""
    secretariat, judges = here.item.secretariat, (*here.item.roles.get(Role.MONITOR, ()), here.item.approver)
    return (secretariat,) if secretariat is not None and secretariat in judges else ()


def reported_by_them(here: Ground) -> ColumnElement[bool]:
    """A condition on Output: the secretariat claimed it, or said of a record that it is evidence of it. No
    piece has records of its own: for pieces it is enough to have said how many."""
    by = (Act.by_id == here.plan.secretariat_id, Act.kind == ActKind.CLAIM)
    claimed = exists().where(Act.output_id == Output.id, *by)
    recorded = exists().where(
        Activity.output_id == Output.id, _said(here, Change.after["output"].as_string() == Output.code)
    )
    filled = exists().where(
        Output.kind == OutputKind.PIECE,
        Activity.assignment_id == Output.assignment_id,
        Activity.status == ActivityStatus.STANDING,
        _said(here, Change.after["quantity"].as_string().is_not(None)),
    )
    return or_(claimed, recorded, filled).self_group()


def _said(here: Ground, what: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition on Activity: the secretariat said this of it, recording or correcting it (the journal has
    who; the record itself only who made it)."""
    known = (Change.subject == Subject.ACTIVITY.value, Change.ref == Activity.public_id)
    return exists().where(*known, Change.actor == here.item.secretariat, what)
