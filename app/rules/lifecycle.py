"""The life of an output: what a lead owes when the plan takes effect, and on which level it stands.

    none → reported (claimed) → evidenced (a standing record) → confirmed (accepted by the monitor)

Levels rise by records and fall only by an explicit return or withdrawal (model §2).
"""

from dataclasses import dataclass
from datetime import MAXYEAR, date
from typing import Final

from app.errors import Text
from app.rules.calendar import Period, periods
from app.rules.vocabulary import Level, OutputKind, PeriodKind, Source, TaskKind

MOST_YEARS_ON: Final = 10
"""So many years after a plan's own its work may be due: what is carried over is, and beyond that a day is a
slip of the pen."""
DONE = Text("Hoàn thành nhiệm vụ", "Completed")
"""What a milestone is called that nobody has named."""


@dataclass(frozen=True, slots=True)
class Planned:
    """An output as it is owed from the day the plan takes effect."""

    kind: OutputKind
    code: str
    number: int
    label_vi: str
    label_en: str
    due_on: date
    due_source: Source
    period_from: date | None = None
    period_to: date | None = None
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides the outputs of a task: its kind, its target, its deadline and the plan's calendar."""

    kind: TaskKind
    target: int | None
    due_on: date | None
    year: int
    first: date
    last: date
    reporting: PeriodKind


def owed_from_the_start(terms: Terms) -> list[Planned]:
    """One milestone, n pieces or the reporting periods; nothing where n is unknown or nothing happened."""
    due_on, due_source = deadline(terms.due_on, terms.year)
    match terms.kind:
        case TaskKind.DELIVERABLE:
            return [Planned(OutputKind.MILESTONE, "M1", 1, *DONE, due_on, due_source)]
        case TaskKind.COUNTED:
            return [
                Planned(OutputKind.PIECE, f"P{n}", n, f"Sản phẩm {n}", f"Piece {n}", due_on, due_source)
                for n in range(1, (terms.target or 0) + 1)
            ]
        case TaskKind.CONTINUOUS:
            return [period(n, p) for n, p in enumerate(periods(terms.reporting, terms.first, terms.last), 1)]
        case TaskKind.TRIGGERED:  # pragma: no branch -- the type checker proves that there is no other kind
            return []


def deadline(stated: date | None, year: int) -> tuple[date, Source]:
    """When something is due and who says so: a missing date is 31 December of the plan's year (model §3)."""
    return (stated, Source.PLAN_TEXT) if stated else (date(year, 12, 31), Source.IMPLIED)


def latest(first: date) -> date:
    """The last day on which the work of a plan that begins on `first` can be due."""
    return date(min(first.year + MOST_YEARS_ON, MAXYEAR), 12, 31)


def period(number: int, of: Period) -> Planned:
    """A reporting period as an output, due on its last day."""
    return Planned(
        OutputKind.PERIOD,
        of.code,
        number,
        of.label_vi,
        of.label_en,
        of.last,
        Source.IMPLIED,
        of.first,
        of.last,
    )


def level(
    *, claimed: bool, evidence: int, confirmed: bool, status_only: bool, returned: bool = False
) -> Level:
    """Where an output stands. A status-only claim is its own evidence: nothing more may be stored of it.

    What was returned stands nowhere until its body claims it again, whatever records there are.
    """
    if returned:
        return Level.NONE
    if evidence or (claimed and status_only):
        return Level.CONFIRMED if confirmed else Level.EVIDENCED
    return Level.REPORTED if claimed else Level.NONE


def owed(*, opened_by_record: bool, claimed: bool, evidence: int, dropped: bool = False) -> bool:
    """An occurrence that only a record opened goes when its last record and claim go; all else stays owed
    until a decision drops it."""
    return not dropped and (not opened_by_record or claimed or evidence > 0)


def filled(place: int, recorded_quantity: int) -> bool:
    """Whether the piece at `place` (from 1, of those its body owes) is covered: q recorded pieces fill the
    first q, in whatever order they came; what is beyond the last piece is surplus and counts for nothing."""
    return place <= recorded_quantity
