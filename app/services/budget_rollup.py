"""The roll-up of money: where it stands by section, agency, task, line or month, with the explicit rest.

A line is for as many tasks as it is for; its money is never divided among them. By section it stands in the
innermost one that holds them all.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import BudgetLine, BudgetLink, LedgerEntry
from app.rules.ledger import COUNTED_AS, Balance, EntryKind
from app.rules.parties import Actor
from app.schemas.budget_rollup import BudgetBy, BudgetRollupFilter, BudgetRollupOut, BudgetRow
from app.services import budget, budget_lines, grounds, line_sight, tree
from app.services.budget_lines import Known
from app.services.grounds import Ground
from app.services.tree import Node, Tree
from app.services.work_done import Into, WorkDone

_RESTS = {
    "shared": ("Chung cho nhiều mục, nhiệm vụ", "Shared by several"),
    "unlinked": ("Không gắn với nhiệm vụ xem được", "For no task that is seen"),
    "no_agency": ("Chưa có đơn vị", "Of no agency"),
    "unallocated": ("Chưa bố trí", "Unallocated"),
}


def rollup(session: Session, actor: Actor, slug: str, ask: BudgetRollupFilter) -> BudgetRollupOut:
    """The plan's money, broken down as asked."""
    here = grounds.find(session, actor, slug)
    whole = budget.of_plan(session, here, actor)
    scene = Scene(session, here, actor)
    rows = [*_BY[ask.by](scene), _row("unallocated", Balance(), 0, unallocated=whole.unallocated_vnd)]
    return BudgetRollupOut(
        plan=here.plan.slug,
        by=ask.by,
        total_vnd=whole.total_vnd,
        allocated_vnd=whole.allocated_vnd,
        unallocated_vnd=whole.unallocated_vnd,
        items=rows,
    )


class Scene:
    """What a roll-up of money is made of, read once: lines, what they are for, the plan's tree, the work."""

    def __init__(self, session: Session, here: Ground, actor: Actor) -> None:
        self.session, self.here, self.actor = session, here, actor
        self.known = budget_lines.every(session, here, actor)
        self.tree = tree.find(session, here, actor, of_every_status=True)
        self.partly: set[int] = set()
        """Lines that are also for a task the caller does not see."""
        self.tasks = self._tasks()
        self.work = WorkDone(session, here, actor, self.tree)

    def _tasks(self) -> dict[int, list[int]]:
        """Line → the tasks it is for that the caller sees."""
        found: dict[int, list[int]] = {line.id: [] for line, _ in self.known}
        query = select(BudgetLink.line_id, BudgetLink.task_id).where(
            BudgetLink.plan_id == self.here.plan.id, BudgetLink.stands, BudgetLink.event_id.is_(None)
        )
        for line, task in self.session.execute(query.order_by(BudgetLink.id)):
            if line not in found or task is None:
                continue
            if task not in self.tree.tasks:
                self.partly.add(line)
            elif task not in found[line]:
                found[line].append(task)
        return found

    def duties(self, tasks: Iterable[int]) -> set[int]:
        """The duties behind some tasks: a programme item looks at those that carry it out."""
        return {duty for task in tasks for duty in self.tree.duties[task]}

    def into_tasks(self, tasks: Iterable[int], own: Iterable[BudgetLine]) -> Into:
        """Whether money went into some of these tasks from lines that are theirs, or for nothing else; and
        whether from lines that are not theirs alone."""
        wanted = self.duties(tasks)
        others = self._others(wanted, own)
        alone = any(line.spent_vnd for line in own) or not all(self._beyond(one, wanted) for one in others)
        return {"alone": alone, "shared": bool(others)}

    def into_body(self, agency: str, own: Iterable[BudgetLine]) -> Into:
        """The same of what a body leads. One of its lines may be for what it does not lead as well; another
        body's line for what it leads may be for anybody's part."""
        leads = self.work.duties_of(agency)
        beyond = [self._beyond(line, leads) for line in own if line.spent_vnd]
        return {"alone": not all(beyond), "shared": any(beyond) or bool(self._others(leads, own))}

    def _others(self, duties: set[int], own: Iterable[BudgetLine]) -> list[BudgetLine]:
        """Other lines from which money was spent for one of these duties."""
        apart = {line.id for line in own}
        return [
            line
            for line, _ in self.known
            if line.spent_vnd and line.id not in apart and duties & self.duties(self.tasks[line.id])
        ]

    def _beyond(self, line: BudgetLine, duties: set[int]) -> bool:
        """Whether a line is for something else than these duties as well."""
        return line.id in self.partly or bool(self.duties(self.tasks[line.id]) - duties)


def _by_line(scene: Scene) -> Iterator[BudgetRow]:
    for line, _ in scene.known:
        yield _row(line.code, budget_lines.balance(line), 1, (line.title_vi, line.title_en))


def _by_agency(scene: Scene) -> Iterator[BudgetRow]:
    bodies: dict[str, list[Known]] = defaultdict(list)
    for line, agency in scene.known:
        bodies[agency.code if agency else "no_agency"].append((line, agency))
    names = scene.work.agencies | {
        agency.code: (agency.name_vi, agency.name_en) for _, agency in scene.known if agency
    }
    for code in sorted(names):
        lines = [line for line, _ in bodies.get(code, [])]
        stand = budget_lines.total(lines)
        done = scene.work.of_agency(code).beside(stand.spent, **scene.into_body(code, lines))
        yield _row(code, stand, len(lines), names[code], **done)
    yield from _rest("no_agency", [line for line, _ in bodies.get("no_agency", [])])


def _by_task(scene: Scene) -> Iterator[BudgetRow]:
    own: dict[int, list[BudgetLine]] = defaultdict(list)
    rest: dict[str, list[BudgetLine]] = defaultdict(list)
    for line, _ in scene.known:
        match scene.tasks[line.id]:
            case []:
                rest["unlinked"].append(line)
            case [only] if line.id not in scene.partly:
                own[only].append(line)
            case _:
                rest["shared"].append(line)
    for id_, task in scene.tree.tasks.items():
        work, lines = scene.work.of_tasks(scene.tree.duties[id_]), own.get(id_, [])
        if lines or work.owes:
            stand = budget_lines.total(lines)
            done = work.beside(stand.spent, **scene.into_tasks({id_}, lines))
            yield _row(task.code, stand, len(lines), (task.title_vi, task.title_en), **done)
    for key in ("shared", "unlinked"):
        yield from _rest(key, rest[key])


def _by_section(scene: Scene) -> Iterator[BudgetRow]:
    below, inside = scene.tree.duties_below(), defaultdict[int, list[BudgetLine]](list)
    tasks: dict[int, set[int]] = defaultdict(set)
    rest: dict[str, list[BudgetLine]] = defaultdict(list)
    for task_id, task in scene.tree.tasks.items():
        for above in scene.tree.upwards(task):
            tasks[above.id].add(task_id)
    for line, _ in scene.known:
        around = [] if line.id in scene.partly else _around(scene.tree, scene.tasks[line.id])
        for above in around:
            inside[above.id].append(line)
        if not around:
            rest["shared" if scene.tasks[line.id] else "unlinked"].append(line)
    for id_, node in scene.tree.sections.items():
        work, lines = scene.work.of_tasks(below.get(id_, ())), inside.get(id_, [])
        if lines or work.owes:
            stand = budget_lines.total(lines)
            done = work.beside(stand.spent, **scene.into_tasks(tasks[id_], lines))
            up = scene.tree.sections[node.up].code if node.up is not None else None
            titles = (node.title_vi, node.title_en)
            yield _row(node.code, stand, len(lines), titles, parent=up, **done)
    for key in ("shared", "unlinked"):
        yield from _rest(key, rest[key])


def _around(tree_: Tree, tasks: Sequence[int]) -> list[Node]:
    """The sections that hold all of these tasks, the innermost first."""
    if not tasks:
        return []
    first, *others = [list(tree_.upwards(tree_.tasks[task])) for task in tasks]
    return [section for section in first if all(section in chain for chain in others)]


def _by_month(scene: Scene) -> Iterator[BudgetRow]:
    """What the entries of each month come to, by the day they are of; summed here, since no sum of a database
    is promised to hold more than 64 bits."""
    sums: dict[str, dict[EntryKind, int]] = defaultdict(lambda: dict.fromkeys(EntryKind, 0))
    lines: dict[str, set[int]] = defaultdict(set)
    query = (
        select(LedgerEntry.line_id, LedgerEntry.occurred_on, LedgerEntry.kind, LedgerEntry.amount_vnd)
        .join(BudgetLine, BudgetLine.id == LedgerEntry.line_id)
        .where(LedgerEntry.plan_id == scene.here.plan.id, line_sight.seen(scene.here, scene.actor))
    )
    for line, day, kind, amount in scene.session.execute(query):
        month = day.isoformat()[:7]
        sums[month][kind] += amount
        lines[month].add(line)
    for month, kinds in sorted(sums.items()):
        titles = (f"Tháng {month[5:]}/{month[:4]}", month)
        yield _row(month, Balance.of(kinds.items()), len(lines[month]), titles)


_BY: dict[BudgetBy, Callable[[Scene], Iterator[BudgetRow]]] = {
    BudgetBy.SECTION: _by_section,
    BudgetBy.AGENCY: _by_agency,
    BudgetBy.TASK: _by_task,
    BudgetBy.LINE: _by_line,
    BudgetBy.MONTH: _by_month,
}


def _rest(key: str, lines: Sequence[BudgetLine]) -> Iterator[BudgetRow]:
    if lines:
        yield _row(key, budget_lines.total(lines), len(lines))


def _row(
    key: str,
    stands: Balance,
    lines: int,
    titles: tuple[str, str] | None = None,
    *,
    parent: str | None = None,
    unallocated: int = 0,
    **done: object,
) -> BudgetRow:
    vi, en = titles or _RESTS[key]
    nothing = dict.fromkeys(("state", "evidenced", "done_unspent", "spent_unevidenced", "cost"))
    return BudgetRow.model_validate(
        {
            "key": key,
            "parent": parent,
            "title_vi": vi,
            "title_en": en,
            "lines": lines,
            **{f"{name}_vnd": getattr(stands, name) for name in COUNTED_AS.values()},
            "unallocated_vnd": unallocated,
            **(nothing | done),
        }
    )
