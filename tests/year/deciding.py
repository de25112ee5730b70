"""What a decision does to the plan (docs/decisions/0013): nothing is taken from anybody's name, and the
shares of one task always sum to 1."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.year.model import Plan
from tests.year.steps import Change
from tests.year.things import Level, Output, Part, Task

DAY = timedelta(days=1)


def decide(plan: Plan, changes: Sequence[Change], today: date) -> None:
    """All of it, in its order; the plan is at the next revision."""
    for change in changes:
        _DO[change["change"]](plan, change, today)
    plan.revision += 1


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _owing(task: Task, today: date) -> Iterable[Part]:
    """The single bodies that answer for a task now."""
    return [
        part
        for part in task.leads
        if part.task.plan.kinds[part.agency] != "group" and (part.until is None or part.until >= today)
    ]


def _weight(plan: Plan, change: Change, _today: date) -> None:
    plan.tasks[change["task"]].weight = change["weight"]


def _status(plan: Plan, change: Change, _today: date) -> None:
    plan.tasks[change["task"]].status = change["status"]


def _deadline(plan: Plan, change: Change, _today: date) -> None:
    plan.tasks[change["task"]].due = _day(change["due_on"])


def _thresholds(plan: Plan, change: Change, _today: date) -> None:
    plan.thresholds |= {name: Fraction(value) for name, value in change.items() if name != "change"}


def _target(plan: Plan, change: Change, today: date) -> None:
    task = plan.tasks[change["task"]]
    task.target = change["target"]
    _owe_anew(task, today)


def _milestones(plan: Plan, change: Change, today: date) -> None:
    """One with a code is there already; a new one has the next number."""
    task = plan.tasks[change["task"]]
    last = max(one.number for part in task.leads for one in part.outputs)
    task.milestones = []
    for one in change["milestones"]:
        last += one.get("code") is None
        number = int(one["code"][1:]) if one.get("code") else last
        output = Output(f"M{number}", number, "milestone", _day(one.get("due_on")), one.get("weight", 1))
        task.milestones.append(output)
    _owe_anew(task, today)


def _owe_anew(task: Task, today: date) -> None:
    """Each body owes this from now on; what else it owed is dropped, and what was done stays on record."""
    for part in _owing(task, today):
        _owe(part, task.planned())


def _owe(part: Part, planned: Iterable[Output]) -> None:
    wanted = {one.code: one for one in planned}
    for output in part.outputs:
        output.dropped = output.code not in wanted
        if one := wanted.pop(output.code, None):
            output.due, output.weight = one.due, one.weight
    part.outputs += [one.anew() for one in wanted.values()]
    part.outputs.sort(key=lambda one: one.number)


def _leads(plan: Plan, change: Change, today: date) -> None:
    """Who leaves keeps what it reported, with the part of its share that goes with that; who comes has the
    rest of the share and what is still to do. No figure moves."""
    task = plan.tasks[change["task"]]
    coming = [one["agency"] for one in change["leads"]]
    rest: list[Output] = []
    for part in _owing(task, today):
        if part.agency not in coming:
            rest = _hand_over(part, today)
    kept = sum((part.share for part in task.leads if part.agency not in coming), Fraction(0))
    for agency in coming:
        known = next((part for part in task.leads if part.agency == agency), None)
        if known is None:
            known = Part(task, agency)
            task.leads.append(known)
        known.share, known.until = (1 - kept) / len(coming), None
        own = {one.code for one in known.kept}
        _owe(known, [*known.kept, *(one for one in rest if one.code not in own)])


def _hand_over(part: Part, today: date) -> list[Output]:
    done = [one for one in part.kept if part.level(one) > Level.NONE]
    rest = [one for one in part.kept if one not in done]
    whole = sum(one.weight for one in part.kept)
    part.share = part.share * Fraction(sum(one.weight for one in done), whole) if whole else Fraction(0)
    part.until = today - DAY
    for one in rest:
        one.dropped = True
    return rest


def _agency(plan: Plan, change: Change, _today: date) -> None:
    plan.kinds[change["code"]] = change["kind"]


def _member(plan: Plan, change: Change, today: date) -> None:
    """A body joins a group, or leaves it; every duty that the group has follows."""
    group, agency = change["group"], change["agency"]
    first, last = _day(change.get("valid_from")), _day(change.get("valid_to"))
    before = plan.current(group, today)
    others = [one for one in plan.members[group] if one[0] != agency]
    began = next((one[1] for one in plan.members[group] if one[0] == agency), first)
    plan.members[group] = [*others, (agency, began, last)]
    joins = agency not in before
    for task in plan.tasks.values():
        if group in task.pots and joins:
            _join(task, group, agency, first or today, before)
        elif group in task.pots and last is not None:
            _leave(task, group, agency, last, before)
        if group in task.helping:
            _help(task, group, agency, None if joins else last)


def _join(task: Task, group: str, agency: str, since: date, before: Sequence[str]) -> None:
    """It owes what had not ended on the day it joined. A group that had nobody now works through it."""
    pot = task.pots[group]
    task.leads = [part for part in task.leads if part.agency != group]
    for part in task.leads:
        if part.group == group and part.agency in before:
            part.share += pot / (len(before) + 1) - pot / len(before)
    to_do = [one for one in task.planned() if one.last is None or one.last >= since]
    task.leads.append(Part(task, agency, pot / (len(before) + 1), group, outputs=to_do))


def _leave(task: Task, group: str, agency: str, last: date, before: Sequence[str]) -> None:
    """It keeps what it did and what had begun, and the share of that; the others divide what is left."""
    part = next(part for part in task.leads if part.agency == agency)
    whole, pot = sum(one.weight for one in part.kept), task.pots[group]
    for one in part.kept:
        one.dropped = part.level(one) is Level.NONE and not (one.first and one.first <= last)
    stays = sum(one.weight for one in part.kept)
    part.share, part.until = part.share * Fraction(stays, whole) if whole else Fraction(0), last
    task.pots[group] = pot - part.share
    for other in task.leads:
        if other.group == group and other is not part and other.agency in before:
            other.share += task.pots[group] / (len(before) - 1) - pot / len(before)


def _help(task: Task, group: str, agency: str, until: date | None) -> None:
    """Members coordinate in their group's stead; who leads a task does not coordinate it as well."""
    task.helpers = [part for part in task.helpers if part.agency != group]
    known = next((part for part in task.helpers if part.agency == agency), None)
    if known is not None:
        known.until = until
    elif all(part.agency != agency for part in task.leads):
        task.helpers.append(Part(task, agency, group=group))


_DO: Mapping[str, Callable[[Plan, Any, date], None]] = {
    "weight": _weight,
    "status": _status,
    "deadline": _deadline,
    "thresholds": _thresholds,
    "target": _target,
    "milestones": _milestones,
    "leads": _leads,
    "agency": _agency,
    "member": _member,
}
