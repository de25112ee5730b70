"""Contributions: what coordinators were asked for and delivered. They never move completion (model §3)."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import Session, aliased

from app.models import Agency, Assignment, Standing, Task
from app.rules.parties import Actor
from app.rules.rollup import COUNTED_STATUSES
from app.rules.vocabulary import AgencyKind, Role, TaskKind, TaskStatus, Visibility
from app.services import grounds, sight
from app.services.grounds import Ground


@dataclass(frozen=True, slots=True)
class Contribution:
    """One coordinator of one task; `records` counts its standing records."""

    assignment: str
    task_id: int
    agency: str
    group: str | None
    kind: TaskKind
    status: TaskStatus
    records: int


def visible(session: Session, here: Ground, actor: Actor) -> list[Contribution]:
    """Every coordinator that could deliver: partners have no account, and a group delivers by its members."""
    given = {"plan": here.plan.id, "day": here.today}
    return [Contribution(*row) for row in session.execute(_asked(sight.seen_whole(here, actor)), given)]


_GROUP = aliased(Agency)


@lru_cache(maxsize=1024)
def _asked(seen: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Said once for each condition, which `seen_whole` gives again and again."""
    return (
        select(
            Assignment.public_id,
            Assignment.task_id,
            Agency.code,
            _GROUP.code,
            Task.kind,
            Task.status,
            Standing.records,
        )
        .join(Assignment, Assignment.id == Standing.assignment_id)
        .join(Task, Task.id == Assignment.task_id)
        .join(Agency, Agency.id == Assignment.agency_id)
        .outerjoin(_GROUP, _GROUP.id == Assignment.group_id)
        .where(
            Standing.plan_id == bindparam("plan"),
            Standing.until.is_(None),
            Assignment.role == Role.COORDINATE,
            ~Assignment.fans_out,
            Agency.kind.not_in((AgencyKind.EXTERNAL_PARTNER, AgencyKind.GROUP)),
            Task.status.in_(COUNTED_STATUSES),
            Task.visibility != Visibility.STATUS_ONLY,
            grounds.current(grounds.ON),
            seen,
        )
        .order_by(Assignment.order_key, Assignment.id)
    )
