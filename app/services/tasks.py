"""Tasks of both families, with how far they are."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from app.models import Agency, Assignment, Implementation, Section, Task
from app.rules import lifecycle
from app.rules.parties import Actor
from app.rules.vocabulary import Role
from app.schemas.base import TaskRef
from app.schemas.lists import several
from app.schemas.tasks import AssignmentOut, Link, TaskFilter, TaskOut, TaskPage
from app.services import assignments, figures, grounds, listing, parts, sections, sight
from app.services.grounds import Ground
from app.services.parts import Part
from app.services.permissions import Permissions


def find(session: Session, actor: Actor, slug: str, ask: TaskFilter) -> TaskPage:
    """List the tasks this caller may see."""
    here = grounds.find(session, actor, slug)
    found_parts = parts.visible(session, here, actor)
    behind = parts.by_task(session, here, found_parts)
    due = func.coalesce(Task.due_on, lifecycle.deadline(None, here.plan.year)[0])
    query = (
        select(Task, Section.code)
        .join(Section, Section.id == Task.section_id)
        .where(
            Task.plan_id == here.plan.id,
            sight.seen_whole(here, actor),
            *listing.matching(Task.search_text, ask.q),
            *_wanted(here, ask, due),
        )
    )
    if ask.section:
        query = query.where(Task.section_id.in_(sections.below(session, here, several(ask.section))))
    bare = Task.id.not_in(behind)  # what counts no more, and items that nobody carries out
    if ask.state:
        states = several(ask.state)
        fits = Task.id.in_([id_ for id_, some in behind.items() if figures.stands_in(here, some, states)])
        query = query.where(or_(fits, bare) if figures.stands_in(here, (), states) else fits)
    if ask.can:
        may = Permissions(session, here, actor)
        query = query.where(may.tasks(several(ask.can)))
    if ask.rag:
        colours = several(ask.rag)
        fits = Task.id.in_([id_ for id_, some in behind.items() if figures.levels(here, some).rag in colours])
        query = query.where(or_(fits, bare) if figures.levels(here, ()).rag in colours else fits)
    orders = {
        "code": Task.order_key,
        "title": Task.sort_key,
        "due_on": due,
    }
    found = listing.page(session, query, ask, orders, by="code", last=[Task.code], place=slug)
    items = _out(session, here, actor, found.rows, found_parts, behind, set(several(ask.include)))
    return TaskPage(items=items, next_cursor=found.next_cursor, total=found.total)


def _wanted(here: Ground, ask: TaskFilter, due: ColumnElement[date]) -> Iterator[ColumnElement[bool]]:
    """The filters that the task's own row and its bodies answer. Who handed a task over is still found by
    what it did there, and answers for it no more."""
    for column, wanted in (
        (Task.family, ask.family),
        (Task.kind, ask.kind),
        (Task.visibility, ask.visibility),
        (Task.status, ask.status),
    ):
        if wanted:
            yield column.in_(several(wanted))
    if ask.agency:
        yield _assigned(several(ask.agency))
    if ask.lead:
        yield _assigned(several(ask.lead), Assignment.role == Role.LEAD, grounds.current(here.today))
    if ask.due_from:
        yield due >= ask.due_from
    if ask.due_to:
        yield due <= ask.due_to


def get(session: Session, actor: Actor, slug: str, code: str) -> TaskOut:
    """One task, with its assignments and links."""
    here = grounds.find(session, actor, slug)
    task = sight.task(session, here, actor, code)
    section = session.scalars(select(Section.code).where(Section.id == task.section_id)).one()
    leaves = parts.visible(session, here, actor)
    behind = parts.by_task(session, here, leaves)
    return _out(session, here, actor, [(task, section)], leaves, behind, {"assignments", "links"})[0]


def _assigned(codes: Sequence[str], *so: ColumnElement[bool]) -> ColumnElement[bool]:
    body = (Assignment.agency_id == Agency.id, Agency.code.in_(codes))
    return exists().where(Assignment.task_id == Task.id, *body, *so).correlate(Task)


def _out(
    session: Session,
    here: Ground,
    actor: Actor,
    rows: Sequence[tuple[Any, ...]],
    leaves: list[Part],
    behind: dict[int, list[Part]],
    include: set[str],
) -> list[TaskOut]:
    ids = [task.id for task, _ in rows]
    may = Permissions(session, here, actor, [task for task, _ in rows])
    given = _assignments(session, here, actor, ids, leaves, may) if "assignments" in include else None
    down = _links(session, here, actor, ids, downward=True) if "links" in include else None
    up = _links(session, here, actor, ids, downward=False) if "links" in include else None
    named = sight.known(session, here, actor, {task.superseded_by for task, _ in rows if task.superseded_by})
    answers = []
    for task, section in rows:
        progress = figures.levels(here, behind.get(task.id, ()))
        due_on, _ = lifecycle.deadline(task.due_on, here.plan.year)
        columns = {
            name: getattr(task, name)
            for name in TaskOut.model_fields
            if hasattr(task, name) and name not in ("due_on", "implements", "superseded_by")
        }
        answers.append(
            TaskOut(
                **columns,
                section=section,
                due_on=due_on,
                superseded_by=task.superseded_by if task.superseded_by in named else None,
                state=progress.state,
                progress=progress,
                can=may.on_task(task),
                assignments=given[task.id] if given is not None else None,
                implemented_by=down[task.id] if down is not None else None,
                implements=up[task.id] if up is not None else None,
            )
        )
    return answers


def _assignments(
    session: Session, here: Ground, actor: Actor, ids: list[int], leaves: list[Part], may: Permissions
) -> dict[int, list[AssignmentOut]]:
    found: dict[int, list[AssignmentOut]] = defaultdict(list)
    own = parts.by_assignment(leaves)
    query = assignments.query(here, actor, Assignment.task_id.in_(ids)).order_by(
        Assignment.order_key, Assignment.id
    )
    for row in session.execute(query):
        found[row[1].id].append(assignments.out(row, here=here, may=may, leaves=own))
    return found


def _links(
    session: Session, here: Ground, actor: Actor, ids: list[int], *, downward: bool
) -> dict[int, list[Link]]:
    """For each task the duties that carry it out, or the programme items it carries out."""
    mine, other = Implementation.task_id, Implementation.duty_id
    if not downward:
        mine, other = other, mine
    query = (
        select(mine, Task.code, Task.title_vi, Implementation.basis)
        .select_from(Implementation)
        .join(Task, Task.id == other)
        .where(mine.in_(ids), sight.seen_whole(here, actor))
        .order_by(Task.order_key)
    )
    found: dict[int, list[Link]] = defaultdict(list)
    for task_id, code, title_vi, basis in session.execute(query):
        found[task_id].append(Link(task=TaskRef(code=code, title_vi=title_vi), basis=basis))
    return found
