"""Looking up what a change names: what is not there, or not of the right kind, is told where it stands."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Invalid
from app.models import Agency, Section, Task
from app.models.unit import today
from app.rules.vocabulary import AgencyKind, TaskFamily, TaskKind
from app.services import sight
from app.services.drafting import Draft
from app.services.grounds import WITHOUT_ACCOUNT, has_ended


def task(draft: Draft, code: str, pointer: str = "/task") -> Task:
    """A task of the plan, of either family."""
    if code not in draft.tasks:
        raise sight.unknown_task(pointer)
    return draft.tasks[code]


def duty(draft: Draft, code: str, pointer: str = "/task", kind: TaskKind | None = None) -> Task:
    """A duty; of one kind, where only that kind has what is to be changed."""
    found = task(draft, code, pointer)
    if found.family is TaskFamily.PROGRAMME:
        raise Invalid.at(
            pointer,
            "carried_out_by_duties",
            "Nhiệm vụ trọng tâm được thực hiện qua các nhiệm vụ được phân công",
            "A programme item is carried out by duties",
        )
    if kind is not None and found.kind is not kind:
        raise Invalid.at(
            pointer,
            "wrong_kind",
            f"Chỉ dành cho nhiệm vụ loại “{kind.label_vi}”",
            f"Only for tasks of the kind “{kind.value}”",
        )
    return found


def agency(draft: Draft, code: str, pointer: str) -> Agency:
    """An agency, group or partner on record."""
    return _on_record(draft.agencies.get(code), pointer)


def living(draft: Draft, code: str, pointer: str, on: date | None = None) -> Agency:
    """One that has not come to an end before a day, today unless said otherwise: an abolished body can write
    nothing, so it can be given nothing."""
    return still_there(agency(draft, code, pointer), on or today(draft.session), pointer)


def body(draft: Draft, code: str, pointer: str, *, group: bool = False, on: date | None = None) -> Agency:
    """An organisation that can answer for work, or a group where groups will do. Never a partner."""
    found = living(draft, code, pointer, on)
    if found.kind is AgencyKind.EXTERNAL_PARTNER:
        raise Invalid.at(
            pointer,
            "partner_not_accountable",
            "Đối tác bên ngoài không chịu trách nhiệm và không có tài khoản",
            "An external partner is never accountable and has no account",
        )
    if found.kind is AgencyKind.GROUP and not group:
        raise Invalid.at(
            pointer, "is_a_group", "Cần một cơ quan, không phải nhóm", "A body is needed, not a group"
        )
    return found


def office(session: Session, code: str, pointer: str) -> Agency:
    """A body that can have an account, named outside of any decision: no group, no partner."""
    found = _on_record(session.scalars(select(Agency).where(Agency.code == code)).one_or_none(), pointer)
    if found.kind in WITHOUT_ACCOUNT:
        raise Invalid.at(
            pointer,
            "no_account",
            "Cần một cơ quan, không phải nhóm hay đối tác",
            "A body, not a group or a partner",
        )
    return found


def still_there(found: Agency, day: date, pointer: str) -> Agency:
    """The same, unless it has come to an end before a day."""
    if has_ended(found.valid_to, day):
        raise Invalid.at(
            pointer,
            "agency_not_active",
            "Cơ quan này đã kết thúc hoạt động",
            "This agency has come to an end",
        )
    return found


def _on_record(found: Agency | None, pointer: str) -> Agency:
    if found is None:
        raise Invalid.at(
            pointer, "unknown_agency", "Hệ thống không có cơ quan này", "There is no such agency on record"
        )
    return found


def group(draft: Draft, code: str, pointer: str) -> Agency:
    """A group."""
    found = agency(draft, code, pointer)
    if found.kind is not AgencyKind.GROUP:
        raise Invalid.at(pointer, "not_a_group", "Đây không phải là nhóm", "This is not a group")
    return found


def section(draft: Draft, code: str) -> Section:
    """A section of the document."""
    if code not in draft.sections:
        raise Invalid.at(
            "/section", "unknown_section", "Kế hoạch không có mục này", "The plan has no such section"
        )
    return draft.sections[code]
