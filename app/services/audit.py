"""The audit: every stored figure computed anew from the records, and the journal counted row by row."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.errors import Text
from app.models import Activity, Assignment, Base, Change, Output, Plan, Standing, Task, Withdrawal
from app.models.base import Recorded
from app.rules import lifecycle
from app.rules.vocabulary import ActivityStatus, OutputKind, PlanStatus, Role, TaskKind, Visibility
from app.services import audit_money, facts, settling, standings


def differences(session: Session) -> Iterator[Text]:
    """Everything stored that is not what the records say, a sentence each; nothing if all is well."""
    yield from _quantities(session)
    yield from _outputs(session)
    yield from _standings(session)
    yield from _withdrawals(session)
    yield from _shares(session)
    yield from audit_money.differences(session)
    yield from _journal(session)


def counts(session: Session) -> dict[str, int]:
    """How much there is: a figure to compare before and after a restore."""
    tables = {"assignments": Assignment, "outputs": Output, "activities": Activity, "changes": Change}
    return {
        name: session.scalars(select(func.count()).select_from(table)).one() for name, table in tables.items()
    }


def _quantities(session: Session) -> Iterator[Text]:
    """Pieces recorded: the standing records of the lead of a counted task, from the plan's first day on."""
    query = (
        select(Activity.assignment_id, func.sum(Activity.quantity))
        .join(Assignment, Assignment.id == Activity.assignment_id)
        .join(Task, Task.id == Activity.task_id)
        .join(Plan, Plan.id == Activity.plan_id)
        .where(
            Activity.status == ActivityStatus.STANDING,
            Task.kind == TaskKind.COUNTED,
            Assignment.role == Role.LEAD,
            Activity.occurred_on >= Plan.period_from,
        )
        .group_by(Activity.assignment_id)
    )
    recorded = {assignment: int(total) for assignment, total in session.execute(query)}
    for assignment in session.scalars(select(Assignment)):
        if assignment.recorded_quantity != recorded.get(assignment.id, 0):
            one, kept, right = (
                assignment.public_id,
                assignment.recorded_quantity,
                recorded.get(assignment.id, 0),
            )
            yield Text(
                f"phân công {one}: đang lưu {kept} sản phẩm, bản ghi có {right}",
                f"assignment {one}: {kept} pieces stored, {right} recorded",
            )


def _outputs(session: Session) -> Iterator[Text]:
    """Evidence, its day, and levels: counted from the standing records and claims, judged by the rules."""
    standing = {
        output: (count, day)
        for output, count, day in session.execute(
            select(Activity.output_id, func.count(), func.min(Activity.occurred_on))
            .where(Activity.status == ActivityStatus.STANDING, Activity.output_id.is_not(None))
            .group_by(Activity.output_id)
        )
    }
    for plan, task, assignment, known in _owing(session):
        pieces = settling.pieces_of(known)
        days = settling.days_of_pieces(session, plan, assignment, len(pieces)) if pieces else []
        places = {piece.id: place for place, piece in enumerate(pieces)}
        for output in known:
            told: tuple[int, date | None] = standing.get(output.id, (0, None))
            place = places.get(output.id)
            if place is not None:
                told = (1, days[place]) if place < len(days) else (0, None)
            elif task.visibility is Visibility.STATUS_ONLY or output.kind is OutputKind.PIECE:
                told = (output.evidence, output.evidenced_on)  # no record tells of it
            yield from _output(output, task, *told)


def _owing(session: Session) -> Iterator[tuple[Plan, Task, Assignment, list[Output]]]:
    """Every assignment that may owe something, with all its outputs in order; those of one plan are read at
    once."""
    for plan in session.scalars(select(Plan).order_by(Plan.id)).all():
        owed: dict[int, list[Output]] = defaultdict(list)
        for output in session.scalars(_OUTPUTS, {"plan": plan.id}):
            owed[output.assignment_id].append(output)
        for task, assignment in session.execute(_BODIES, {"plan": plan.id}):
            yield plan, task, assignment, owed[assignment.id]


_OUTPUTS = select(Output).where(Output.plan_id == bindparam("plan")).order_by(Output.number, Output.id)
_BODIES = (
    select(Task, Assignment)
    .join(Assignment, Assignment.task_id == Task.id)
    .where(
        Assignment.plan_id == bindparam("plan"),
        Assignment.role.in_((Role.LEAD, Role.COORDINATE)),
        ~Assignment.fans_out,
    )
    .order_by(Assignment.id)
)


def _output(output: Output, task: Task, evidence: int, evidenced_on: date | None) -> Iterator[Text]:
    known = replace(facts.of(output, task), evidence=evidence)
    owed = lifecycle.owed(
        opened_by_record=output.opened_by_record,
        claimed=output.claimed,
        evidence=evidence,
        dropped=output.dropped,
    )
    stored = (output.evidence, output.evidenced_on, output.level, output.owed)
    right = (evidence, evidenced_on, known.level, owed)
    if stored != right:
        yield Text(
            f"đầu ra {output.public_id}: đang lưu {_listed(stored)}, tính lại {_listed(right)}",
            f"output {output.public_id}: stored {_listed(stored)}, recomputed {_listed(right)}",
        )


def _listed(values: tuple[object, ...]) -> str:
    return "/".join(str(value) for value in values)


def _standings(session: Session) -> Iterator[Text]:
    """The present standing of every assignment is what its outputs, its task and its records say; stretches
    follow each other without a gap."""
    counted = (
        select(Activity.assignment_id, func.count())
        .where(Activity.status == ActivityStatus.STANDING)
        .group_by(Activity.assignment_id)
    )
    records: dict[int, int] = {row[0]: row[1] for row in session.execute(counted)}
    stretches: dict[int, list[Standing]] = defaultdict(list)
    for standing in session.scalars(select(Standing).order_by(Standing.assignment_id, Standing.number)):
        stretches[standing.assignment_id].append(standing)
    for plan, task, assignment, owed in _owing(session):
        if plan.status is PlanStatus.DRAFT:
            continue
        known = stretches.get(assignment.id, [])
        if [one.number for one in known] != list(range(1, len(known) + 1)) or not known:
            yield Text(
                f"phân công {assignment.public_id}: các trạng thái không được đánh số liên tục",
                f"assignment {assignment.public_id}: its standings are not numbered in turn",
            )
            continue
        ends = [one.until for one in known]
        if ends != [*(one.since for one in known[1:]), None]:
            yield Text(
                f"phân công {assignment.public_id}: các trạng thái không nối tiếp nhau",
                f"assignment {assignment.public_id}: its standings do not follow each other",
            )
        right = standings.facts(task, assignment, owed)
        right["records"] = records.get(assignment.id, 0)
        stored = {name: getattr(known[-1], name) for name in right}
        if stored != right:
            yield Text(
                f"phân công {assignment.public_id}: trạng thái đang lưu {stored}, tính lại {right}",
                f"assignment {assignment.public_id}: standing {stored}, recomputed {right}",
            )


def _withdrawals(session: Session) -> Iterator[Text]:
    """A record is withdrawn if, and only if, there is the fact of its withdrawal."""
    query = select(Activity.public_id, Activity.status, Withdrawal.id.is_not(None)).outerjoin(
        Withdrawal, Withdrawal.activity_id == Activity.id
    )
    for public_id, status, withdrawn in session.execute(query):
        if (status is ActivityStatus.WITHDRAWN) is not bool(withdrawn):
            yield Text(
                f"bản ghi {public_id}: {status}, nhưng {'có' if withdrawn else 'không có'} việc rút lại",
                f"activity {public_id}: {status}, but {'a' if withdrawn else 'no'} withdrawal on record",
            )


def _shares(session: Session) -> Iterator[Text]:
    """The leads of a task that count share all of it: a group that fans out counts through its members."""
    shared: dict[tuple[str, str], Fraction] = {}
    query = (
        select(Plan.slug, Task.code, Assignment)
        .join(Task, Task.id == Assignment.task_id)
        .join(Plan, Plan.id == Task.plan_id)
        .where(Assignment.role == Role.LEAD)
    )
    for plan, task, assignment in session.execute(query):
        part = Fraction(0) if assignment.fans_out else assignment.share
        shared[plan, task] = shared.get((plan, task), Fraction(0)) + part
    for (plan, task), total in shared.items():
        if total != 1:
            yield Text(
                f"nhiệm vụ {task} của {plan}: phần của các cơ quan chủ trì cộng lại là {total}",
                f"task {task} of {plan}: the shares of its leads sum to {total}",
            )


def _journal(session: Session) -> Iterator[Text]:
    """Every version of every recorded row has its entry, and every entry its row.

    Codes repeat from plan to plan, and two rows may go by one name: what is known by the same words is
    counted together.
    """
    versions: Counter[_Known] = Counter()
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, Recorded):
            for row in session.scalars(select(mapper.class_).execution_options(yield_per=_AT_ONCE)):
                versions[row.subject.value, row.ref, row.plan_of] += row.version
    query = select(Change.subject, Change.ref, Change.plan_id, func.count())
    counted = session.execute(query.group_by(Change.subject, Change.ref, Change.plan_id))
    entries: Counter[_Known] = Counter({(what, ref, plan): found for what, ref, plan, found in counted})
    for known in versions | entries:
        if versions[known] != entries[known]:
            what, ref, _ = known
            yield Text(
                f"{what} {ref}: phiên bản {versions[known]}, nhưng nhật ký có {entries[known]} mục",
                f"{what} {ref}: version {versions[known]}, but {entries[known]} journal entries",
            )


_Known = tuple[str, str, int | None]
"""What a row goes by in the journal: its kind, its name, its plan."""

_AT_ONCE = 1000
"""How many rows the audit holds at a time."""
