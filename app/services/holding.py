"""Holding: a task taken up to be amended, with its bodies and all that they owe, locked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Agency, Assignment, Output, Plan, Section, Task
from app.models.unit import today
from app.rules.judging import Permit
from app.rules.lifecycle import Planned
from app.rules.vocabulary import AgencyKind, Level, OutputKind, Role
from app.services import access, assigning, settling
from app.services.drafting import Draft
from app.services.grounds import is_current
from app.services.successions import Successions


@dataclass(slots=True)
class Held:
    """A task with its assignments, in the order of the clause, and the outputs of each."""

    draft: Draft
    task: Task
    assignments: list[Assignment] = field(default_factory=list)
    outputs: dict[int, list[Output]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The day of the amendment."""
        return today(self.draft.session)

    def current(self, role: Role) -> list[Assignment]:
        """Those who have this role now; groups that work through their members as well."""
        return [row for row in self.assignments if row.role is role and is_current(row, self.today)]

    def bodies(self, role: Role) -> list[Assignment]:
        """Those of them that count themselves."""
        return [row for row in self.current(role) if not row.fans_out]

    def owing(self) -> list[Assignment]:
        """Those of the leads that owe: a group whose members nobody knows owes nothing yet."""
        return [row for row in self.bodies(Role.LEAD) if self.agency(row).kind is not AgencyKind.GROUP]

    def agency(self, row: Assignment) -> Agency:
        """The body of an assignment."""
        return self.draft.session.get_one(Agency, row.agency_id)

    @property
    def lines(self) -> Successions:
        """Who of the leads took over from whom."""
        return Successions(self.assignments, self.today)

    def former(self) -> list[Assignment]:
        """Leads that handed their part over."""
        return self.lines.former()

    def of(self, assignment: Assignment) -> list[Output]:
        """What an assignment owes or owed."""
        return self.outputs.setdefault(assignment.id, [])

    def kept(self, assignment: Assignment) -> list[Output]:
        """What is still its own; an occurrence that went with its records is nothing to keep or hand on."""
        return [
            one for one in self.of(assignment) if not one.dropped and (one.owed or not one.opened_by_record)
        ]

    def enter(self, row: Assignment) -> None:
        """A new assignment joins."""
        self.draft.enter(row)
        self.assignments.append(row)

    def owe(self, assignment: Assignment, planned: Iterable[Planned]) -> None:
        """Let an assignment owe exactly these from now on; what else it owed is dropped, nothing deleted."""
        wanted = {one.code: one for one in planned}
        for output in self.of(assignment):
            if (one := wanted.pop(output.code, None)) is None:
                drop(output)
                continue
            if output.dropped:  # what comes back is owed by the decision, whoever opened it
                output.dropped, output.owed, output.opened_by_record = False, True, False
            for name in Planned.__slots__:  # a period may come back with other ends
                setattr(output, name, getattr(one, name))
        made = [assigning.entered(self.task, assignment, one) for one in wanted.values()]
        self.draft.enter(*made)
        self.of(assignment).extend(made)
        self.of(assignment).sort(key=lambda output: output.number)

    def kept_beside(self, assignment: Assignment) -> list[Output]:
        """The outputs that stayed with former leads whose part it took over, or who took over its own."""
        return [output for row in self.lines.beside(assignment) for output in self.kept(row)]

    def settle(self) -> None:
        """Bring levels and standings up to date with all that was changed."""
        for row in self.assignments:
            if row.role in (Role.LEAD, Role.COORDINATE) and not row.fans_out:
                outputs = self.of(row)
                if any(output.kind is OutputKind.PIECE for output in outputs):
                    pieces, session = settling.pieces_of(outputs), self.draft.session
                    days = settling.days_of_pieces(session, self.draft.plan, row, len(pieces))
                    settling.fill(row, pieces, days)
                    _unconfirm(outputs)
                settling.settle(self.draft.session, self.task, row, outputs, alone=True)
        self.draft.session.flush()

    def rebalance(self) -> None:
        """Who handed work over, and who took it, share what was the first one's by what each of them owes."""
        self.lines.rebalance(lambda row: sum(output.weight for output in self.kept(row)))


def reopened(session: Session, permit: Permit, plan: Plan) -> Draft:
    """A plan in force, taken up again under the permit of a decision that amends it."""
    draft = Draft(session, permit, plans=[plan])
    agencies = select(Agency).execution_options(populate_existing=True)
    draft.agencies.update({row.code: row for row in session.scalars(agencies)})
    sections = select(Section).where(Section.plan_id == plan.id).order_by(Section.order_key)
    draft.sections.update({row.code: row for row in session.scalars(sections)})
    tasks = select(Task).where(Task.plan_id == plan.id).order_by(Task.order_key)
    draft.tasks.update({row.code: row for row in session.scalars(tasks)})
    return draft


def lock(draft: Draft, tasks: Iterable[Task]) -> None:
    """Lock the assignments of all these tasks in the order of the document, as batches do, before any of them
    is taken up: in the order of its changes, a decision and a batch would wait for each other in a circle."""
    query = (
        select(Assignment.id)
        .join(Task, Task.id == Assignment.task_id)
        .where(Task.id.in_([task.id for task in tasks]))
        .order_by(Task.order_key, Assignment.id)
        .with_for_update(of=Assignment)
    )
    draft.session.execute(query).all()


def hold(draft: Draft, task: Task) -> Held:
    """Take a task up: its assignments are locked in one order, so that records and amendments follow each
    other, and two amendments do not wait for each other."""
    assignments = draft.session.scalars(
        select(Assignment)
        .where(Assignment.task_id == task.id)
        .order_by(Assignment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    outputs = draft.session.scalars(
        select(Output)
        .where(Output.task_id == task.id)
        .order_by(Output.number, Output.id)
        .execution_options(populate_existing=True)
    ).all()
    access.open_for_change(draft.session, draft.permit, [task, *assignments, *outputs])
    held = Held(draft, task, sorted(assignments, key=lambda row: row.order_key))
    for output in outputs:
        held.outputs.setdefault(output.assignment_id, []).append(output)
    return held


def as_planned(output: Output) -> Planned:
    """An output as it is owed, without what was done about it."""
    return Planned(**{name: getattr(output, name) for name in Planned.__slots__})


def drop(output: Output) -> None:
    """By decision it is owed no longer; nothing is deleted. Said in one, the journal tells it once."""
    output.dropped, output.owed = True, False


def is_done(output: Output) -> bool:
    """Whether it was reported at least: that much stays with the body that did it."""
    return output.level is not Level.NONE


def _unconfirm(pieces: Sequence[Output]) -> None:
    """A piece that a decision lets be owed again may have lost the record it was confirmed by."""
    for piece in pieces:
        if piece.confirmed and piece.kind is OutputKind.PIECE and not piece.dropped and not piece.evidence:
            piece.confirmed = False
