"""Assignments: who owes what, in which role."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session, aliased

from app.errors import NotFound
from app.models import Agency, Assignment, Standing, Task
from app.rules.parties import Actor
from app.schemas.base import AgencyRef, Ratio, TaskRef
from app.schemas.lists import several
from app.schemas.tasks import AssignmentFilter, AssignmentOut, AssignmentPage
from app.services import figures, grounds, listing, parts, sections, sight
from app.services.grounds import Ground
from app.services.parts import Part
from app.services.permissions import Permissions

_GROUP, _BEFORE = aliased(Agency), aliased(Assignment)
ORDERS = {"task": Assignment.order_key, "agency": Agency.sort_key}


def query(
    here: Ground, actor: Actor, *conditions: ColumnElement[bool]
) -> Select[Assignment, Task, Agency, str, str, int]:
    """Assignments of the tasks this caller may see."""
    present = and_(Standing.assignment_id == Assignment.id, Standing.until.is_(None))
    return (
        select(Assignment, Task, Agency, _GROUP.code, _BEFORE.public_id, Standing.records)
        .join(Task, Task.id == Assignment.task_id)
        .join(Agency, Agency.id == Assignment.agency_id)
        .outerjoin(_GROUP, _GROUP.id == Assignment.group_id)
        .outerjoin(_BEFORE, _BEFORE.id == Assignment.succeeds_id)
        .outerjoin(Standing, present)
        .where(
            Assignment.plan_id == here.plan.id,
            sight.seen_whole(here, actor),
            sight.own_part(here, actor),
            *conditions,
        )
    )


def find(session: Session, actor: Actor, slug: str, ask: AssignmentFilter) -> AssignmentPage:
    """List assignments."""
    here = grounds.find(session, actor, slug)
    leaves = parts.by_assignment(parts.visible(session, here, actor))
    chosen = query(here, actor, *listing.matching(Task.search_text, ask.q))
    for column, wanted in ((Task.code, ask.task), (Agency.code, ask.agency), (_GROUP.code, ask.group)):
        if wanted:
            chosen = chosen.where(column.in_(several(wanted)))
    if ask.section:
        chosen = chosen.where(Task.section_id.in_(sections.below(session, here, several(ask.section))))
    if ask.role:
        chosen = chosen.where(Assignment.role.in_(several(ask.role)))
    if ask.state:
        chosen = chosen.where(Assignment.public_id.in_(_in_state(here, leaves.values(), several(ask.state))))
    if ask.can:
        chosen = chosen.where(Permissions(session, here, actor).assignments(several(ask.can)))
    found = listing.page(session, chosen, ask, ORDERS, by="task", last=[Assignment.public_id], place=slug)
    may = Permissions(session, here, actor, [row[1] for row in found.rows])
    items = [out(row, here=here, may=may, leaves=leaves) for row in found.rows]
    return AssignmentPage(items=items, next_cursor=found.next_cursor, total=found.total)


def get(session: Session, actor: Actor, slug: str, public_id: str) -> AssignmentOut:
    """One assignment."""
    here = grounds.find(session, actor, slug)
    found = session.execute(query(here, actor, Assignment.public_id == public_id)).one_or_none()
    if found is None:
        raise NotFound()
    may, leaves = Permissions(session, here, actor), parts.visible(session, here, actor)
    return out(found, here=here, may=may, leaves=parts.by_assignment(leaves))


def _in_state(here: Ground, some: Iterable[Part], states: tuple[str, ...]) -> list[str]:
    """The assignments among these parts that are in one of the states."""
    return [part.assignment for part in some if figures.stands_in(here, [part], states)]


def out(row: Any, *, here: Ground, may: Permissions, leaves: Mapping[str, Part]) -> AssignmentOut:
    """A row of `query` on the wire, with its completion where it counts."""
    assignment, task, agency, group, before, records = row
    own = leaves.get(assignment.public_id)
    return AssignmentOut(
        id=assignment.public_id,
        task=TaskRef(code=task.code, title_vi=task.title_vi),
        agency=AgencyRef(code=agency.code, name_vi=agency.name_vi),
        group=group,
        role=assignment.role,
        verb_printed=assignment.verb_printed,
        role_read_vi=assignment.role_read_vi,
        role_read_en=assignment.role_read_en,
        source=assignment.source,
        fans_out=assignment.fans_out,
        share=Ratio.of(Fraction(assignment.share_numerator, assignment.share_denominator)),
        recorded_quantity=assignment.recorded_quantity,
        records=records or 0,
        valid_from=assignment.valid_from,
        valid_to=assignment.valid_to,
        succeeds=before,
        progress=figures.levels(here, [own]) if own else None,
        can=may.on_assignment(task, assignment.role, agency.code),
    )
