"""Links of events: the tasks that mark an event. One that is taken back stays on record."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Invalid
from app.models import Event, EventLink, Task
from app.rules.judging import Permit
from app.rules.parties import Actor
from app.rules.vocabulary import Visibility
from app.services import access, sight
from app.services.grounds import Ground


def relink(
    session: Session, here: Ground, actor: Actor, permit: Permit, event: Event, codes: list[str]
) -> bool:
    """Make these the tasks that mark it; whether anything moved. What the caller does not see stays."""
    wanted = {
        task.id: task
        for task in (
            sight.task_named(session, here, actor, code, f"/tasks/{place}")
            for place, code in enumerate(codes)
        )
    }
    for task in wanted.values():
        if task.visibility is Visibility.STATUS_ONLY:
            raise Invalid.at(
                f"/tasks/{codes.index(task.code)}",
                "status_only",
                "Nhiệm vụ này chỉ theo dõi trạng thái",
                "This duty is tracked by status only",
            )
    rows = session.execute(
        select(EventLink, sight.seen_whole(here, actor))
        .join(Task, Task.id == EventLink.task_id)
        .where(EventLink.event_id == event.id)
    ).all()
    known = {link.task_id: link for link, _ in rows}
    moved = [link for link, seen in rows if seen and link.stands is not (link.task_id in wanted)]
    access.open_for_change(session, permit, moved)
    for link in moved:
        link.stands = link.task_id in wanted
    made = [
        EventLink(plan_id=here.plan.id, event_id=event.id, task_id=task.id, label=f"{event.code}/{task.code}")
        for task in wanted.values()
        if task.id not in known
    ]
    access.add(session, permit, made)
    session.flush()
    return bool(moved or made)
