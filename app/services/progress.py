"""How far it is: the roll-up of the plan, or of any filtered set, whole or broken down."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Section, Task
from app.rules.parties import Actor
from app.rules.rollup import COUNTED_STATUSES
from app.rules.vocabulary import Level, TaskFamily
from app.schemas.lists import several
from app.schemas.progress import By, ProgressFilter, ProgressOut, ProgressRow
from app.services import access, parts
from app.services.access import Ground
from app.services.parts import Part

IN_SUM = "status_only"
"""The one row in which status-only duties of others appear."""


@dataclass(frozen=True, slots=True)
class Node:
    """A task or section the caller may see, as far as a roll-up needs it."""

    id: int
    code: str
    title_vi: str
    title_en: str
    up: int | None
    family: TaskFamily | None = None


def progress(session: Session, actor: Actor, slug: str, ask: ProgressFilter) -> ProgressOut:
    """Completion of the plan, or of a filtered set of its assignments, broken down as asked."""
    here = access.ground(session, actor, slug)
    return compute(session, here, actor, ask, parts.visible(session, here, actor))


def compute(
    session: Session, here: Ground, actor: Actor, ask: ProgressFilter, found: list[Part]
) -> ProgressOut:
    """The same, for a plan and its leaves already found."""
    behind = parts.by_task(session, here, found)
    tasks, sections = _tasks(session, here, actor), _sections(session, here)
    chosen = _chosen(ask, found, behind, tasks, sections)
    rows = _rows(here, ask.by, chosen, behind, tasks, sections)
    in_sum = [part for part in chosen if part.in_sum]
    if ask.by is not None and in_sum:
        rows.append(
            _row(here, IN_SUM, "Nhiệm vụ chỉ theo dõi trạng thái", "Duties tracked by status only", in_sum)
        )
    return ProgressOut(
        plan=here.plan.slug,
        headline=Level.EVIDENCED,
        total=parts.levels(here, chosen),
        assignments=len(chosen),
        by=ask.by,
        items=rows,
    )


def _rows(
    here: Ground,
    by: By | None,
    chosen: list[Part],
    behind: Mapping[int, list[Part]],
    tasks: Mapping[int, Node],
    sections: Mapping[int, Node],
) -> list[ProgressRow]:
    match by:
        case By.AGENCY:
            return _agency_rows(here, chosen)
        case By.ASSIGNMENT:
            return _assignment_rows(here, chosen, tasks)
        case By.TASK:
            return _task_rows(here, chosen, behind, tasks)
        case By.SECTION:
            return _section_rows(here, chosen, behind, tasks, sections)
        case None:
            return []


def _tasks(session: Session, here: Ground, actor: Actor) -> dict[int, Node]:
    query = select(Task.id, Task.code, Task.title_vi, Task.title_en, Task.section_id, Task.family).where(
        Task.plan_id == here.plan.id, access.seen_whole(here, actor), Task.status.in_(COUNTED_STATUSES)
    )
    return {row.id: Node(*row) for row in session.execute(query.order_by(Task.order_key))}


def _sections(session: Session, here: Ground) -> dict[int, Node]:
    query = select(Section.id, Section.code, Section.title_vi, Section.title_en, Section.parent_id).where(
        Section.plan_id == here.plan.id
    )
    return {row.id: Node(*row) for row in session.execute(query.order_by(Section.order_key))}


def _upwards(section_id: int | None, sections: Mapping[int, Node]) -> list[int]:
    """A section and all it lies in."""
    path = []
    while section_id is not None:
        path.append(section_id)
        section_id = sections[section_id].up
    return path


def _chosen(
    ask: ProgressFilter,
    found: list[Part],
    behind: Mapping[int, list[Part]],
    tasks: Mapping[int, Node],
    sections: Mapping[int, Node],
) -> list[Part]:
    """The parts that the filters leave; with any filter, nothing that may only be seen in the whole sum."""
    if not (ask.section or ask.agency or ask.task or ask.kind):
        return found
    chosen = [part for part in found if not part.in_sum]
    if ask.section or ask.task:
        wanted_tasks, wanted_sections = set(several(ask.task)), set(several(ask.section))
        within = {
            part.assignment
            for task in tasks.values()
            if (not ask.task or task.code in wanted_tasks)
            and (
                not ask.section or wanted_sections & {sections[up].code for up in _upwards(task.up, sections)}
            )
            for part in behind.get(task.id, ())
        }
        chosen = [part for part in chosen if part.assignment in within]
    if ask.agency:
        agencies = set(several(ask.agency))
        chosen = [part for part in chosen if part.agency in agencies or part.group in agencies]
    if ask.kind:
        kinds = set(several(ask.kind))
        chosen = [part for part in chosen if part.kind in kinds]
    return chosen


def _row(
    here: Ground,
    key: str,
    title_vi: str,
    title_en: str,
    some: list[Part],
    *,
    up: str | None = None,
    view: bool = False,
) -> ProgressRow:
    return ProgressRow(
        key=key,
        parent=up,
        title_vi=title_vi,
        title_en=title_en,
        view=view,
        assignments=len({part.assignment for part in some}),
        **dict(parts.levels(here, some)),
    )


def _agency_rows(here: Ground, chosen: list[Part]) -> list[ProgressRow]:
    bodies: dict[str, list[Part]] = defaultdict(list)
    for part in chosen:
        if not part.in_sum:
            bodies[part.agency].append(part)
    return [_row(here, code, some[0].name_vi, some[0].name_en, some) for code, some in sorted(bodies.items())]


def _assignment_rows(here: Ground, chosen: list[Part], tasks: Mapping[int, Node]) -> list[ProgressRow]:
    return [
        _row(
            here,
            part.assignment,
            f"{part.name_vi}: {tasks[part.task_id].title_vi}",
            f"{part.name_en}: {tasks[part.task_id].title_en}",
            [part],
            up=part.task,
        )
        for part in chosen
        if not part.in_sum
    ]


def _task_rows(
    here: Ground, chosen: list[Part], behind: Mapping[int, list[Part]], tasks: Mapping[int, Node]
) -> list[ProgressRow]:
    left = {part.assignment for part in chosen}
    rows = []
    for task in tasks.values():
        some = [part for part in behind.get(task.id, ()) if part.assignment in left]
        view = task.family is TaskFamily.PROGRAMME
        if some or view:
            rows.append(_row(here, task.code, task.title_vi, task.title_en, some, view=view))
    return rows


def _section_rows(
    here: Ground,
    chosen: list[Part],
    behind: Mapping[int, list[Part]],
    tasks: Mapping[int, Node],
    sections: Mapping[int, Node],
) -> list[ProgressRow]:
    left = {part.assignment for part in chosen}
    below: dict[int, list[Part]] = defaultdict(list)
    views: set[int] = set()
    for task in tasks.values():
        some = [part for part in behind.get(task.id, ()) if part.assignment in left]
        for section_id in _upwards(task.up, sections):
            below[section_id].extend(some)
            if task.family is TaskFamily.PROGRAMME:
                views.add(section_id)
    return [
        _row(
            here,
            node.code,
            node.title_vi,
            node.title_en,
            below[node.id],
            up=sections[node.up].code if node.up is not None else None,
            view=node.id in views,
        )
        for node in sections.values()
        if node.id in below and (below[node.id] or node.id in views)
    ]
