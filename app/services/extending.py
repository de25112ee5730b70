"""Extending: a decision adds what the plan did not have: a body, a duty, a link, its own thresholds."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from sqlalchemy import select

from app.errors import Invalid
from app.models import Implementation, Section, Task
from app.rules import clauses
from app.rules.rag import Thresholds, UnfitThresholds
from app.rules.vocabulary import AgencyKind, Source, TaskFamily, TaskKind
from app.schemas import changing as wire
from app.services import access, drafting, fitting, looking_up, reassigning
from app.services.drafting import Draft


def add_agency(draft: Draft, change: wire.AgencyChange) -> None:
    """An organisation that is not on record yet."""
    if change.code in draft.agencies:
        raise Invalid.at("/code", "already_on_record", "Mã này đã có", "This code is on record already")
    facts = {
        "code": change.code,
        "kind": change.kind,
        "name_vi": change.name_vi,
        "name_en": change.name_en,
        "source": Source.DECISION,
    }
    drafting.register_agency(draft, facts, [])


def add_duty(draft: Draft, change: wire.DutyChange) -> None:
    """A duty that the plan did not have, owed from now on."""
    if not clauses.valid(change.code):
        raise Invalid.at("/code", "not_a_clause", "Không phải mã điều khoản", "This is not a clause code")
    if change.code in draft.tasks:
        raise Invalid.at("/code", "already_on_record", "Mã này đã có", "This code is in the plan already")
    if change.target is not None and change.kind is not TaskKind.COUNTED:
        raise Invalid.at(
            "/target",
            "wrong_kind",
            "Chỉ nhiệm vụ theo số lượng mới có chỉ tiêu",
            "Only a counted task has a target",
        )
    fitting.visibility(change.kind, change.visibility)
    fitting.deadline(draft.plan, change.kind, change.due_on)
    section = looking_up.section(draft, change.section)
    if _is_view(draft, section):
        raise Invalid.at(
            "/section",
            "not_for_duties",
            "Mục này gồm nhiệm vụ trọng tâm, được thực hiện qua các nhiệm vụ được phân công ở mục khác",
            "This section holds programme items, which are carried out by duties of other sections",
        )
    if not clauses.lies_in(change.code, section.code):
        raise Invalid.at(
            "/code",
            "clause_elsewhere",
            f"Mã của nhiệm vụ ở mục này phải bắt đầu bằng {section.code}",
            f"The code of a duty in this section begins with {section.code}",
        )
    items = [_item(draft, code, f"/implements/{place}") for place, code in enumerate(change.implements)]
    task = drafting.add_task(
        draft,
        section.code,
        {
            **{name: getattr(change, name) for name in _FACTS},
            "family": TaskFamily.DUTY,
            **dict.fromkeys(("lines", "line", "note_vi", "note_en", "gap_vi", "gap_en")),
            "parts": [],
        },
    )
    if task.due_on is not None:
        task.due_source = Source.DECISION
    leads = wire.LeadsChange(change="leads", task=task.code, leads=change.leads)
    reassigning.set_leads(draft, leads)
    if change.coordinators:
        reassigning.set_coordinators(
            draft,
            wire.CoordinatorsChange(change="coordinators", task=task.code, coordinators=change.coordinators),
        )
    for item in items:
        _link(draft, item, task)


def _is_view(draft: Draft, section: Section) -> bool:
    """Whether what lies in a section is looked at there and counted elsewhere: there are programme items in
    it, or nothing but those in a part it belongs to."""
    by_id = {row.id: row for row in draft.sections.values()}
    families: dict[int, set[TaskFamily]] = {id_: set() for id_ in by_id}
    for task in draft.tasks.values():
        for around in _upwards(by_id, task.section_id):
            families[around].add(task.family)
    parts = [families[around] for around in _upwards(by_id, section.id)]
    return TaskFamily.PROGRAMME in parts[0] or {TaskFamily.PROGRAMME} in parts


def _upwards(sections: Mapping[int, Section], id_: int | None) -> Iterator[int]:
    """A section and all that lies around it."""
    while id_ is not None:
        yield id_
        id_ = sections[id_].parent_id


_FACTS = ("code", "kind", "title_vi", "title_en", "visibility", "weight", "target", "due_on")


def link(draft: Draft, change: wire.ImplementationChange) -> None:
    """A duty carries out a programme item, and may be what was missing of it."""
    item = _item(draft, change.item, "/item")
    duty = looking_up.duty(draft, change.duty, "/duty")
    _link(draft, item, duty)
    if change.closes_gap:
        access.open_for_change(draft.session, draft.permit, [item])
        item.gap_vi = item.gap_en = None


def _item(draft: Draft, code: str, pointer: str) -> Task:
    found = looking_up.task(draft, code, pointer)
    if found.family is not TaskFamily.PROGRAMME:
        raise Invalid.at(
            pointer,
            "not_a_programme_item",
            "Chỉ nhiệm vụ trọng tâm mới được thực hiện qua nhiệm vụ khác",
            "Only a programme item is carried out by duties",
        )
    return found


def _link(draft: Draft, item: Task, duty: Task) -> None:
    if not _is_linked(draft, item, duty):
        drafting.link(draft, item.code, duty.code, Source.DECISION)


def _is_linked(draft: Draft, item: Task, duty: Task) -> bool:
    query = select(Implementation.id).where(
        Implementation.task_id == item.id, Implementation.duty_id == duty.id
    )
    return draft.session.scalars(query).first() is not None


def set_approver(draft: Draft, change: wire.ApproverChange) -> None:
    """The superior that confirms what the monitor itself has to do; it sees the whole plan."""
    superior = looking_up.living(draft, change.agency, "/agency")
    if superior.kind is not AgencyKind.SUPERIOR:
        raise Invalid.at("/agency", "not_a_superior", "Cần một cơ quan cấp trên", "A superior body is needed")
    access.open_for_change(draft.session, draft.permit, [draft.plan])
    draft.plan.superior_id = superior.id
    draft.plan.superiors = list(dict.fromkeys([*draft.plan.superiors, superior.code]))


def set_thresholds(draft: Draft, change: wire.ThresholdsChange) -> None:
    """From where on the plan's colours are amber and red."""
    named = {name: getattr(change, name) for name in _THRESHOLDS if getattr(change, name) is not None}
    stated = {**(draft.plan.thresholds or {}), **named}
    try:
        Thresholds(**{name: Fraction(value) for name, value in stated.items()})
    except UnfitThresholds as error:
        raise Invalid.at(
            "",
            error.code,
            "Ngưỡng từ 0 đến 1, vàng trước đỏ, ngưỡng của nút lớn hơn 0",
            "Thresholds lie within 0..1, amber below red, those of a node above 0",
        ) from error
    access.open_for_change(draft.session, draft.permit, [draft.plan])
    draft.plan.thresholds = stated


_THRESHOLDS = ("obligation_red", "obligation_amber", "node_red", "node_amber")
