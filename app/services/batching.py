"""Batching: many records in one push, each judged as it would be alone.

Records are taken body by body and task by task, whatever their order in the push, so that two pushes lock the
same assignments in the same order and never wait for each other in a circle; records of one body's part stay
in their order. Each stands or falls by itself, under a savepoint of its own.
"""

from collections import Counter
from collections.abc import Sequence
from typing import cast

from sqlalchemy.orm import Session

from app.errors import BatchRefused, Failure, Fault, Text
from app.models import Output
from app.rules.judging import Permit
from app.rules.parties import Actor
from app.schemas.activities import ActivityIn
from app.schemas.batches import (
    BatchAsk,
    BatchCounts,
    BatchResult,
    BatchRow,
    FaultOut,
    RefusalOfRecord,
    Taken,
)
from app.services import activities, filing, grounds, outcomes, recording
from app.services.dockets import Docket
from app.services.grounds import Ground
from app.services.outcomes import Outcome

Pushed = ActivityIn | Failure
"""A record, or why it is none."""


def push(session: Session, actor: Actor, slug: str, records: Sequence[Pushed], ask: BatchAsk) -> BatchResult:
    """Take the records, or rehearse it and keep nothing."""
    here = grounds.find(session, actor, slug)
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
    tray = Tray(session, actor, here)
    found = {place: tray.take(place, records[place]) for place in _turns(actor, records)}
    rows = [found[place] for place in range(len(records))]
    refused = [row for row in rows if row.refusal]
    if refused and ask.mode == "atomic":
        raise BatchRefused(
            faults=[fault for row in refused for fault in _faults(row)],
            facts={"results": [row.model_dump(mode="json") for row in refused]},
        )
    counts = BatchCounts.model_validate(Counter(row.result for row in rows))
    return BatchResult(applied=not ask.dry_run, counts=counts, results=rows)


def _turns(actor: Actor, records: Sequence[Pushed]) -> list[int]:
    """The places in the order in which they are taken; what is no record needs no lock."""

    def turn(place: int) -> tuple[str, str, int]:
        record = records[place]
        if isinstance(record, Failure):
            return "", "", place
        return record.task, record.agency or actor.agency or "", place

    return sorted(range(len(records)), key=turn)


class Tray:
    """The dockets that are open for a batch; each is locked and judged once."""

    def __init__(self, session: Session, actor: Actor, here: Ground) -> None:
        self._session, self._actor, self._here = session, actor, here
        self._open: dict[tuple[str, str | None], tuple[Docket, Permit]] = {}

    def take(self, place: int, record: Pushed) -> BatchRow:
        """Take one record. What goes wrong with it leaves no trace."""
        if isinstance(record, Failure):
            return _refused(place, record)
        try:
            with self._session.begin_nested():
                docket, permit = self._docket(record)
                outcome = recording.take(self._session, self._actor, docket, permit, record)
                self._session.flush()
        except Failure as failure:
            self._open.pop((record.task, record.agency), None)  # it may show what has been taken back
            return _refused(place, failure)
        return _taken(place, outcome)

    def _docket(self, record: ActivityIn) -> tuple[Docket, Permit]:
        key = record.task, record.agency
        if key not in self._open:
            self._open[key] = filing.for_record(self._session, self._actor, self._here, record)
        return self._open[key]


def _taken(place: int, outcome: Outcome) -> BatchRow:
    docket, activity, result, moved = outcome
    output: Output | None = next((one for one in docket.outputs if one.id == activity.output_id), None)
    why = outcomes.hint(outcome)
    return BatchRow(
        index=place,
        result=cast("Taken", result),
        activity=activity.public_id,
        task=docket.task.code,
        agency=docket.agency.code,
        output=output.code if output else None,
        counts=activities.counts(docket.here.plan, docket.task, docket.assignment.role, activity),
        moved=moved,
        hint_vi=why.vi if why else None,
        hint_en=why.en if why else None,
        refusal=None,
    )


def _refused(place: int, failure: Failure) -> BatchRow:
    """Nothing of the record itself is repeated."""
    refusal = RefusalOfRecord(
        status=failure.status,
        code=failure.code,
        detail_vi=failure.detail.vi,
        detail_en=failure.detail.en,
        errors=[
            FaultOut(
                pointer=f"/records/{place}{fault.pointer}",
                code=fault.code,
                message_vi=fault.message.vi,
                message_en=fault.message.en,
            )
            for fault in failure.faults
        ],
        facts=dict(failure.facts),
    )
    return BatchRow(index=place, result="refused", refusal=refusal)


def _faults(row: BatchRow) -> list[Fault]:
    """What the refusal of a whole batch says of one record."""
    why = row.refusal
    if why is None:
        return []
    whole = Fault(f"/records/{row.index}", why.code, Text(why.detail_vi, why.detail_en))
    each = [Fault(one.pointer, one.code, Text(one.message_vi, one.message_en)) for one in why.errors]
    return each or [whole]
