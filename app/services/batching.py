"""Batching: many records in one push, each judged as it would be alone.

Records are taken task by task in the order of the document and body by body, whatever their order in the
push, so that two pushes, or a push and a decision, lock the same assignments in the same order and do not
wait for each other in a circle; records of one body's part stay in their order. Each is judged before
anything is touched, and stands or falls by itself (decision 0021).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, cast

from sqlalchemy.orm import Session

from app.errors import BatchRefused, Failure, Fault, Text
from app.models import Activity
from app.rules import clauses
from app.rules.judging import Permit
from app.rules.parties import Actor
from app.schemas.activities import ActivityIn
from app.schemas.batches import (
    BatchAsk,
    BatchCounts,
    BatchResult,
    BatchRow,
    Taken,
)
from app.services import activities, evidence, filing, outcomes, recording, refusals
from app.services.dockets import Docket
from app.services.grounds import Ground
from app.services.outcomes import Outcome
from app.services.tallying import Tally

Pushed = ActivityIn | Failure
"""A record, or why it is none."""


def push(session: Session, actor: Actor, slug: str, records: Sequence[Pushed], ask: BatchAsk) -> BatchResult:
    """Take the records, or rehearse it and keep nothing."""
    good = (one for one in records if not isinstance(one, Failure))
    here = filing.ground(session, actor, slug, good)
    if not ask.dry_run:
        return _pushed(session, actor, here, records, ask)
    with session.begin_nested() as rehearsal:
        result = _pushed(session, actor, here, records, ask)
        rehearsal.rollback()
    for row in result.results:
        row.activity = None if row.result == "created" else row.activity
    return result


def _pushed(
    session: Session, actor: Actor, here: Ground, records: Sequence[Pushed], ask: BatchAsk
) -> BatchResult:
    found = {place: _refused(place, one) for place, one in enumerate(records) if isinstance(one, Failure)}
    for places, part in _parts(actor, records):
        tray = Tray(session, actor, here, part)
        found |= {place: tray.take(place, record) for place, record in zip(places, part, strict=True)}
        tray.close()
    rows = [found[place] for place in range(len(records))]
    refused = [row for row in rows if row.refusal]
    if refused and ask.mode == "atomic":
        raise BatchRefused(
            faults=[fault for row in refused for fault in _faults(row)],
            facts={"results": [row.model_dump(mode="json") for row in refused]},
        )
    counts = BatchCounts.model_validate(Counter(row.result for row in rows))
    return BatchResult(applied=not ask.dry_run, counts=counts, results=rows)


def _parts(actor: Actor, records: Sequence[Pushed]) -> Iterator[tuple[list[int], list[ActivityIn]]]:
    """The records of each body's part of a task, with their places; what is no record is of none."""
    parts: dict[tuple[str, str], dict[int, ActivityIn]] = {}
    for place, record in enumerate(records):
        if not isinstance(record, Failure):
            whose = record.agency or actor.agency or ""
            parts.setdefault((record.task, whose), {})[place] = record
    for part in sorted(parts, key=_in_order):
        yield list(parts[part]), list(parts[part].values())


def _in_order(part: tuple[str, str]) -> tuple[str, str]:
    """What is no clause is no task either, and refused wherever it stands."""
    task, agency = part
    return clauses.order_key(task) if clauses.valid(task) else task, agency


class Tray:
    """The records of one body's part of a task: its docket is opened, locked and judged once. A body that
    handed its part over and coordinates now has two, of which one is open at a time."""

    def __init__(self, session: Session, actor: Actor, here: Ground, records: Sequence[ActivityIn]) -> None:
        self._session, self._actor, self._here, self._records = session, actor, here, records
        self._open: dict[tuple[str | None, bool], tuple[Tally, Permit] | Failure] = {}
        self._tally: Tally | None = None

    def take(self, place: int, record: ActivityIn) -> BatchRow:
        """Take one record. What is refused leaves no trace in those after it."""
        asked = record.agency, filing.names_for_another(self._actor, record)
        if asked not in self._open:  # left out, or the caller's own: the same body, asked twice
            self._open[asked] = self._opened(record)
        found = self._open[asked]
        if isinstance(found, Failure):
            return _refused(place, found)
        try:
            outcome = recording.take(self._session, self._actor, *found, record)
            return self._taken(place, outcome)
        except Failure as failure:
            return _refused(place, failure)

    def _opened(self, record: ActivityIn) -> tuple[Tally, Permit] | Failure:
        self._session.flush()  # the rows of the docket are read anew
        try:
            docket, permit = filing.for_record(self._session, self._actor, self._here, record)
        except Failure as failure:
            return failure
        if self._tally is None or self._tally.docket.assignment is not docket.assignment:
            self.close()
            self._open.clear()
            file = filing.on_file(self._session, docket, self._records)
            self._tally = Tally(self._session, docket, file)
        return self._tally, permit

    def _taken(self, place: int, outcome: Outcome) -> BatchRow:
        docket, activity, result, moved = outcome
        why = outcomes.hint(self._session, outcome)
        return BatchRow(
            index=place,
            result=cast("Taken", result),
            activity=activity.public_id,
            **self._belonging(docket, activity),
            moved=moved,
            hint_vi=why.vi if why else None,
            hint_en=why.en if why else None,
            refusal=None,
        )

    def _belonging(self, docket: Docket, activity: Activity) -> dict[str, Any]:
        """What the record belongs to: mostly this part; what is on file of another one stays there."""
        if activity.assignment_id != docket.assignment.id:
            shown, _ = activities.one(self._session, self._here, self._actor, activity.public_id)
            task, agency = shown.task.code, shown.agency.code
            return {"task": task, "agency": agency, "output": shown.output, "counts": shown.counts}
        output = evidence.of(docket, activity)
        return {
            "task": docket.task.code,
            "agency": docket.agency.code,
            "output": output.code if output else None,
            "counts": evidence.counts(docket, activity),
        }

    def close(self) -> None:
        """Put on record what the records of this part came to."""
        if self._tally is not None:
            self._tally.close()
            self._session.flush()


def _refused(place: int, failure: Failure) -> BatchRow:
    return BatchRow(index=place, result="refused", refusal=refusals.of(place, failure))


def _faults(row: BatchRow) -> list[Fault]:
    """What the refusal of a whole batch says of one record."""
    why = row.refusal
    if why is None:
        return []
    whole = Fault(f"/records/{row.index}", why.code, Text(why.detail_vi, why.detail_en))
    each = [Fault(one.pointer, one.code, Text(one.message_vi, one.message_en)) for one in why.errors]
    return each or [whole]
