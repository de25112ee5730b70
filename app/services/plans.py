"""Plans and the document they stand in: facts, tree, objectives."""

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.errors import NotFound
from app.models import Agency, Objective, Plan, Section
from app.rules.parties import Actor
from app.schemas.base import AgencyRef
from app.schemas.lists import several
from app.schemas.plans import (
    ObjectiveFilter,
    ObjectiveOut,
    ObjectivePage,
    PlanDetail,
    PlanFilter,
    PlanOut,
    PlanPage,
    SectionFilter,
    SectionOut,
    SectionPage,
)
from app.services import agencies, grounds, listing


def find(session: Session, ask: PlanFilter) -> PlanPage:
    """List plans."""
    query = (
        select(Plan, Agency.code, Agency.name_vi)
        .join(Agency, Agency.id == Plan.owner_id)
        .where(*listing.matching(Plan.search_text, ask.q))
    )
    if ask.year is not None:
        query = query.where(Plan.year == ask.year)
    if ask.status:
        query = query.where(Plan.status.in_(several(ask.status)))
    orders = {"slug": Plan.slug, "year": Plan.year}
    found = listing.page(session, query, ask, orders, by="slug", last=[Plan.slug])
    items = [brief(plan, AgencyRef(code=code, name_vi=name)) for plan, code, name in found.rows]
    return PlanPage(items=items, next_cursor=found.next_cursor, total=found.total)


def brief(plan: Plan, owner: AgencyRef) -> PlanOut:
    """A plan as lists show it."""
    columns = {name: getattr(plan, name) for name in PlanOut.model_fields if hasattr(plan, name)}
    return PlanOut(**columns, owner=owner)


def get(session: Session, actor: Actor, slug: str) -> PlanDetail:
    """One plan with its facts, sources and anomalies."""
    plan = grounds.find(session, actor, slug).plan
    columns = {name: getattr(plan, name) for name in PlanDetail.model_fields if hasattr(plan, name)}
    return PlanDetail(
        **columns,
        owner=agencies.ref(session, plan.owner_id),
        secretariat=_body(session, plan.secretariat_id),
        superior=_body(session, plan.superior_id),
    )


def _body(session: Session, agency_id: int | None) -> AgencyRef | None:
    return None if agency_id is None else agencies.ref(session, agency_id)


def sections(session: Session, actor: Actor, slug: str, ask: SectionFilter) -> SectionPage:
    """List the document's tree in the order of the document."""
    here, above = grounds.find(session, actor, slug), aliased(Section)
    query = (
        select(Section, above.code)
        .outerjoin(above, above.id == Section.parent_id)
        .where(Section.plan_id == here.plan.id, *listing.matching(Section.search_text, ask.q))
    )
    if ask.parent:
        query = query.where(above.code.in_(several(ask.parent)))
    orders = {"code": Section.order_key}
    found = listing.page(session, query, ask, orders, by="code", last=[Section.code], place=slug)
    items = [_section(*row) for row in found.rows]
    return SectionPage(items=items, next_cursor=found.next_cursor, total=found.total)


def _section(section: Section, parent: str | None) -> SectionOut:
    return SectionOut(
        code=section.code,
        parent=parent,
        title_vi=section.title_vi,
        title_en=section.title_en,
        line=section.line,
    )


def section(session: Session, actor: Actor, slug: str, code: str) -> SectionOut:
    """One node of the tree."""
    here, above = grounds.find(session, actor, slug), aliased(Section)
    found = session.execute(
        select(Section, above.code)
        .outerjoin(above, above.id == Section.parent_id)
        .where(Section.plan_id == here.plan.id, Section.code == code)
    ).one_or_none()
    if found is None:
        raise NotFound()
    return _section(*found)


def objectives(session: Session, actor: Actor, slug: str, ask: ObjectiveFilter) -> ObjectivePage:
    """List what the plan is for."""
    here = grounds.find(session, actor, slug)
    query = (
        select(Objective, Section.code)
        .join(Section, Section.id == Objective.section_id)
        .where(Objective.plan_id == here.plan.id, *listing.matching(Objective.search_text, ask.q))
    )
    if ask.section:
        query = query.where(Section.code.in_(several(ask.section)))
    orders = {"code": Objective.order_key}
    found = listing.page(session, query, ask, orders, by="code", last=[Objective.code], place=slug)
    items = [_objective(*row) for row in found.rows]
    return ObjectivePage(items=items, next_cursor=found.next_cursor, total=found.total)


def _objective(objective: Objective, section_code: str) -> ObjectiveOut:
    return ObjectiveOut(
        code=objective.code,
        section=section_code,
        title_vi=objective.title_vi,
        title_en=objective.title_en,
        lines=objective.lines,
        line=objective.line,
    )


def objective(session: Session, actor: Actor, slug: str, code: str) -> ObjectiveOut:
    """One objective."""
    here = grounds.find(session, actor, slug)
    found = session.execute(
        select(Objective, Section.code)
        .join(Section, Section.id == Objective.section_id)
        .where(Objective.plan_id == here.plan.id, Objective.code == code)
    ).one_or_none()
    if found is None:
        raise NotFound()
    return _objective(*found)
