"""Drawing up a plan: the secretariat enters the document, one call for each thing it has.

In the order agencies, plan, sections, objectives, tasks, links, events, budget; then `assigning` says who
owes what and puts the plan in force. Everything stands under one permit: one act of one body.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, Text
from app.models import (
    Agency,
    AgencyName,
    Event,
    EventLink,
    Implementation,
    Membership,
    Objective,
    Plan,
    Section,
    Task,
)
from app.models.base import Recorded
from app.models.unit import instant
from app.rules import clauses
from app.rules.judging import Permit
from app.rules.ownership import Action
from app.rules.parties import Actor, Item
from app.rules.vietnamese import fold, sort_key
from app.rules.vocabulary import AgencyKind, PlanStatus, Source, TaskStatus
from app.services import access, known_bodies


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan being drawn up: the permit it stands under, and what has been entered, by code."""

    session: Session
    permit: Permit
    agencies: dict[str, Agency] = field(default_factory=dict)
    sections: dict[str, Section] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    plans: list[Plan] = field(default_factory=list)

    @property
    def plan(self) -> Plan:
        """The plan, once it has been opened."""
        return self.plans[0]

    @property
    def is_proposed(self) -> bool:
        """Whether an office only asks for it. It does not see all the plan's money, and learns nothing of it:
        what depends on that is judged by the decision."""
        return self.permit.action is Action.PLAN_PROPOSE

    def enter(self, *rows: Recorded) -> None:
        """Write rows under the permit, so that what follows can refer to them."""
        access.add(self.session, self.permit, rows)
        self.session.flush()


def known(session: Session, slug: str) -> str | None:
    """The digest of the file a plan was drawn up from, or None if there is no such plan."""
    return session.scalars(select(Plan.file_digest).where(Plan.slug == slug)).one_or_none()


def begin(session: Session, actor: Actor, owner: str, secretariat: str | None) -> Draft:
    """Ask leave to draw up a plan of `owner`."""
    item = Item(owner=owner, secretariat=secretariat, plan_status=PlanStatus.DRAFT)
    return Draft(session, access.permit(actor, Action.PLAN_DRAW_UP, item))


def holds_a_plan(session: Session) -> bool:
    """Whether any plan at all is on record."""
    return session.scalars(select(Plan.id).limit(1)).first() is not None


def register_agency(draft: Draft, facts: Mapping[str, Any], names: Sequence[Mapping[str, Any]]) -> Agency:
    """Enter an agency with its names over time, if any are given, or else under its one name without dates.

    One that is on record already keeps its record, if kind and Vietnamese name agree: codes are global to
    an installation, and a translation or a note is no reason to take it for another body.
    """
    code = facts["code"]
    agency = draft.session.scalars(select(Agency).where(Agency.code == code)).one_or_none()
    if agency is None:
        agency = Agency(
            **facts,
            sort_key=sort_key(facts["name_vi"]),
            search_text=fold(
                " ".join([code, *_called(facts), *(word for one in names for word in _called(one))])
            ),
        )
        draft.enter(agency)
        undated = {name: facts[name] for name in ("name_vi", "name_en", "source")}
        oldest_first = sorted(names, key=lambda one: one["valid_from"] or date.min)
        draft.enter(*(AgencyName(agency_id=agency.id, **one) for one in oldest_first or [undated]))
    elif different := [name for name in ("kind", "name_vi") if getattr(agency, name) != facts[name]]:
        raise Conflict(
            Text(
                f"Cơ quan {code} đã có trong hệ thống với dữ liệu khác ở: {', '.join(different)}",
                f"Agency {code} is on record with a different {', '.join(different)}",
            )
        )
    draft.agencies[code] = agency
    return agency


def _called(facts: Mapping[str, Any]) -> tuple[str, str]:
    return facts["name_vi"], facts["name_en"]


def hold_groups(session: Session) -> None:
    """Decide about agencies one after the other, whichever plan it is for: the groups are locked in one
    order, before any plan is, so that of two stays the second is judged beside the first."""
    groups = select(Agency.id).where(Agency.kind == AgencyKind.GROUP).order_by(Agency.id)
    session.execute(groups.with_for_update(key_share=True)).all()


def register_member(draft: Draft, group: str, member: str, facts: Mapping[str, Any]) -> None:
    """Enter a body's place in a group, unless it stands there with the same dates already.

    It may leave and come back; two places at once would contradict each other.
    """
    hold_groups(draft.session)
    group_row, member_row = draft.agencies[group], draft.agencies[member]
    first, last = facts["valid_from"], facts["valid_to"]
    on_record = draft.session.scalars(
        select(Membership).where(Membership.group_id == group_row.id, Membership.member_id == member_row.id)
    ).all()
    if any((row.valid_from, row.valid_to) == (first, last) for row in on_record):
        return
    for row in on_record:
        if known_bodies.overlaps(row, first, last):
            raise Conflict(known_bodies.overlap_told(group, member, row, first, last))
    label = f"{group}/{member}"
    draft.enter(Membership(group_id=group_row.id, member_id=member_row.id, label=label, **facts))


def open_plan(
    draft: Draft, owner: str, secretariat: str | None, superior: str | None, facts: Mapping[str, Any]
) -> Plan:
    """Enter the document's own facts."""
    plan = Plan(
        **facts,
        owner_id=draft.agencies[owner].id,
        secretariat_id=draft.agencies[secretariat].id if secretariat else None,
        superior_id=draft.agencies[superior].id if superior else None,
        status=PlanStatus.DRAFT,
        revision=1,
        sort_key=sort_key(facts["title_vi"]),
        search_text=fold(f"{facts['slug']} {facts['number']} {facts['title_vi']} {facts['title_en']}"),
    )
    draft.enter(plan)
    draft.plans.append(plan)
    return plan


def add_section(draft: Draft, parent: str | None, facts: Mapping[str, Any]) -> None:
    """Enter a node of the tree; its parent is entered already."""
    section = Section(
        **_placed(draft, facts), parent_id=draft.sections[parent].id if parent is not None else None
    )
    draft.enter(section)
    draft.sections[section.code] = section


def add_objective(draft: Draft, section: str, facts: Mapping[str, Any]) -> None:
    """Enter an objective of Part I."""
    draft.enter(Objective(**_placed(draft, facts), section_id=draft.sections[section].id))


def add_task(draft: Draft, section: str, facts: Mapping[str, Any]) -> Task:
    """Enter a task of either family, without its bodies."""
    task = Task(
        **_placed(draft, facts),
        due_source=Source.PLAN_TEXT if facts["due_on"] else Source.IMPLIED,
        section_id=draft.sections[section].id,
        sort_key=sort_key(facts["title_vi"]),
        status=TaskStatus.ACTIVE,
    )
    draft.enter(task)
    draft.tasks[task.code] = task
    return task


def link(draft: Draft, item: str, duty: str, basis: Source) -> None:
    """Enter that a duty carries out a programme item."""
    draft.enter(
        Implementation(
            plan_id=draft.plan.id,
            task_id=draft.tasks[item].id,
            duty_id=draft.tasks[duty].id,
            basis=basis,
            label=f"{item}/{duty}",
        )
    )


def add_event(draft: Draft, task: str | None, facts: Mapping[str, Any]) -> None:
    """Enter an event of the calendar."""
    event = Event(
        **facts,
        plan_id=draft.plan.id,
        sort_key=sort_key(facts["name_vi"]),
        search_text=fold(f"{facts['code']} {facts['name_vi']} {facts['name_en']}"),
        changed_at=instant(draft.session),
    )
    draft.enter(event)
    if task is not None:
        link = EventLink(
            plan_id=draft.plan.id,
            event_id=event.id,
            task_id=draft.tasks[task].id,
            label=f"{event.code}/{task}",
        )
        draft.enter(link)


def _placed(draft: Draft, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of something with a clause code, with the keys that follow from code and titles."""
    code = facts["code"]
    return {
        **facts,
        "plan_id": draft.plan.id,
        "order_key": clauses.order_key(code),
        "search_text": fold(f"{code} {facts['title_vi']} {facts['title_en']}"),
    }
