"""The audit: every stored figure computed anew from the records, and the journal counted."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Activity, Assignment, Change, Key, Output, Task, Withdrawal
from app.rules import lifecycle
from app.rules.vocabulary import ActivityStatus, OutputKind, Visibility


def differences(session: Session) -> Iterator[str]:
    """Everything stored that is not what the records say, a sentence each; nothing if all is well."""
    yield from _quantities(session)
    yield from _levels(session)
    yield from _journal(session)


def counts(session: Session) -> dict[str, int]:
    """How much there is: a figure to compare before and after a restore."""
    tables = {"assignments": Assignment, "outputs": Output, "activities": Activity, "changes": Change}
    return {
        name: session.scalars(select(func.count()).select_from(table)).one() for name, table in tables.items()
    }


def _quantities(session: Session) -> Iterator[str]:
    """Pieces recorded: the standing records of an assignment that name no output."""
    query = (
        select(Activity.assignment_id, func.sum(Activity.quantity))
        .where(Activity.status == ActivityStatus.STANDING, Activity.output_id.is_(None))
        .group_by(Activity.assignment_id)
    )
    recorded = {assignment: int(total) for assignment, total in session.execute(query)}
    for assignment in session.scalars(select(Assignment)):
        if assignment.recorded_quantity != recorded.get(assignment.id, 0):
            yield (
                f"assignment {assignment.public_id}: {assignment.recorded_quantity} pieces stored, "
                f"{recorded.get(assignment.id, 0)} recorded"
            )


def _levels(session: Session) -> Iterator[str]:
    """Evidence and levels: counted from the standing records, judged by the rules."""
    standing = dict(
        session.execute(
            select(Activity.output_id, func.count())
            .where(Activity.status == ActivityStatus.STANDING, Activity.output_id.is_not(None))
            .group_by(Activity.output_id)
        ).all()
    )
    query = (
        select(Output, Assignment.recorded_quantity, Task.visibility)
        .join(Assignment, Assignment.id == Output.assignment_id)
        .join(Task, Task.id == Output.task_id)
    )
    for output, quantity, visibility in session.execute(query):
        evidence = standing.get(output.id, 0)
        if output.kind is OutputKind.PIECE:
            evidence = int(lifecycle.filled(output.number, quantity))
        level = lifecycle.level(
            claimed=output.claimed,
            evidence=evidence,
            confirmed=output.confirmed,
            status_only=visibility is Visibility.STATUS_ONLY,
        )
        owed = lifecycle.owed(
            opened_by_record=output.opened_by_record, claimed=output.claimed, evidence=evidence
        )
        if (output.evidence, output.level, output.owed) != (evidence, level, owed):
            yield (
                f"output {output.public_id}: stored {output.evidence}/{output.level}/{output.owed}, "
                f"recomputed {evidence}/{level}/{owed}"
            )


def _journal(session: Session) -> Iterator[str]:
    """Every version of a row has its entry in the journal."""
    entries = Counter(session.scalars(select(Change.ref).where(Change.subject.in_(_SUBJECTS))))
    for subject, table in _SUBJECTS.items():
        for public_id, version in session.execute(select(table.public_id, table.version)):
            if entries[public_id] != version:
                yield f"{subject} {public_id}: version {version}, but {entries[public_id]} journal entries"


_SUBJECTS: dict[str, Any] = {
    "assignment": Assignment,
    "output": Output,
    "activity": Activity,
    "withdrawal": Withdrawal,
    "key": Key,
}
