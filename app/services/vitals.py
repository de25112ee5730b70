"""Vitals: what a monitoring system is told of the plans under way, as numbers over all of a plan.

There is no caller whose sight could be asked about: whoever may ask here has the whole installation in hand
(docs/decisions/0027-operations.md). The cost grows with what is owed, not with the records behind it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Change, Plan
from app.rules.rollup import roll_up
from app.rules.vocabulary import PlanStatus, State
from app.services import figures, grounds, keys, parts


@dataclass(frozen=True)
class Vitals:
    """One plan's obligations: how many stand where (None: nothing is owed yet), how many are overdue."""

    plan: str
    states: Mapping[State | None, int]
    overdue: int


def of_plans(session: Session) -> list[Vitals]:
    """Every plan that is under way; drafts and closed ones stand still."""
    slugs = session.scalars(select(Plan.slug).where(Plan.status == PlanStatus.ACTIVE).order_by(Plan.slug))
    return [_of(session, slug) for slug in slugs.all()]


def journal_end(session: Session) -> int:
    """The number of the newest entry of the journal; 0 where it is empty. It grows by one with each entry; on
    PostgreSQL also where a unit of work had written some and was undone."""
    return session.scalars(select(func.max(Change.id))).one() or 0


def _of(session: Session, slug: str) -> Vitals:
    technician = keys.technician()
    here = replace(grounds.find(session, technician, slug), insider=True)
    found = parts.visible(session, here, technician)
    states = Counter(roll_up([part.leaf]).state for part in found if part.held)
    return Vitals(slug, states, figures.in_time(here, found).open_overdue)
