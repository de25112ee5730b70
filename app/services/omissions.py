"""Omissions: the accountable bodies that take no part in a figure, why, and by which decision."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Agency, Amendment, Assignment, Standing, Task
from app.rules import omission
from app.rules.omission import SENTENCES, Omission
from app.rules.rollup import COUNTED_STATUSES
from app.rules.vocabulary import AgencyKind
from app.schemas.base import AgencyRef, Ratio, TaskRef
from app.schemas.explanation import AmendmentRef, LeftOutRow
from app.services.grounds import Ground, has_ended
from app.services.parts import Part
from app.services.tree import Tree


def of(session: Session, here: Ground, some: Sequence[Part], tree: Tree) -> list[LeftOutRow]:
    """Those of these parts that count for nothing, in their order; all of them seen whole."""
    idle = [part for part in some if part.status not in COUNTED_STATUSES or not part.leaf.owed]
    facts = _facts(session, idle)
    decisions = amendments(session, here)
    found = []
    for part in idle:
        stretches = facts[part.assignment]
        body = _of_the_body(here, stretches[0])
        reason = omission.why(status=part.status, kind=part.kind, owed=part.leaf.owed, **body)
        if reason is not None:
            made = _decision(part, reason, decisions, stretches, handed_over=body["handed_over"])
            found.append(_row(part, reason, made, tree))
    return found


def amendments(session: Session, here: Ground) -> list[Amendment]:
    """Every decision that amended the plan, the first one first."""
    query = select(Amendment).where(Amendment.plan_id == here.plan.id)
    return list(session.scalars(query.order_by(Amendment.revision)))


def ref(amendment: Amendment) -> AmendmentRef:
    """A decision, briefly."""
    return AmendmentRef(
        revision=amendment.revision,
        decision_number=amendment.decision_number,
        decided_on=amendment.decided_on,
        entered_at=amendment.entered_at,
    )


def _facts(session: Session, some: Iterable[Part]) -> dict[str, list[Any]]:
    """What else decides the reason, and the past of each of these assignments, the present stretch first."""
    query = (
        select(
            Assignment.public_id,
            *(Agency.kind, Task.target, Assignment.valid_to),
            *(Standing.since, Standing.owed, Standing.share_numerator),
        )
        .join(Assignment, Assignment.id == Standing.assignment_id)
        .join(Agency, Agency.id == Assignment.agency_id)
        .join(Task, Task.id == Assignment.task_id)
        .where(Assignment.public_id.in_([part.assignment for part in some]))
        .order_by(Standing.number.desc())
    )
    found: dict[str, list[Any]] = defaultdict(list)
    for row in session.execute(query):
        found[row.public_id].append(row)
    return found


def _of_the_body(here: Ground, row: Any) -> dict[str, Any]:
    return {
        "target": row.target,
        "is_group": row.kind is AgencyKind.GROUP,
        "handed_over": has_ended(row.valid_to, here.today),
    }


def _decision(
    part: Part,
    reason: Omission,
    decisions: Sequence[Amendment],
    stretches: Sequence[Any],
    *,
    handed_over: bool,
) -> Amendment | None:
    """The decision that made it so, if one did. A status and a number are named in it; what else counts for
    nothing has done so since the instant at which that decision was entered."""
    if part.status not in COUNTED_STATUSES:
        return _naming(decisions, change="status", task=part.task, status=reason.value)
    if reason is Omission.NOT_TRIGGERED:  # that nothing has come up is nobody's decision
        return None
    if reason is Omission.NO_TARGET:
        unset = _naming(decisions, change="target", task=part.task, target=None)
        return unset or _naming(decisions, change="duty", code=part.task)
    since = None
    for stretch in stretches:
        if stretch.owed or (handed_over and stretch.share_numerator):
            break
        since = stretch.since
    made = [one for one in decisions if one.entered_at == since]
    return made[-1] if made else None


def _naming(decisions: Sequence[Amendment], **wanted: str | None) -> Amendment | None:
    """The last one with such a change."""
    made = [one for one in decisions if any(wanted.items() <= change.items() for change in one.changes)]
    return made[-1] if made else None


def _row(part: Part, reason: Omission, made: Amendment | None, tree: Tree) -> LeftOutRow:
    said = SENTENCES[reason]
    return LeftOutRow(
        assignment=part.assignment,
        task=TaskRef(code=part.task, title_vi=tree.tasks[part.task_id].title_vi),
        agency=AgencyRef(code=part.agency, name_vi=part.name_vi),
        group=part.group,
        reason=reason,
        text_vi=said.vi,
        text_en=said.en,
        amendment=ref(made) if made else None,
        weight=part.leaf.weight,
        share=Ratio.of(part.leaf.share),
    )
