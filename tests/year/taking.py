"""Steps taken into the model: what becomes of outputs, records, proposals and urges (model §2 and §4)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from tests.year import deciding, steps
from tests.year.model import Plan, composed
from tests.year.steps import Step
from tests.year.things import Entry, Output, Part


@dataclass(eq=False, slots=True)
class Urged:
    """A reminder; its state follows from the day."""

    by: str
    to: str
    due: date
    answered: bool = False
    closed: bool = False

    def state(self, today: date) -> str:
        """The due day itself is still in time."""
        if self.closed:
            return "closed"
        if self.answered:
            return "answered"
        return "overdue" if self.due < today else "open"


@dataclass(slots=True)
class Year:
    """The plan, and what the script has names for."""

    plan: Plan = field(default_factory=Plan)
    records: dict[str, tuple[Part, Entry]] = field(default_factory=dict)
    keyed: dict[tuple[str, str], tuple[Part, Entry]] = field(default_factory=dict)
    proposals: dict[str, steps.Propose] = field(default_factory=dict)
    open_proposals: set[str] = field(default_factory=set)
    urges: dict[str, Urged] = field(default_factory=dict)

    def take(self, step: Step) -> None:
        """One step that was accepted."""
        before = self._counts()
        _DO[type(step.what)](self, step, step.what)
        for part, (status, counts) in self._counts().items():
            if before.get(part) != (status, counts):
                part.moved_at = step.at

    def _counts(self) -> dict[Part, tuple[str, tuple[object, ...]]]:
        parts = (part for task in self.plan.tasks.values() for part in task.leads)
        return {part: (part.task.status, part.counts()) for part in parts}

    def record(self, step: Step, what: steps.Record) -> None:
        """Recording what finds its output is a claim as well. The same natural key is the same record."""
        agency = what.agency or step.who
        key = (agency, composed(what.key)) if what.key else None
        part, entry = self.keyed.get(key, (None, None)) if key else (None, None)
        if part is None or entry is None:
            part = self.plan.part(what.task, agency, step.day)
            entry = Entry(date.fromisoformat(what.on), what.quantity, step.day)
            part.records.append(entry)
            opened = _occurrence(part, max(entry.day, self.plan.last)) if what.opens else None
            entry.output = opened or _found(part, entry, what.output)
        elif entry.standing:
            entry.day, entry.quantity = date.fromisoformat(what.on), what.quantity
            entry.output = _found(part, entry, what.output or _code(entry))
        if key:
            self.keyed[key] = part, entry
        if what.name:
            self.records[what.name] = part, entry

    def correct(self, _step: Step, what: steps.Correct) -> None:
        part, entry = self.records[what.record]
        entry.day = date.fromisoformat(what.on) if what.on else entry.day
        entry.quantity = what.quantity or entry.quantity
        entry.output = _found(part, entry, what.output or _code(entry))

    def withdraw(self, _step: Step, what: steps.Withdraw) -> None:
        self.records[what.record][1].standing = False

    def tell(self, step: Step, what: steps.Tell) -> None:
        """A period of a status-only duty; a triggered one has come up in it."""
        part = self.plan.lead(what.task, what.agency)
        if all(one.code != what.period for one in part.outputs):
            [period] = [one for one in self.plan.periods if one.code == what.period]
            part.outputs.append(replace(period.anew(), kind="occurrence", by_record=True))
        output = part.output(what.period)
        match what.entry:
            case "fulfilled":
                output.claimed, output.returned, output.told_on = True, False, output.told_on or step.day
            case "not_fulfilled":
                output.claimed, output.told_on = False, None
            case "confirmed":
                output.confirmed = True
            case _:
                _send_back(output)

    def open(self, _step: Step, what: steps.Open) -> None:
        due = date.fromisoformat(what.due) if what.due else self.plan.last
        _occurrence(self.plan.lead(what.task, what.agency), due, by_record=False)

    def decide(self, step: Step, what: steps.Decide) -> None:
        deciding.decide(self.plan, what.changes, step.day)

    def propose(self, _step: Step, what: steps.Propose) -> None:
        self.proposals[what.name] = what
        self.open_proposals.add(what.name)

    def accept(self, step: Step, what: steps.Accept) -> None:
        deciding.decide(self.plan, self.proposals[what.proposal].changes, step.day)
        self.open_proposals.remove(what.proposal)

    def settle(self, _step: Step, what: steps.Decline | steps.Retract) -> None:
        self.open_proposals.remove(what.proposal)

    def urge(self, step: Step, what: steps.Urge) -> None:
        """Naming a group urges each of its members that is assigned."""
        members = self.plan.current(what.to, step.day) or [what.to]
        for agency in members:
            name = what.name if agency == what.to else f"{what.name}:{agency}"
            self.urges[name] = Urged(step.who, agency, date.fromisoformat(what.due))

    def answer(self, _step: Step, what: steps.Answer) -> None:
        self.urges[what.urge].answered = True

    def close(self, _step: Step, what: steps.Close) -> None:
        self.urges[what.urge].closed = True


def _act(year: Year, step: Step, what: Any) -> None:
    """What is done to one output."""
    part = year.plan.lead(what.task, what.agency)
    output = part.output(what.output)
    match what:
        case steps.Claim():
            output.claimed, output.returned = True, False
        case steps.TakeBack():
            output.claimed = False
        case steps.Confirm():  # what the monitor says of its own work is marked, and stays out of the level
            output.confirmed = output.confirmed or step.who != what.agency
            output.self_confirmed = not output.confirmed
        case _:
            _send_back(output)


def _send_back(output: Output) -> None:
    output.claimed = output.confirmed = output.self_confirmed = False
    output.returned, output.told_on = True, None


def _code(entry: Entry) -> str | None:
    return entry.output.code if entry.output else None


def _found(part: Part, entry: Entry, named: str | None) -> Output | None:
    """The output a record is evidence of: by its day, by its name; pieces are filled by quantity."""
    if entry.day < part.task.plan.first or part not in part.task.leads:
        return None
    if part.task.kind == "continuous":
        return next(
            (o for o in part.kept if o.first and o.last and o.first <= entry.day <= o.last),
            None,
        )
    return part.output(named) if named else None


def _occurrence(part: Part, due: date, *, by_record: bool = True) -> Output:
    """A triggered duty has come up once more."""
    number = max((one.number for one in part.outputs), default=0) + 1
    part.outputs.append(Output(f"O{number}", number, "occurrence", due, by_record=by_record))
    return part.outputs[-1]


def _nothing(_year: Year, _step: Step, _what: Any) -> None:
    """A key moves nothing."""


_DO: Mapping[type, Callable[[Year, Step, Any], None]] = {
    steps.Record: Year.record,
    steps.Correct: Year.correct,
    steps.Withdraw: Year.withdraw,
    steps.Claim: _act,
    steps.TakeBack: _act,
    steps.Confirm: _act,
    steps.SendBack: _act,
    steps.Tell: Year.tell,
    steps.Open: Year.open,
    steps.Decide: Year.decide,
    steps.Propose: Year.propose,
    steps.Accept: Year.accept,
    steps.Decline: Year.settle,
    steps.Retract: Year.settle,
    steps.Urge: Year.urge,
    steps.Answer: Year.answer,
    steps.Close: Year.close,
    steps.GiveKey: _nothing,
}
