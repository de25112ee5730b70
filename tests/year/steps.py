"""What a step of the script can be: plain data, which the player sends and the model takes in.

Outputs are named by task, body and code, records, proposals and urges by a name of the script's own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias

Change: TypeAlias = Mapping[str, Any]
"""A change as the wire has it: `{"change": "target", "task": "IV.6.a", "target": 3}`."""


@dataclass(frozen=True, slots=True)
class Record:
    """An office records that something was done `on` a day; `agency` on behalf of another."""

    task: str
    on: str
    title: str
    output: str | None = None
    agency: str | None = None
    quantity: int = 1
    opens: bool = False
    key: str | None = None
    name: str | None = None
    kind: str = "other"


@dataclass(frozen=True, slots=True)
class Correct:
    """It corrects a record; only what is given changes."""

    record: str
    on: str | None = None
    title: str | None = None
    output: str | None = None
    quantity: int | None = None


@dataclass(frozen=True, slots=True)
class Withdraw:
    record: str
    reason: str


@dataclass(frozen=True, slots=True)
class Claim:
    task: str
    agency: str
    output: str


@dataclass(frozen=True, slots=True)
class TakeBack:
    """A claim is withdrawn."""

    task: str
    agency: str
    output: str
    reason: str


@dataclass(frozen=True, slots=True)
class Confirm:
    task: str
    agency: str
    output: str


@dataclass(frozen=True, slots=True)
class SendBack:
    task: str
    agency: str
    output: str
    missing: str


@dataclass(frozen=True, slots=True)
class Tell:
    """A status-only duty: a period and one of four words."""

    task: str
    agency: str
    period: str
    entry: str


@dataclass(frozen=True, slots=True)
class Open:
    """A triggered duty has come up, and is to be met by `due`."""

    task: str
    agency: str
    label: str
    due: str | None = None


@dataclass(frozen=True, slots=True)
class Decide:
    number: str
    summary: str
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class Propose:
    name: str
    reason: str
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class Accept:
    proposal: str
    number: str


@dataclass(frozen=True, slots=True)
class Decline:
    proposal: str
    reason: str


@dataclass(frozen=True, slots=True)
class Retract:
    """Who proposed it takes it back."""

    proposal: str
    reason: str


@dataclass(frozen=True, slots=True)
class Urge:
    name: str
    to: str
    message: str
    due: str
    task: str | None = None
    about: str = "content"


@dataclass(frozen=True, slots=True)
class Answer:
    urge: str
    words: str


@dataclass(frozen=True, slots=True)
class Close:
    urge: str
    outcome: str


@dataclass(frozen=True, slots=True)
class GiveKey:
    """The technician issues a key to a body that has none; typed on the server, as ever."""

    agency: str


What: TypeAlias = (
    Record | Correct | Withdraw | Claim | TakeBack | Confirm | SendBack | Tell | Open | Decide
    | Propose | Accept | Decline | Retract | Urge | Answer | Close | GiveKey
)  # fmt: skip
Entry: TypeAlias = tuple[str, What] | tuple[str, What, int, str]
"""Who, what; and where it is to be refused, with which status and reason."""
Days: TypeAlias = Mapping[str, Sequence[Entry]]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the script at its instant."""

    at: datetime
    day: date
    who: str
    what: What
    refused: tuple[int, str] | None = None


def named(vi: str, en: str) -> dict[str, Any]:
    """Two names, both of them plainly made up."""
    return {"title_vi": f"[GIẢ ĐỊNH] {vi}", "title_en": f"[FICTION] {en}"}


def target(task: str, pieces: int) -> Change:
    return {"change": "target", "task": task, "target": pieces}


def weight(task: str, value: int) -> Change:
    return {"change": "weight", "task": task, "weight": value}


def status(task: str, value: str) -> Change:
    return {"change": "status", "task": task, "status": value}


def deadline(task: str, day: str) -> Change:
    return {"change": "deadline", "task": task, "due_on": day}


def lead(task: str, agency: str) -> Change:
    return {"change": "leads", "task": task, "leads": [{"agency": agency}]}


def department(code: str, vi: str, en: str) -> Change:
    names = {"name_vi": f"[GIẢ ĐỊNH] {vi}", "name_en": f"[FICTION] {en}"}
    return {"change": "agency", "code": code, "kind": "state_department", **names}


def member(group: str, agency: str, first: str, last: str | None = None) -> Change:
    return {"change": "member", "group": group, "agency": agency, "valid_from": first, "valid_to": last}


OFFICE_OPENS = timedelta(hours=1)
"""08:00 in Asia/Ho_Chi_Minh is 01:00 UTC; the office closes nine hours later."""
BETWEEN = timedelta(minutes=20)


def steps(days: Days) -> Iterator[Step]:
    """The script in order, each step at an instant of its day's office hours."""
    for day, entries in days.items():
        opens = datetime.fromisoformat(day).replace(tzinfo=UTC) + OFFICE_OPENS
        for place, entry in enumerate(entries):
            refused = (entry[2], entry[3]) if len(entry) == 4 else None
            yield Step(opens + place * BETWEEN, date.fromisoformat(day), entry[0], entry[1], refused)


def end_of(day: date) -> datetime:
    """The last second of a day in Asia/Ho_Chi_Minh, in UTC."""
    return datetime(day.year, day.month, day.day, 16, 59, 59, tzinfo=UTC)
