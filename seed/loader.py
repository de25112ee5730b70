"""Carries a plan file through the services, as the plan's secretariat: all of it or nothing of it.

Loading the same file again changes nothing. A plan that is on record changes by amendments, never by
loading another version of its file.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from app.errors import Conflict, Text
from app.rules.parties import Actor
from app.rules.vocabulary import AgencyKind, Scope, Source
from app.services import assigning, drafting, drafting_money, known_bodies
from app.services.drafting import Draft
from app.services.known_bodies import Said
from seed import format as plan_format
from seed.document import Plan
from seed.format import PlanFile
from seed.work import Assignment, Task

PLAN_2023 = Path(__file__).parent / "ttdn-2023.json"

Progress = Callable[[str, int], None]
"""Told after each step: what was entered, and how many of it."""


def read(path: Path) -> tuple[PlanFile, str]:
    """Read and check a plan file; return it with the digest of what it says."""
    return plan_format.read_with_digest(path)


def load(session: Session, plan_file: PlanFile, digest: str, tell: Progress) -> bool:
    """Enter the plan; False when this very file has been loaded before."""
    if not is_new(session, plan_file, digest):
        return False
    draft = drafting.begin(session, _secretariat(plan_file), plan_file.plan.owner, plan_file.plan.secretariat)
    for what, how_many in _steps(draft, plan_file, digest):
        tell(what, how_many)
    return True


def is_new(session: Session, plan_file: PlanFile, digest: str) -> bool:
    """Whether there is something to load. `Conflict` where the file does not fit what is on record, which
    names every place, since nobody mends a file by one place at a time."""
    slug = plan_file.plan.slug
    known = drafting.known(session, slug)
    if known == digest:
        return False
    if known is not None:
        raise Conflict(
            Text(
                f"Kế hoạch {slug} đã được nạp từ một phiên bản khác của tệp; "
                "kế hoạch chỉ thay đổi bằng quyết định điều chỉnh",
                f"Plan {slug} was loaded from another version of the file; a plan changes by amendments only",
            )
        )
    if found := known_bodies.faults(session, _said(plan_file)):
        raise Conflict(
            Text(
                f"Tệp khác với hệ thống ở {len(found)} chỗ, nên không nạp gì",
                f"The file differs from what is on record in {len(found)} place(s); nothing was loaded",
            ),
            faults=found,
        )
    return True


def _said(plan_file: PlanFile) -> Said:
    plan = plan_file.plan
    owing = {one.agency for task in plan_file.tasks for one in task.assignments}
    return Said(
        bodies={one.code: {"kind": one.kind, "name_vi": one.name_vi} for one in plan_file.agencies},
        working=owing | {code for code in (plan.owner, plan.secretariat, plan.superior) if code},
        stays=[
            (group.code, one.agency, one.valid_from, one.valid_to)
            for group in plan_file.agencies
            for one in group.members
        ],
        begins=plan.period.first,
    )


def _secretariat(plan_file: PlanFile) -> Actor:
    """The body that enters the plan: its secretariat, or its owner where it has none."""
    code = plan_file.plan.secretariat or plan_file.plan.owner
    kind = next(agency.kind for agency in plan_file.agencies if agency.code == code)
    return Actor(agency=code, kind=kind, agency_id=None, scopes=frozenset({Scope.PUSH}), via="cli:seed")


def _steps(draft: Draft, plan_file: PlanFile, digest: str) -> Iterator[tuple[str, int]]:
    yield from _bodies(draft, plan_file)
    plan = plan_file.plan
    drafting.open_plan(draft, plan.owner, plan.secretariat, plan.superior, _plan(plan_file, digest))
    for section in plan_file.sections:
        drafting.add_section(draft, section.parent, _facts(section, "parent"))
    yield "mục của văn bản · sections", len(plan_file.sections)
    for objective in plan_file.objectives:
        drafting.add_objective(draft, objective.section, _facts(objective, "section"))
    yield "mục đích, yêu cầu · objectives", len(plan_file.objectives)
    yield from _work(draft, plan_file)
    for event in plan_file.events:
        drafting.add_event(draft, event.task, _facts(event, "task"))
    yield "sự kiện · events", len(plan_file.events)
    if plan_file.budget is not None:
        lines = [(line.agency, _facts(line, "agency")) for line in plan_file.budget.lines]
        drafting_money.add_budget(draft, _facts(plan_file.budget, "lines"), lines)
        yield "dòng kinh phí · budget lines", len(lines)
    yield "đầu ra phải có · outputs owed", assigning.take_effect(draft)


def _bodies(draft: Draft, plan_file: PlanFile) -> Iterator[tuple[str, int]]:
    """Agencies first, for members and everything after refer to them."""
    for agency in plan_file.agencies:
        names = [_facts(name) for name in agency.names]
        drafting.register_agency(draft, _facts(agency, "members", "names"), names)
    yield "cơ quan, nhóm, đối tác · agencies, groups, partners", len(plan_file.agencies)
    members = [(agency.code, member) for agency in plan_file.agencies for member in agency.members]
    for group, member in members:
        drafting.register_member(draft, group, member.agency, _facts(member, "agency"))
    yield "thành viên nhóm · members of groups", len(members)


def _work(draft: Draft, plan_file: PlanFile) -> Iterator[tuple[str, int]]:
    """All tasks first, for links refer to any of them."""
    for task in plan_file.tasks:
        drafting.add_task(draft, task.section, _task(task))
    yield "nhiệm vụ · tasks", len(plan_file.tasks)
    for task in plan_file.tasks:
        assigning.assign(draft, task.code, [_assignment(one) for one in task.assignments])
        for duty in task.implemented_by:
            drafting.link(draft, task.code, duty, task.implemented_by_source or Source.OUR_READING)
    yield "phân công theo văn bản · assignments", sum(len(task.assignments) for task in plan_file.tasks)


def _facts(item: BaseModel, *apart: str) -> dict[str, Any]:
    """An item's fields as the services take them; `apart` are handed over on their own."""
    return {name: getattr(item, name) for name in type(item).model_fields if name not in apart}


def _plan(plan_file: PlanFile, digest: str) -> dict[str, Any]:
    plan: Plan = plan_file.plan
    return {
        "slug": plan.slug,
        "number": plan.number,
        "number_printed": plan.number_printed,
        "title_vi": plan.title_vi,
        "title_en": plan.title_en,
        "year": plan.year,
        "period_from": plan.period.first,
        "period_to": plan.period.last,
        "effective_on": plan.effective_on.value,
        "issued_on": plan.issued_on.value,
        "place": plan.place.value,
        "signer_office_vi": plan.signer_office.vi if plan.signer_office else None,
        "signer_office_en": plan.signer_office.en if plan.signer_office else None,
        "issuer_vi": plan.issuer.vi,
        "issuer_en": plan.issuer.en,
        "reporting_period": plan.reporting_period.value,
        "funding_source_vi": plan.funding_source.vi if plan.funding_source else None,
        "funding_source_en": plan.funding_source.en if plan.funding_source else None,
        "events_open": plan_file.events_open,
        "superiors": _superiors(plan_file),
        "stated": [
            {"fact": fact, "source": getattr(plan, fact).source}
            for fact in ("period", "place", "issued_on", "effective_on", "reporting_period")
        ],
        "source_text": plan.source.model_dump(mode="json") if plan.source else None,
        "legal_bases": [basis.model_dump(mode="json") for basis in plan.legal_bases],
        "recipients": [recipient.model_dump(mode="json") for recipient in plan.recipients],
        "anomalies": [
            {
                "number": anomaly.number,
                "lines": anomaly.lines,
                "printed": anomaly.printed,
                "reading_vi": anomaly.reading_vi,
                "reading_en": anomaly.reading_en,
                "kind": anomaly.anomaly_class,
            }
            for anomaly in plan_file.anomalies
        ],
        "file_digest": digest,
    }


def _superiors(plan_file: PlanFile) -> list[str]:
    """The superior bodies that the plan is sent to, and the one that approves for its owner."""
    kinds = {agency.code: agency.kind for agency in plan_file.agencies}
    named = [plan_file.plan.superior, *(recipient.agency for recipient in plan_file.plan.recipients)]
    above = [code for code in named if code and (kinds[code] is AgencyKind.SUPERIOR or code == named[0])]
    return list(dict.fromkeys(above))


def _task(task: Task) -> dict[str, Any]:
    gap = task.ownership_gap
    apart = ("section", "implemented_by", "implemented_by_source", "ownership_gap", "assignments", "parts")
    return {
        **_facts(task, *apart),
        "gap_vi": gap.vi if gap else None,
        "gap_en": gap.en if gap else None,
        "parts": [part.model_dump(mode="json") for part in task.parts],
    }


def _assignment(one: Assignment) -> tuple[str, Fraction | None, dict[str, Any]]:
    read = one.role_read
    facts = {
        "role": one.role,
        "verb_printed": one.verb_printed,
        "role_read_vi": read.vi if read else None,
        "role_read_en": read.en if read else None,
        "source": one.source,
    }
    return one.agency, Fraction(one.share) if one.share else None, facts
