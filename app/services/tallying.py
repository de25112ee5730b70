"""Tallies: what the records of one body's part cover, counted as they come in, one or a thousand.

Each moves at once what it moves, and is refused before anything is touched. On which days things were done,
and where the assignment stands, is written once, when the last of them is in.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Activity, Output, Standing
from app.models.unit import permits
from app.rules.judging import Permit
from app.rules.vocabulary import ActivityStatus
from app.schemas.activities import Moved
from app.services import access, evidence, obstacles, settling, standings
from app.services.dockets import Docket
from app.services.filing import File


class Covered(NamedTuple):
    """What a standing record is evidence of: the one output it found, or so many pieces; and its day."""

    output: Output | None
    pieces: int
    day: date


class Tally:
    """The tally of one docket. `in_hand` are the records that came in or were changed; `file` has what may be
    pushed again, by its natural key."""

    def __init__(self, session: Session, docket: Docket, file: File | None = None) -> None:
        self._session, self.docket, self.file = session, docket, {} if file is None else file
        self.in_hand: dict[Activity, None] = {}
        self._counted, self._heard = False, 0
        self._undated: set[Output] = set()
        self._pieces = settling.pieces_of(docket.outputs)
        self._latest = max((one.evidenced_on for one in self._pieces if one.evidenced_on), default=date.min)
        self._in_order = True

    def of(self, activity: Activity) -> Covered:
        """What a record covers as it is."""
        output = evidence.of(self.docket, activity)
        return self.by(output, activity.occurred_on, activity.quantity)

    def by(self, output: Output | None, day: date, quantity: int) -> Covered:
        """What a record covers that found this output, by its day and quantity."""
        return Covered(output, quantity if evidence.fills_pieces(self.docket, day) else 0, day)

    def count(self, permit: Permit, before: Covered | None, after: Covered | None) -> list[Moved]:
        """A record covers this now, and covered that before (None: it does not stand). Tell what it moves."""
        if before == after:
            return []
        self._counted, assignment = True, self.docket.assignment
        was = assignment.recorded_quantity
        now = was + (after.pieces if after else 0) - (before.pieces if before else 0)
        _stay_confirmed(before, after, self._pieces[now:was])
        pieces = self._pieces[min(was, now) : max(was, now)]
        touched = [*pieces, *_outputs(before, after)]
        access.open_for_change(self._session, permit, [assignment, *touched])
        if before is None:
            self._heard += 1
        elif before.output is not None:
            before.output.evidence -= 1
            if before.output.evidenced_on == before.day:
                self._undated.add(before.output)
        if after is not None and after.output is not None:
            after.output.evidence += 1
            after.output.evidenced_on = min(after.output.evidenced_on or after.day, after.day)
        if now != was:
            assignment.recorded_quantity = now
        self._note_days(before, after)
        for piece in pieces:  # filled from the first on; what is beyond the last is surplus, kept and shown
            piece.evidence, piece.evidenced_on = (1, after.day) if now > was and after else (0, None)
        return settling.move(self._session, self.docket.task, touched)

    def _note_days(self, before: Covered | None, after: Covered | None) -> None:
        """A record that is later than all before it is the usual case, and dates the pieces it fills."""
        if before is not None and before.pieces:
            self._in_order = False
        if after is not None and after.pieces:
            self._in_order = self._in_order and after.day >= self._latest
            self._latest = max(after.day, self._latest)

    def close(self) -> Standing | None:
        """Write down the days and the standing; the next flush puts it all on record. None: nothing to do."""
        docket = self.docket
        if not self._counted:
            return None
        if not self._in_order:
            access.open_for_change(self._session, permits(self._session)[docket.assignment], self._pieces)
            plan, most = docket.here.plan, len(self._pieces)
            days = settling.days_of_pieces(self._session, plan, docket.assignment, most, self.in_hand)
            settling.fill(docket.assignment, self._pieces, days)
        if self._undated:
            self._date()
        standing = settling.stand(self._session, docket.task, docket.assignment, docket.outputs)
        if self._heard:
            standings.heard(self._session, standing, self._heard)
        return standing

    def _date(self) -> None:
        """What lost its earliest record is evidenced on the day of the earliest of the others."""
        by_output = (
            select(Activity.output_id, func.min(Activity.occurred_on))
            .where(
                Activity.output_id.in_([output.id for output in self._undated]),
                Activity.status == ActivityStatus.STANDING,
                settling.not_among(self.in_hand),
            )
            .group_by(Activity.output_id)
        )
        days = {id_: [day] for id_, day in self._session.execute(by_output)}
        for one in self.in_hand:
            if one.status is ActivityStatus.STANDING and one.output_id is not None:
                days.setdefault(one.output_id, []).append(one.occurred_on)
        for output in self._undated:
            day = min(days.get(output.id, ()), default=None)
            if output.evidenced_on != day:
                output.evidenced_on = day


def _outputs(before: Covered | None, after: Covered | None) -> list[Output]:
    """The outputs that a record found, before and now, in their order."""
    found = {one.output: None for one in (before, after) if one is not None and one.output is not None}
    return sorted(found, key=lambda output: output.number)


def _stay_confirmed(before: Covered | None, after: Covered | None, emptied: Sequence[Output]) -> None:
    """The last evidence of a confirmed output stays until the monitor returns it (model §2)."""
    left = before.output if before is not None else None
    if after is not None and after.output is left:
        left = None
    stripped = [*emptied, *([left] if left is not None and left.evidence == 1 else [])]
    if any(output.confirmed for output in stripped):
        raise obstacles.conflict(obstacles.LAST_EVIDENCE)
