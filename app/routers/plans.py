"""Plans and their document."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.schemas.plans import (
    ObjectiveFilter,
    ObjectiveOut,
    ObjectivePage,
    PlanDetail,
    PlanFilter,
    PlanPage,
    SectionFilter,
    SectionOut,
    SectionPage,
)
from app.services import plans
from app.web.desk import AtDesk

router = APIRouter(prefix="/v1/plans", tags=["plans"])


@router.get("", operation_id="find_plans", summary="Danh sách kế hoạch · List plans", response_model=PlanPage)
def find_plans(ask: Annotated[PlanFilter, Query()], desk: AtDesk) -> Response:
    """Mọi kế hoạch mà hệ thống theo dõi. · Every plan the service carries."""
    return desk.listing(ask, lambda session, _actor, page: plans.find(session, page))


@router.get("/{plan}", operation_id="get_plan", summary="Một kế hoạch · One plan", response_model=PlanDetail)
def get_plan(plan: str, desk: AtDesk) -> Response:
    """Dữ kiện, căn cứ, nguồn và các điểm bất thường của văn bản. · Its facts, legal bases, sources and the
    anomalies of its text."""
    return desk.read(lambda session, actor: plans.get(session, actor, plan))


@router.get(
    "/{plan}/sections",
    operation_id="find_sections",
    summary="Cây mục của văn bản · The document's tree",
    response_model=SectionPage,
)
def find_sections(plan: str, ask: Annotated[SectionFilter, Query()], desk: AtDesk) -> Response:
    """Các phần, mục theo thứ tự văn bản. · Parts and headings in the order of the document."""
    return desk.listing(ask, lambda session, actor, page: plans.sections(session, actor, plan, page))


@router.get(
    "/{plan}/sections/{code}",
    operation_id="get_section",
    summary="Một mục · One section",
    response_model=SectionOut,
)
def get_section(plan: str, code: str, desk: AtDesk) -> Response:
    """Một nút của cây mục. · One node of the tree."""
    return desk.read(lambda session, actor: plans.section(session, actor, plan, code))


@router.get(
    "/{plan}/objectives",
    operation_id="find_objectives",
    summary="Mục đích, yêu cầu · Objectives",
    response_model=ObjectivePage,
)
def find_objectives(plan: str, ask: Annotated[ObjectiveFilter, Query()], desk: AtDesk) -> Response:
    """Phần I của kế hoạch; không bao giờ tính vào tiến độ. · Part I; never counted in progress."""
    return desk.listing(ask, lambda session, actor, page: plans.objectives(session, actor, plan, page))


@router.get(
    "/{plan}/objectives/{code}",
    operation_id="get_objective",
    summary="Một mục đích, yêu cầu · One objective",
    response_model=ObjectiveOut,
)
def get_objective(plan: str, code: str, desk: AtDesk) -> Response:
    """Một mục đích hoặc yêu cầu. · One purpose or requirement."""
    return desk.read(lambda session, actor: plans.objective(session, actor, plan, code))
