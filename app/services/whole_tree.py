"""The whole tree of a plan: with the tasks that count no more, which history and explanation still name."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Implementation, Task
from app.rules.parties import Actor
from app.services import sight, tree
from app.services.grounds import Ground
from app.services.tree import Node, Tree


def find(session: Session, here: Ground, actor: Actor) -> Tree:
    """The plan's tree as far as this caller sees it, with tasks of every status."""
    tasks = {
        row.id: Node(*row)
        for row in session.execute(
            select(Task.id, Task.code, Task.title_vi, Task.title_en, Task.section_id, Task.family)
            .where(Task.plan_id == here.plan.id, sight.seen_whole(here, actor))
            .order_by(Task.order_key)
        )
    }
    behind: dict[int, set[int]] = {id_: set() if task.is_view else {id_} for id_, task in tasks.items()}
    links = select(Implementation.task_id, Implementation.duty_id)
    for item, duty in session.execute(links.where(Implementation.plan_id == here.plan.id)):
        if item in behind and duty in tasks:
            behind[item].add(duty)
    duties = {id_: frozenset(some) for id_, some in behind.items()}
    return Tree(tasks, tree.find(session, here, actor).sections, duties)
