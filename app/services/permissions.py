"""Permissions: what the caller may do with each thing it sees, told on the thing and taken as a filter. The
same engine as behind every refusal, so neither can say what the other denies."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session

from app.models import Activity, Agency, Assignment, Output, Task
from app.rules import acts
from app.rules.acts import ActKind
from app.rules.judging import allowed
from app.rules.ownership import Action
from app.rules.parties import Actor, Item, part_of, seen_by
from app.rules.vocabulary import ActivityStatus, Level, Role, TaskFamily, TaskKind, Visibility
from app.services import claimants, facts, grounds, last_evidence, sight, statuses
from app.services.grounds import Ground

ON_A_TASK = (
    Action.ACTIVITY_RECORD,
    Action.OCCURRENCE_OPEN,
    Action.STATUS_REPORT,
    Action.STATUS_DECIDE,
    Action.PLAN_PROPOSE,
    Action.PLAN_AMEND,
    Action.URGE_CONTENT,
    Action.URGE_COORDINATOR,
)
OF_A_LEAD = (Action.OCCURRENCE_OPEN, *statuses.ACTIONS)
"""What is done on the part of an accountable body, and not on a contribution."""
ON_AN_ACTIVITY = (Action.ACTIVITY_REVISE, Action.ACTIVITY_WITHDRAW)
ON_AN_OUTPUT = {
    Action.OUTPUT_CLAIM: (ActKind.CLAIM,),
    Action.OUTPUT_WITHDRAW: (ActKind.WITHDRAWAL,),
    Action.OUTPUT_CONFIRM: (ActKind.CONFIRMATION,),
    Action.OUTPUT_SELF_CONFIRM: (ActKind.SELF_CONFIRMATION,),
    Action.OUTPUT_RETURN: (ActKind.RETURN,),
    Action.STATUS_REPORT: (ActKind.CLAIM, ActKind.WITHDRAWAL),
    Action.STATUS_DECIDE: (ActKind.CONFIRMATION, ActKind.RETURN),
}
"""Which acts each of them is; it can be done where one of them can."""
_IN_SQL: dict[ActKind, ColumnElement[bool]] = {
    ActKind.CLAIM: and_(~Output.claimed, ~Output.dropped),
    ActKind.WITHDRAWAL: and_(Output.claimed, ~Output.confirmed),
    ActKind.CONFIRMATION: Output.level == Level.EVIDENCED,
    ActKind.SELF_CONFIRMATION: and_(Output.level == Level.EVIDENCED, ~Output.self_confirmed),
    ActKind.RETURN: Output.level != Level.NONE,
}
"""`acts.is_open` as conditions."""


_URGED = {
    Action.URGE_CONTENT: (Role.LEAD, Role.COORDINATE),
    Action.URGE_COORDINATOR: (Role.COORDINATE,),
}
"""Who could be urged about a task: others than the caller, who have an account and may see it."""


class Permissions:
    """What one caller may do in one plan. The items of tasks are read once, those of `tasks` all at once, and
    those that are `known` not at all; nor is what there is to `spare` of pieces, where it is given."""

    def __init__(
        self,
        session: Session,
        here: Ground,
        actor: Actor,
        tasks: Iterable[Task] = (),
        known: Mapping[int, Item] | None = None,
        spare: Mapping[int, int] | None = None,
    ) -> None:
        self._session, self._here, self._actor = session, here, actor
        asked = {task.id: task for task in tasks}
        self._spare = spare
        self._parts_of: dict[int, list[statuses.Part]] = {}
        self._items = {**(known or {}), **(grounds.items(session, here, asked) if asked else {})}

    def _item(self, task: Task) -> Item:
        if task.id not in self._items:
            self._items[task.id] = grounds.item(self._session, self._here, task)
        return self._items[task.id]

    def on_task(self, task: Task) -> list[Action]:
        """What may be done with a task. A programme item is carried out through its duties."""
        item = self._item(task)
        if task.family is TaskFamily.PROGRAMME:
            return allowed(self._actor, (Action.PLAN_AMEND,), item)
        return self._done_on(task, item)

    def on_assignment(self, task: Task, role: Role, agency: str) -> list[Action]:
        """The same with one body's part of it. A power over others takes no work of its own; a group works
        through its members, whose parts these are; nothing is done on a part not begun or quite over."""
        item = self._item(task)
        has_a_part = agency in item.roles.get(role, ()) or (role is Role.LEAD and agency in item.former)
        if role not in (Role.LEAD, Role.COORDINATE) or not has_a_part:
            return []
        found = self._done_on(task, part_of(item, agency), agency)
        return [action for action in found if role is Role.LEAD or action not in OF_A_LEAD]

    def _done_on(self, task: Task, item: Item, agency: str | None = None) -> list[Action]:
        found = allowed(self._actor, ON_A_TASK, item)
        if task.kind is not TaskKind.TRIGGERED or not item.roles.get(Role.LEAD):
            found = [action for action in found if action is not Action.OCCURRENCE_OPEN]
        for action in [action for action in statuses.ACTIONS if action in found]:
            if not self._has_a_period(action, task, item, agency):
                found.remove(action)
        for action in [action for action in _URGED if action in found]:
            roles = _URGED[action]
            others = {code for role in roles for code in item.roles.get(role, ()) if seen_by(code, item)}
            if not others - item.voiceless - {self._actor.agency}:
                found.remove(action)
        return found

    def _has_a_period(self, action: Action, task: Task, item: Item, agency: str | None) -> bool:
        """Whether a status-only duty has one for this, in the part of one body, or in any that the caller may
        do it to. The parts of all duties that are known are read at once."""
        if task.id not in self._parts_of:
            hidden = {id_ for id_, one in self._items.items() if one.visibility is Visibility.STATUS_ONLY}
            self._parts_of |= statuses.parts(self._session, self._here, hidden - self._parts_of.keys())
        return any(
            action in part.can and allowed(self._actor, (action,), part_of(item, part.agency))
            for part in self._parts_of[task.id]
            if agency in (None, part.agency)
        )

    def on_output(self, task: Task, agency: str, output: Output, by: tuple[str, ...]) -> list[Action]:
        """What may be done with an output that these reported, and would change something now."""
        item, known = part_of(self._item(task), agency, by), facts.of(output, task)
        by_status = task.visibility is Visibility.STATUS_ONLY
        open_ = [
            action
            for action, kinds in ON_AN_OUTPUT.items()
            if (action in statuses.ACTIONS) is by_status and any(acts.is_open(kind, known) for kind in kinds)
        ]
        return allowed(self._actor, open_, item)

    def on_activity(self, task: Task, agency: str, activity: Activity, *, alone: bool) -> list[Action]:
        """What may be done with a record, which may stand `alone` for a confirmed output."""
        if activity.status is not ActivityStatus.STANDING:
            return []
        found = allowed(self._actor, ON_AN_ACTIVITY, part_of(self._item(task), agency))
        if Action.ACTIVITY_WITHDRAW in found and (alone or self._fills_confirmed(task, activity)):
            found.remove(Action.ACTIVITY_WITHDRAW)
        return found

    def _fills_confirmed(self, task: Task, activity: Activity) -> bool:
        if task.kind is not TaskKind.COUNTED:
            return False
        spare = self._to_spare().get(activity.assignment_id, activity.quantity)
        return last_evidence.fills_more(self._here, activity, spare)

    def _to_spare(self) -> Mapping[int, int]:
        if self._spare is None:
            self._spare = last_evidence.to_spare(self._session, self._items.keys())
        return self._spare

    # As filters: `wanted` are codes of actions; a thing passes that any of them can be done with.

    def tasks(self, wanted: Iterable[str]) -> ColumnElement[bool]:
        """A condition on Task."""
        found = set(wanted)
        return Task.id.in_([task.id for task in self._seen() if found & set(self.on_task(task))])

    def assignments(self, wanted: Iterable[str]) -> ColumnElement[bool]:
        """A condition on Assignment."""
        found = set(wanted)
        return Assignment.id.in_(
            [
                id_
                for id_, task, role, agency in self._bodies
                if found & set(self.on_assignment(task, role, agency))
            ]
        )

    def outputs(self, wanted: Iterable[str]) -> ColumnElement[bool]:
        """A condition on Output."""
        return or_(false(), *(self._outputs(Action(action)) for action in wanted if action in ON_AN_OUTPUT))

    def _outputs(self, action: Action) -> ColumnElement[bool]:
        open_ = or_(*(_IN_SQL[kind] for kind in ON_AN_OUTPUT[action]))
        if not (judges := claimants.judging(self._here)):
            return and_(open_, Output.assignment_id.in_(self._parts(action)))
        reported = claimants.reported_by_them(self._here)
        ways = [
            and_(so, Output.assignment_id.in_(self._parts(action, by)))
            for by, so in (((), ~reported), (judges, reported))
        ]
        return and_(open_, or_(*ways))

    def activities(self, wanted: Iterable[str]) -> ColumnElement[bool]:
        """A condition on Activity."""
        ways = [
            and_(Activity.assignment_id.in_(parts), self._in_sql(action))
            for action in ON_AN_ACTIVITY
            if action in set(wanted) and (parts := self._parts(action))
        ]
        return and_(Activity.status == ActivityStatus.STANDING, or_(false(), *ways))

    def _in_sql(self, action: Action) -> ColumnElement[bool]:
        if action is not Action.ACTIVITY_WITHDRAW:
            return true()
        return ~last_evidence.in_sql(self._here, self._to_spare().items())

    def _parts(self, action: Action, by: tuple[str, ...] = ()) -> list[int]:
        """The assignments on which the caller may do this to an output that these reported."""
        return [
            id_
            for id_, task, _, agency in self._bodies
            if allowed(self._actor, (action,), part_of(self._item(task), agency, by))
        ]

    def _seen(self) -> list[Task]:
        """Every task the caller sees whole; its items are read with it."""
        query = select(Task).where(
            Task.plan_id == self._here.plan.id, sight.seen_whole(self._here, self._actor)
        )
        tasks = {task.id: task for task in self._session.scalars(query)}
        if missing := {id_: task for id_, task in tasks.items() if id_ not in self._items}:
            self._items |= grounds.items(self._session, self._here, missing)
        return list(tasks.values())

    @cached_property
    def _bodies(self) -> list[tuple[int, Task, Role, str]]:
        tasks = {task.id: task for task in self._seen()}
        query = (
            select(Assignment.id, Assignment.task_id, Assignment.role, Agency.code)
            .join(Agency, Agency.id == Assignment.agency_id)
            .where(Assignment.task_id.in_(tasks), ~Assignment.fans_out)
        )
        return [(id_, tasks[task], role, code) for id_, task, role, code in self._session.execute(query)]
