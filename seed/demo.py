"""Sample records for a dashboard team that needs to see numbers: fictional, and labelled so in every title.

They go through the same services as real ones, each as its accountable agency. Recording them again changes
nothing, since every one has its own natural key under the source system `demo`.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Agency, Assignment, Output, Plan, Task
from app.rules.parties import Actor
from app.rules.vocabulary import ActivityKind, Channel, OutputKind, Role, Scope, TaskKind, Visibility
from app.schemas.activities import ActivityIn
from app.services import recording

LABEL = "[DỮ LIỆU MẪU]"


def record(session: Session, slug: str) -> int:
    """Record the sample for a plan; return how many records are new."""
    new = 0
    query = (
        select(Output, Task, Agency)
        .join(Assignment, Assignment.id == Output.assignment_id)
        .join(Task, Task.id == Output.task_id)
        .join(Agency, Agency.id == Assignment.agency_id)
        .join(Plan, Plan.id == Output.plan_id)
        .where(Plan.slug == slug, Assignment.role == Role.LEAD, Task.visibility == Visibility.NORMAL)
        .order_by(Assignment.order_key, Output.number)
    )
    for place, (output, task, agency) in enumerate(session.execute(query).all()):
        if not _done(place, output):
            continue
        actor = Actor(
            agency=agency.code,
            kind=agency.kind,
            agency_id=agency.id,
            scopes=frozenset({Scope.READ, Scope.PUSH}),
            via="cli:demo",
        )
        result, _ = recording.record(session, actor, slug, _activity(output, task, agency))
        new += result.result == "created"
    return new


def _done(place: int, output: Output) -> bool:
    """Which outputs the sample covers: the first half of the year mostly, some of the third quarter."""
    if output.kind is OutputKind.PERIOD:
        return place % (3 if output.number <= 2 else 5) != 0 and output.number <= 3
    return place % 2 == 0


def _activity(output: Output, task: Task, agency: Agency) -> ActivityIn:
    day = output.period_from or date(output.due_on.year, 6, 15)
    return ActivityIn(
        task=task.code,
        output=None if task.kind is TaskKind.CONTINUOUS else output.code,
        occurred_on=day.replace(day=15),
        kind=ActivityKind.NEWS if task.kind is TaskKind.CONTINUOUS else ActivityKind.PUBLICATION,
        title=f"{LABEL} {task.title_vi} ({output.label_vi})"[:300],
        channel=Channel.PORTAL,
        languages=["vi"],
        source_system="demo",
        external_id=f"{task.code}/{agency.code}/{output.code}",
    )
