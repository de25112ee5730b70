"""How far it is: the roll-up of the plan, or of any filtered set, whole or broken down."""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.rules.parties import Actor
from app.rules.vocabulary import Level
from app.schemas.lists import several
from app.schemas.progress import AssignmentsFilter, By, ProgressFilter, ProgressOut, ProgressRow
from app.services import contributions, figures, grounds, parts, tree
from app.services.contributions import Contribution
from app.services.grounds import Ground
from app.services.parts import Part
from app.services.tree import Node, Tree

IN_SUM = "status_only"
IN_SUM_TITLES = ("Nhiệm vụ chỉ theo dõi trạng thái", "Duties tracked by status only")
"""The one row in which status-only duties of others appear."""

_NARROWING = frozenset(AssignmentsFilter.model_fields)


@dataclass(frozen=True, slots=True)
class Scene:
    """What a roll-up is made of: the leaves and the coordinators a caller may see, and the plan's tree."""

    here: Ground
    parts: list[Part]
    helped: list[Contribution]
    tree: Tree

    @property
    def assignments(self) -> int:
        """How many count: a part that was handed over counts once, with whoever has it."""
        return sum(part.held for part in self.parts)

    def chosen(self, ask: AssignmentsFilter) -> "Scene":
        """What the filters leave; with any, nothing that may only be seen in the whole sum."""
        if not ask.model_fields_set & _NARROWING:
            return self
        keep = _filter(self, ask)
        return Scene(
            self.here,
            [part for part in self.parts if not part.in_sum and keep(part) and _due(part, ask)],
            [one for one in self.helped if keep(one)],
            self.tree,
        )

    def of(self, duties: Collection[int]) -> "Scene":
        """The part of it that belongs to some duties."""
        return Scene(
            self.here,
            [part for part in self.parts if part.task_id in duties and not part.in_sum],
            [one for one in self.helped if one.task_id in duties],
            self.tree,
        )


def progress(session: Session, actor: Actor, slug: str, ask: ProgressFilter) -> ProgressOut:
    """Completion of the plan, or of a filtered set of its assignments, broken down as asked."""
    here = grounds.find(session, actor, slug)
    return compute(scene(session, here, actor), ask)


def scene(session: Session, here: Ground, actor: Actor) -> Scene:
    """All that a roll-up needs, read once."""
    return Scene(
        here,
        parts.visible(session, here, actor),
        contributions.visible(session, here, actor),
        tree.find(session, here, actor),
    )


def compute(whole: Scene, ask: ProgressFilter) -> ProgressOut:
    """The same, for a plan whose leaves are already found."""
    chosen = whole.chosen(ask)
    rows = _rows(chosen, ask.by)
    in_sum = [part for part in chosen.parts if part.in_sum]
    if ask.by is not None and in_sum:
        sum_ = Scene(chosen.here, in_sum, [], chosen.tree)
        rows.append(_row(sum_, IN_SUM, *IN_SUM_TITLES))
    return ProgressOut(
        plan=chosen.here.plan.slug,
        headline=Level.EVIDENCED,
        total=figures.node(chosen.here, chosen.parts, chosen.helped),
        assignments=chosen.assignments,
        by=ask.by,
        items=rows,
    )


def _filter(whole: Scene, ask: AssignmentsFilter) -> Callable[[Part | Contribution], bool]:
    duties = whole.tree.within(several(ask.task), several(ask.section))
    agencies, kinds, statuses = several(ask.agency), several(ask.kind), several(ask.status)

    def keep(one: Part | Contribution) -> bool:
        return (
            (duties is None or one.task_id in duties)
            and (not agencies or one.agency in agencies or one.group in agencies)
            and (not kinds or one.kind in kinds)
            and (not statuses or one.status in statuses)
        )

    return keep


def _due(part: Part, ask: AssignmentsFilter) -> bool:
    return (ask.due_from is None or part.due_on >= ask.due_from) and (
        ask.due_to is None or part.due_on <= ask.due_to
    )


def _rows(chosen: Scene, by: By | None) -> list[ProgressRow]:
    match by:
        case By.AGENCY:
            return _agency_rows(chosen)
        case By.ASSIGNMENT:
            return _assignment_rows(chosen)
        case By.TASK:
            return _task_rows(chosen)
        case By.SECTION:
            return _section_rows(chosen)
        case None:
            return []


def _row(
    some: Scene, key: str, title_vi: str, title_en: str, *, up: str | None = None, view: bool = False
) -> ProgressRow:
    return ProgressRow(
        key=key,
        parent=up,
        title_vi=title_vi,
        title_en=title_en,
        view=view,
        assignments=some.assignments,
        **figures.whole(some.here, some.parts, some.helped),
    )


def _agency_rows(chosen: Scene) -> list[ProgressRow]:
    """Every accountable body; its contributions are what it helped others with."""
    bodies: dict[str, list[Part]] = defaultdict(list)
    for part in chosen.parts:
        if not part.in_sum:
            bodies[part.agency].append(part)
    return [
        _row(
            Scene(chosen.here, some, [one for one in chosen.helped if one.agency == code], chosen.tree),
            code,
            some[0].name_vi,
            some[0].name_en,
        )
        for code, some in sorted(bodies.items())
    ]


def _assignment_rows(chosen: Scene) -> list[ProgressRow]:
    tasks = chosen.tree.tasks
    return [
        _row(
            Scene(chosen.here, [part], [], chosen.tree),
            part.assignment,
            f"{part.name_vi}: {tasks[part.task_id].title_vi}",
            f"{part.name_en}: {tasks[part.task_id].title_en}",
            up=part.task,
        )
        for part in chosen.parts
        if part.held and not part.in_sum
    ]


def _task_rows(chosen: Scene) -> list[ProgressRow]:
    found = ((task, chosen.of(chosen.tree.duties[id_])) for id_, task in chosen.tree.tasks.items())
    return [
        _row(some, task.code, task.title_vi, task.title_en, view=task.is_view)
        for task, some in found
        if some.parts or task.is_view
    ]


def _section_rows(chosen: Scene) -> list[ProgressRow]:
    below = chosen.tree.duties_below()
    programme = (task for task in chosen.tree.tasks.values() if task.is_view)
    views = {section.id for task in programme for section in chosen.tree.upwards(task)}
    rows = []
    for node in chosen.tree.sections.values():
        some = chosen.of(below.get(node.id, ()))
        if some.parts or node.id in views:
            rows.append(_section_row(chosen.tree, node, some, view=node.id in views))
    return rows


def _section_row(tree_: Tree, node: Node, some: Scene, *, view: bool) -> ProgressRow:
    up = tree_.sections[node.up].code if node.up is not None else None
    return _row(some, node.code, node.title_vi, node.title_en, up=up, view=view)
