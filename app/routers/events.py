"""Events and money, as the plan states them."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.schemas.budget import BudgetLineFilter, BudgetLinePage, BudgetOut
from app.schemas.events import EventFilter, EventOut, EventPage
from app.services import budget, events
from app.web.desk import AtDesk

router = APIRouter(prefix="/v1/plans/{plan}")


@router.get(
    "/events",
    operation_id="find_events",
    summary="Lịch sự kiện · List events",
    response_model=EventPage,
    tags=["events"],
)
def find_events(plan: str, ask: Annotated[EventFilter, Query()], desk: AtDesk) -> Response:
    """Sự kiện với ngày in, ngày đã kiểm chứng và kỷ niệm trong một năm. · Events with the date printed, the
    date verified, and the anniversary in a year."""
    return desk.listing(ask, lambda session, actor, page: events.find(session, actor, plan, page))


@router.get(
    "/events/{code}",
    operation_id="get_event",
    summary="Một sự kiện · One event",
    response_model=EventOut,
    tags=["events"],
)
def get_event(
    plan: str,
    code: str,
    desk: AtDesk,
    year: Annotated[
        int | None, Query(ge=1900, le=2200, description="năm tính kỷ niệm · anniversary in")
    ] = None,
) -> Response:
    """Một sự kiện theo mã. · One event by its code."""
    return desk.read(lambda session, actor: events.get(session, actor, plan, code, year))


@router.get(
    "/budget",
    operation_id="get_budget",
    summary="Kinh phí của kế hoạch · The plan's money",
    response_model=BudgetOut,
    tags=["budget"],
)
def get_budget(plan: str, desk: AtDesk) -> Response:
    """Tổng số, phần đã bố trí và phần chưa bố trí. · The total, what is allocated and what is not."""
    return desk.read(lambda session, actor: budget.get(session, actor, plan))


@router.get(
    "/budget/lines",
    operation_id="find_budget_lines",
    summary="Dòng kinh phí · Budget lines",
    response_model=BudgetLinePage,
    tags=["budget"],
)
def find_budget_lines(plan: str, ask: Annotated[BudgetLineFilter, Query()], desk: AtDesk) -> Response:
    """Trống khi kế hoạch không phân bổ. · Empty where the plan has no breakdown."""
    return desk.listing(ask, lambda session, actor, page: budget.lines(session, actor, plan, page))
