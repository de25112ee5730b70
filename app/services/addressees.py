"""Addressees: whom an urge can be for, under which row of the policy, and what a refused caller could send
instead.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Fault, Text
from app.models import Agency, Assignment, Membership, Task
from app.rules.judging import Permit, judge
from app.rules.ownership import Action
from app.rules.parties import Actor, Item, seen_by
from app.rules.urging import UrgeAbout
from app.rules.vocabulary import AgencyKind, Role, Visibility
from app.services import grounds
from app.services.grounds import WITHOUT_ACCOUNT, Ground


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked for: about what, in which task (None: in all the plan), and of whom, by their codes."""

    about: UrgeAbout
    task: Task | None
    item: Item
    to: tuple[str, ...]

    @property
    def action(self) -> Action:
        """The row of the policy it comes under."""
        if self.about is UrgeAbout.SETTLEMENT:
            return Action.URGE_SETTLEMENT
        coordinators = self.item.roles.get(Role.COORDINATE, ())
        return Action.URGE_COORDINATOR if set(self.to) <= set(coordinators) else Action.URGE_CONTENT


class Addressees:
    """Whom one caller can urge in one plan."""

    def __init__(self, session: Session, here: Ground, actor: Actor) -> None:
        self._session, self._here, self._actor = session, here, actor

    def call(self, about: UrgeAbout, task: Task | None, named: Agency | None) -> Call:
        """Take up what is asked for. A group stands for those of its members that can be urged so."""
        on = self._here.item if task is None else grounds.item(self._session, self._here, task)
        code = named.code if named else ""
        return Call(about, task, on, self._members(about, task, named) or (code,))

    def _members(self, about: UrgeAbout, task: Task | None, named: Agency | None) -> tuple[str, ...]:
        if named is None or named.kind is not AgencyKind.GROUP:
            return ()
        query = select(Membership.member_id).where(
            Membership.group_id == named.id,
            grounds.current(self._here.today, Membership),
        )
        known = set(self._session.scalars(query))
        return tuple(code for code, body in self.able(about, task).items() if body.id in known)

    def able(self, about: UrgeAbout, task: Task | None) -> dict[str, Agency]:
        """The bodies that can be urged: they have an account, exist, are not the caller, and are assigned: to
        the task, where content is urged; otherwise to anything in the plan."""
        day = self._here.today
        given = select(Assignment.agency_id).where(
            Assignment.plan_id == self._here.plan.id, grounds.current(day)
        )
        if task is not None and about is UrgeAbout.CONTENT:
            given = given.where(Assignment.task_id == task.id)
        query = select(Agency).where(
            Agency.id.in_(given),
            Agency.id != self._actor.agency_id,
            Agency.kind.not_in(WITHOUT_ACCOUNT),
            grounds.lasting(day, Agency),
        )
        return {body.code: body for body in self._session.scalars(query.order_by(Agency.code))}

    def faults(self, asked: Call, named: Agency | None, able: dict[str, Agency]) -> Iterator[Fault]:
        """What is wrong with a permitted urge, as to whom it is for."""
        if (why := self._unfit(asked, named, able)) is not None:
            yield Fault("/to", *why)
        elif asked.item.visibility is Visibility.STATUS_ONLY:
            yield Fault(
                "/task",
                "status_only",
                Text(
                    "Nhiệm vụ chỉ theo dõi trạng thái: hãy đôn đốc mà không nêu nhiệm vụ",
                    "This duty is tracked by status only: urge without naming it",
                ),
            )
        elif not all(seen_by(code, asked.item) for code in asked.to):
            yield self._not_seen(asked, named)

    def _not_seen(self, asked: Call, named: Agency | None) -> Fault:
        """A task that the urged body may not see is not named to it; what to do, if the caller may."""
        bare = self.call(asked.about, None, named)
        if isinstance(judge(self._actor, bare.action, bare.item), Permit):
            return Fault(
                "/task",
                "task_not_seen",
                Text(
                    "Cơ quan được đôn đốc không được xem nhiệm vụ này: hãy đôn đốc mà không nêu nhiệm vụ",
                    "The urged body may not see this task: urge without naming it",
                ),
            )
        return Fault(
            "/task",
            "task_not_seen",
            Text("Cơ quan được đôn đốc không được xem nhiệm vụ này", "The urged body may not see this task"),
        )

    def _unfit(self, asked: Call, named: Agency | None, able: dict[str, Agency]) -> tuple[str, Text] | None:
        if named is None:
            return "unknown_agency", Text(
                "Hệ thống không có cơ quan này", "There is no such agency on record"
            )
        if named.kind is AgencyKind.EXTERNAL_PARTNER:
            return "agency_without_account", Text(
                "Đối tác bên ngoài không có tài khoản để trả lời",
                "An external partner has no account to answer with",
            )
        if grounds.has_ended(named.valid_to, self._here.today):
            return "agency_not_active", Text(
                "Cơ quan này đã kết thúc hoạt động", "This agency has come to an end"
            )
        if named.id == self._actor.agency_id:
            return "own_agency", Text("Không cơ quan nào tự đôn đốc mình", "No body urges itself")
        if not set(asked.to) <= set(able):
            codes = ", ".join(able)
            return "agency_not_assigned", Text(
                f"Cơ quan này không được phân công ở đây; đôn đốc được: {codes or 'không có'}",
                f"This agency is not assigned here; can be urged: {codes or 'none'}",
            )
        return None

    def instead(self, asked: Call, named: Agency | None) -> dict[str, object] | None:
        """An urge of this caller's that would be taken: of the same bodies in another way, or of the
        coordinators of a task of its own. Any body that is offered can be urged in any task beside it. Where
        none was named, any of those that could have been is meant."""
        other = next(about for about in UrgeAbout if about is not asked.about)
        for about, task in ((asked.about, None), (other, asked.task), (other, None)):
            would = self.call(about, task, named) if named else self._of_any(asked, about, task)
            taken = self._taken(would)
            if would != asked and taken and (named is None or set(taken) == set(would.to)):
                return _offer(about, [task.code] if task else [], taken)
        return self._own_coordinators(asked.task)

    def _of_any(self, asked: Call, about: UrgeAbout, task: Task | None) -> Call:
        """The same asked of every body that it could be for; who else has a part of a status-only duty is not
        told."""
        apart = asked.item.visibility is Visibility.STATUS_ONLY
        able = self.able(asked.about, None if apart else asked.task)
        return replace(self.call(about, task, None), to=tuple(able))

    def _own_coordinators(self, wanted: Task | None) -> dict[str, object] | None:
        own = select(Assignment.task_id).where(
            Assignment.plan_id == self._here.plan.id,
            Assignment.agency_id == self._actor.agency_id,
            Assignment.role == Role.LEAD,
        )
        query = select(Task).where(Task.id.in_(own)).order_by(Task.order_key)
        tasks = {task.id: task for task in self._session.scalars(query)}
        found: dict[str, list[str]] = {}
        for id_, on in grounds.items(self._session, self._here, tasks).items():
            coordinators = on.roles.get(Role.COORDINATE, ())
            would = Call(UrgeAbout.CONTENT, tasks[id_], on, coordinators)
            if coordinators and (taken := self._taken(would)):
                found[tasks[id_].code] = taken
        if not found:
            return None
        to = found.get(wanted.code if wanted else "") or next(iter(found.values()))
        return _offer(UrgeAbout.CONTENT, [code for code, bodies in found.items() if bodies == to], to)

    def _taken(self, would: Call) -> list[str]:
        """Those whom the caller could urge so, of those it is for."""
        verdict = judge(self._actor, would.action, would.item)
        if would.item.visibility is Visibility.STATUS_ONLY or not isinstance(verdict, Permit):
            return []
        able = self.able(would.about, would.task)
        return [code for code in would.to if code in able and seen_by(code, would.item)]


def _offer(about: UrgeAbout, tasks: Collection[str], to: Collection[str]) -> dict[str, object]:
    task = {"task": list(tasks)} if tasks else {}
    return {"operation": "urge", "about": [about.value], **task, "to": list(to)}
