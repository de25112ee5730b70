"""The things of the model (design/model.md §1 and §2): outputs and their levels, records, parts, tasks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from fractions import Fraction
from itertools import chain, repeat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.year.model import Plan

COUNTED = ("active", "suspended", "carried_over")
"""Suspended and carried over are frozen and stay; the other statuses leave both sides of the ratio."""


class Level(IntEnum):
    """Four nested levels of an output."""

    NONE = 0
    REPORTED = 1
    EVIDENCED = 2
    CONFIRMED = 3


@dataclass(eq=False, slots=True)
class Output:
    """One thing that is owed. Without a day of its own it is due with its task."""

    code: str
    number: int
    kind: str
    due: date | None = None
    weight: int = 1
    first: date | None = None
    last: date | None = None
    by_record: bool = False
    dropped: bool = False
    claimed: bool = False
    confirmed: bool = False
    self_confirmed: bool = False
    returned: bool = False
    told_on: date | None = None

    def anew(self) -> "Output":
        """The same thing to be done, without what was done about it."""
        return Output(self.code, self.number, self.kind, self.due, self.weight, self.first, self.last)


@dataclass(eq=False, slots=True)
class Entry:
    """A record that something was done; `came` is the day it came in, whatever day it tells of."""

    day: date
    quantity: int
    came: date
    output: Output | None = None
    standing: bool = True


@dataclass(eq=False, slots=True)
class Part:
    """One body's part of one task: as lead with a share, or as coordinator without."""

    task: "Task"
    agency: str
    share: Fraction = Fraction(0)
    group: str | None = None
    until: date | None = None
    outputs: list[Output] = field(default_factory=list)
    records: list[Entry] = field(default_factory=list)
    moved_at: datetime | None = None

    @property
    def pull(self) -> Fraction:
        """W: the task's weight times the share."""
        return self.task.weight * self.share

    @property
    def standing(self) -> list[Entry]:
        return [record for record in self.records if record.standing]

    @property
    def kept(self) -> list[Output]:
        """What no decision has taken from it."""
        return [output for output in self.outputs if not output.dropped]

    @property
    def owed(self) -> list[Output]:
        """What it owes: an occurrence that only a record opened goes with its records and its claim."""
        return [one for one in self.kept if not one.by_record or one.claimed or self.evidence(one)]

    def evidence(self, output: Output) -> list[date]:
        """The days of what stands behind an output. Pieces are filled in the order of time, q by quantity q;
        of a status-only duty its word is all there is."""
        if self.task.visibility == "status_only":
            return [output.told_on] if output.told_on else []
        if output.kind != "piece":
            return sorted(record.day for record in self.standing if record.output is output)
        done = sorted((one.day, one.quantity) for one in self.standing if one.day >= self.task.plan.first)
        days = list(chain.from_iterable(repeat(day, quantity) for day, quantity in done))
        place = [one for one in self.kept if one.kind == "piece"].index(output)
        return days[place : place + 1]

    def level(self, output: Output) -> Level:
        """Where it stands; what was returned stands nowhere until it is claimed again."""
        if output.returned:
            return Level.NONE
        if self.evidence(output):
            return Level.CONFIRMED if output.confirmed else Level.EVIDENCED
        return Level.REPORTED if output.claimed else Level.NONE

    def output(self, code: str) -> Output:
        """One of what it owes or owed."""
        return next(one for one in self.outputs if one.code == code)

    def counts(self) -> tuple[object, ...]:
        """All by which it takes part in a figure: what moves it is told by `as_of`."""
        owed = self.owed
        at_least = (sum(o.weight for o in owed if self.level(o) >= level) for level in list(Level)[1:])
        return (self.pull, self.task.status, sum(o.weight for o in owed), *at_least)


@dataclass(eq=False, slots=True)
class Task:
    """A duty with its bodies, or a programme item with the duties that carry it out."""

    plan: "Plan"
    code: str
    section: str
    family: str
    kind: str
    visibility: str
    weight: int
    target: int | None
    due: date | None
    behind: Sequence[str]
    status: str = "active"
    leads: list[Part] = field(default_factory=list)
    helpers: list[Part] = field(default_factory=list)
    pots: dict[str, Fraction] = field(default_factory=dict)
    helping: set[str] = field(default_factory=set)
    milestones: list[Output] = field(default_factory=lambda: [Output("M1", 1, "milestone")])

    @property
    def deadline(self) -> date:
        """A missing date is the last day of the plan's year."""
        return self.due or date(self.plan.year, 12, 31)

    def planned(self) -> list[Output]:
        """What each single body owes: milestones, n pieces, the periods, or nothing so far."""
        match self.kind:
            case "deliverable":
                return [one.anew() for one in self.milestones]
            case "counted":
                return [Output(f"P{n}", n, "piece") for n in range(1, (self.target or 0) + 1)]
            case "continuous":
                return [one.anew() for one in self.plan.periods]
            case _:
                return []
