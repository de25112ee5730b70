"""Reshaping: a decision changes what is owed: how much, in what pieces, by when, and whether at all."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import exists, select

from app.errors import Invalid
from app.models import Act, Activity, Assignment, BudgetLink, Output, Task
from app.rules.amending import BECOMES
from app.rules.calendar import rest
from app.rules.lifecycle import Planned, Terms, deadline, owed_from_the_start, period
from app.rules.vocabulary import OutputKind, PeriodKind, Source, TaskKind, TaskStatus, Visibility
from app.schemas import changing as wire
from app.services import access, assigning, fitting, holding, looking_up
from app.services.drafting import Draft
from app.services.holding import Held


def set_weight(draft: Draft, change: wire.WeightChange) -> None:
    """How much a task weighs."""
    held = holding.hold(draft, looking_up.duty(draft, change.task))
    held.task.weight = change.weight
    held.settle()


def set_target(draft: Draft, change: wire.TargetChange) -> None:
    """How many pieces each body owes. Pieces beyond the last are dropped, what was recorded stays surplus."""
    held = holding.hold(draft, looking_up.duty(draft, change.task, kind=TaskKind.COUNTED))
    held.task.target = change.target
    _owe(held, owed_from_the_start(_terms(held)))


def set_deadline(draft: Draft, change: wire.DeadlineChange) -> None:
    """When a task is due, and with it what had its deadline."""
    task = looking_up.duty(draft, change.task)
    fitting.deadline(draft.plan, task.kind, change.due_on)
    held = holding.hold(draft, task)
    before, _ = deadline(held.task.due_on, draft.plan.year)
    held.task.due_on = change.due_on
    held.task.due_source = Source.DECISION if change.due_on else Source.IMPLIED
    after, _ = deadline(change.due_on, draft.plan.year)
    for assignment in held.owing():
        for output in held.of(assignment):
            follows = output.kind is OutputKind.PIECE or (
                output.kind is OutputKind.MILESTONE and output.due_on == before
            )
            if follows:
                output.due_on, output.due_source = after, held.task.due_source
    held.settle()


def set_milestones(draft: Draft, change: wire.MilestonesChange) -> None:
    """What a deliverable consists of."""
    held = holding.hold(draft, looking_up.duty(draft, change.task, kind=TaskKind.DELIVERABLE))
    known = {output.code: output for rows in held.outputs.values() for output in rows}
    named = [one.code for one in change.milestones if one.code is not None]
    for place, one in enumerate(change.milestones):
        if one.code is not None and (one.code not in known or named.count(one.code) > 1):
            raise Invalid.at(
                f"/milestones/{place}/code",
                "unknown_output",
                "Không có mốc này, hoặc đã nêu hai lần; mốc mới thì không ghi mã",
                "There is no such milestone, or it is named twice; a new one has no code yet",
            )
        fitting.deadline(draft.plan, held.task.kind, one.due_on, f"/milestones/{place}/due_on")
    due_on, due_source = deadline(held.task.due_on, draft.plan.year)
    if held.task.due_on is not None:
        due_source = held.task.due_source
    last = max((output.number for output in known.values()), default=0)
    planned = []
    for one in change.milestones:
        last += one.code is None
        number = known[one.code].number if one.code else last
        planned.append(
            Planned(
                OutputKind.MILESTONE,
                one.code or f"M{number}",
                number,
                one.title_vi,
                one.title_en,
                one.due_on or due_on,
                Source.DECISION if one.due_on else due_source,
                weight=one.weight,
            )
        )
    _owe(held, planned)


def set_period(draft: Draft, change: wire.PeriodChange) -> None:
    """How often a continuous duty reports. Periods that have begun stay as they are."""
    if change.task is not None:
        tasks = [looking_up.duty(draft, change.task, kind=TaskKind.CONTINUOUS)]
        access.open_for_change(draft.session, draft.permit, tasks)
        tasks[0].reporting_period = change.period
    else:
        access.open_for_change(draft.session, draft.permit, [draft.plan])
        draft.plan.reporting_period = change.period
        tasks = [
            task
            for task in draft.tasks.values()
            if task.kind is TaskKind.CONTINUOUS and task.reporting_period is None
        ]
    for task in tasks:
        held = holding.hold(draft, task)
        for assignment in held.owing():
            held.owe(assignment, _periods(held, assignment, change.period))
        held.rebalance()
        held.settle()


def _periods(held: Held, assignment: Assignment, kind: PeriodKind) -> list[Planned]:
    """Those that have begun, with all before one that was reported early, and the days after them divided
    anew."""
    plan, kept = held.draft.plan, held.kept(assignment)
    begun = [one for one in kept if holding.is_done(one) or (one.period_from or date.min) <= held.today]
    past = [one.period_to for one in (*begun, *held.kept_beside(assignment)) if one.period_to]
    first = max(past) + timedelta(1) if past else max(plan.period_from, assignment.valid_from or date.min)
    stay = [one for one in kept if one.period_to is None or one.period_to < first]
    numbers = max((one.number for one in stay), default=0)
    new = enumerate(rest(kind, plan.period_from, first, plan.period_to), numbers + 1)
    return [*map(holding.as_planned, stay), *(period(number, one) for number, one in new)]


def set_visibility(draft: Draft, change: wire.VisibilityChange) -> None:
    """Who sees a task. Words that were stored cannot be unstored, and a bare status is no evidence later."""
    task = looking_up.duty(draft, change.task)
    held = holding.hold(draft, task)  # first: what is being recorded is waited for, and seen
    crossing = Visibility.STATUS_ONLY in (task.visibility, change.visibility)
    if crossing and task.visibility is not change.visibility and _was_reported(draft, task):
        raise Invalid.at(
            "/visibility",
            "already_reported",
            "Đã có báo cáo, bản ghi hoặc dòng kinh phí (kể cả đã rút, đã bỏ): không đổi được sang hay khỏi"
            " chế độ chỉ theo dõi trạng thái",
            "Something was reported, recorded or budgeted already, if only to be taken back: it can neither"
            " become status-only nor cease to be",
        )
    fitting.visibility(task.kind, change.visibility)
    task.visibility = change.visibility
    held.settle()


def _was_reported(draft: Draft, task: Task) -> bool:
    """An occurrence tells something as well: that it came up, and under which name. An office that only asks
    learns nothing of what it does not see: of a status-only duty the periods of others."""
    parts = select(Assignment.id).where(Assignment.task_id == task.id)
    if draft.is_proposed and task.visibility is Visibility.STATUS_ONLY:
        parts = parts.where(Assignment.agency_id == draft.permit.actor.agency_id)
    of_them = Output.assignment_id.in_(parts)
    found = [
        exists().where(Activity.assignment_id.in_(parts)),
        exists().where(of_them, Act.output_id == Output.id),
        exists().where(of_them, Output.kind == OutputKind.OCCURRENCE),
        *([] if draft.is_proposed else [exists().where(BudgetLink.task_id == task.id)]),
    ]
    return any(draft.session.scalars(select(one)).one() for one in found)


def set_status(draft: Draft, change: wire.StatusChange) -> None:
    """Cancel, suspend, supersede, carry over, or take up again."""
    task = looking_up.duty(draft, change.task)
    if change.status is not task.status and change.status not in BECOMES[task.status]:
        offered = sorted(status.value for status in BECOMES[task.status])
        words = ", ".join(f"“{TaskStatus(one).label_vi}” ({one})" for one in offered)
        raise Invalid.at(
            "/status",
            "status_not_possible",
            f"Từ tình trạng “{task.status.label_vi}” chỉ chuyển được sang: {words}",
            f"From “{task.status.value}” it can only become: {', '.join(offered)}",
            offered_statuses=offered,
        )
    superseded = change.status is TaskStatus.SUPERSEDED
    if superseded is not (change.superseded_by is not None):
        raise Invalid.at(
            "/superseded_by",
            "superseded_by_what",
            "Nêu nhiệm vụ thay thế khi, và chỉ khi, nhiệm vụ được thay thế",
            "Name the task that takes its place if, and only if, it is superseded",
        )
    if change.superseded_by is not None:
        looking_up.duty(draft, change.superseded_by, "/superseded_by")
        if change.superseded_by == change.task:
            raise Invalid.at(
                "/superseded_by", "is_itself", "Là chính nhiệm vụ này", "This is the task itself"
            )
        if change.task in _replaced(draft, change.superseded_by):
            raise Invalid.at(
                "/superseded_by",
                "replace_each_other",
                "Nhiệm vụ đó lại được thay thế bằng chính nhiệm vụ này: không thay thế lẫn nhau",
                "That task is superseded by this one: they cannot take each other's place",
            )
    held = holding.hold(draft, task)
    task.status, task.superseded_by = change.status, change.superseded_by
    held.settle()


def _replaced(draft: Draft, code: str) -> set[str]:
    """What takes a task's place, and what takes the place of that, and so on."""
    found: set[str] = set()
    while (by := draft.tasks[code].superseded_by) is not None and by not in found:
        found.add(by)
        code = by
    return found


def _terms(held: Held) -> Terms:
    return assigning.terms(held.draft.plan, held.task)


def _owe(held: Held, planned: Sequence[Planned]) -> None:
    """Every lead owes this from now on as far as it is its own: what is new is owed by all, and what a former
    lead did is nobody else's."""
    source = held.task.due_source
    planned = [
        replace(one, due_source=source) if one.due_source is Source.PLAN_TEXT else one for one in planned
    ]
    leads = [*held.former(), *held.owing()]
    known = {output.code for row in leads for output in held.kept(row)}
    for assignment in held.former():
        own = {one.code for one in held.of(assignment) if not one.dropped or holding.is_done(one)}
        held.owe(assignment, [one for one in planned if one.code in own])
    for assignment in held.owing():
        own = {one.code for one in held.kept(assignment)}
        taken = {one.code for one in held.kept_beside(assignment)}
        held.owe(
            assignment,
            [one for one in planned if one.code in own or (one.code not in known and one.code not in taken)],
        )
    held.rebalance()
    held.settle()
