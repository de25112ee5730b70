"""The tree of a plan as a roll-up sees it: sections, their tasks, and the duties each task stands for."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select, true
from sqlalchemy.orm import Session

from app.models import Implementation, Section, Task
from app.rules.parties import Actor
from app.rules.rollup import COUNTED_STATUSES
from app.rules.vocabulary import TaskFamily
from app.services import sight
from app.services.grounds import Ground


@dataclass(frozen=True, slots=True)
class Node:
    """A task or section the caller may see, as far as a roll-up needs it."""

    id: int
    code: str
    title_vi: str
    title_en: str
    up: int | None
    family: TaskFamily | None = None

    @property
    def is_view(self) -> bool:
        """A programme item looks at duties that count elsewhere."""
        return self.family is TaskFamily.PROGRAMME


@dataclass(frozen=True, slots=True)
class Tree:
    """Tasks and sections by their numbers, in the order of the document; the duties behind each task."""

    tasks: dict[int, Node]
    sections: dict[int, Node]
    duties: dict[int, frozenset[int]]

    def upwards(self, task: Node) -> Iterator[Node]:
        """The section a task lies in, and all that lies around it."""
        at = task.up
        while at is not None:
            yield self.sections[at]
            at = self.sections[at].up

    def duties_below(self) -> dict[int, set[int]]:
        """Section → the duties that the tasks in it, and in all that lies in it, stand for."""
        below: dict[int, set[int]] = {}
        for task in self.tasks.values():
            for section in self.upwards(task):
                below.setdefault(section.id, set()).update(self.duties[task.id])
        return below

    def within(self, tasks: tuple[str, ...], sections: tuple[str, ...]) -> frozenset[int] | None:
        """The duties that filters by task and section leave; None where neither is given."""
        if not tasks and not sections:
            return None
        chosen = (
            self.duties[task.id]
            for task in self.tasks.values()
            if (not tasks or task.code in tasks)
            and (not sections or any(up.code in sections for up in self.upwards(task)))
        )
        return frozenset().union(*chosen)


def find(session: Session, here: Ground, actor: Actor, *, of_every_status: bool = False) -> Tree:
    """The plan's tree, as far as this caller sees it; `of_every_status`: with the tasks that count no more,
    which history and explanation still name."""
    plan = {"plan": here.plan.id}
    query = _tasks(sight.seen_whole(here, actor), of_every_status=of_every_status)
    tasks = {row[0]: Node(*row) for row in session.execute(query, plan)}
    sections = {row[0]: Node(*row) for row in session.execute(_SECTIONS, plan)}
    return Tree(tasks, sections, _duties(session, here, tasks))


@lru_cache(maxsize=1024)
def _tasks(seen: ColumnElement[bool], *, of_every_status: bool) -> Select[*tuple[Any, ...]]:
    """Said once for each condition, which `seen_whole` gives again and again."""
    counts = true() if of_every_status else Task.status.in_(COUNTED_STATUSES)
    return (
        select(Task.id, Task.code, Task.title_vi, Task.title_en, Task.section_id, Task.family)
        .where(Task.plan_id == bindparam("plan"), seen, counts)
        .order_by(Task.order_key)
    )


_SECTIONS = (
    select(Section.id, Section.code, Section.title_vi, Section.title_en, Section.parent_id)
    .where(Section.plan_id == bindparam("plan"))
    .order_by(Section.order_key)
)
_LINKS = select(Implementation.task_id, Implementation.duty_id).where(
    Implementation.plan_id == bindparam("plan")
)


def _duties(session: Session, here: Ground, tasks: dict[int, Node]) -> dict[int, frozenset[int]]:
    """A duty stands for itself, a programme item for the duties that carry it out."""
    links = session.execute(_LINKS, {"plan": here.plan.id}).all()
    behind: dict[int, set[int]] = {id_: set() if task.is_view else {id_} for id_, task in tasks.items()}
    for item, duty in links:
        if item in behind and duty in tasks:
            behind[item].add(duty)
    return {id_: frozenset(duties) for id_, duties in behind.items()}
