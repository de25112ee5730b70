"""Events and money, as the plan states them."""

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.rules.parties import Actor
from app.schemas.budget import BudgetLineFilter, BudgetLinePage, BudgetOut
from app.schemas.events import EventFilter, EventIn, EventOut, EventPage, EventPatch
from app.services import budget, calendar_keeping, events
from app.web.answers import Answer, Matching
from app.web.desk import AtDesk, Repeat

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

    def get(session: Session, actor: Actor) -> Answer:
        shown, version = events.get(session, actor, plan, code, year)
        return Answer(shown, version=version)

    return desk.read(get)


@router.post(
    "/events",
    operation_id="add_event",
    summary="Thêm một sự kiện · Add an event",
    response_model=EventOut,
    status_code=201,
    tags=["events"],
)
def add_event(plan: str, body: EventIn, desk: AtDesk, repeat: Repeat) -> Response:
    """Chủ kế hoạch và bộ phận giúp việc thêm sự kiện mà danh sách in để mở, kèm lý do; cơ quan chủ trì do
    chủ kế hoạch nêu. · The plan's owner and its secretariat add what the printed list, which ends open,
    lacks, with the reason; who prepares it is named by the owner."""

    def add(session: Session, actor: Actor) -> Answer:
        shown, version = calendar_keeping.add(session, actor, plan, body)
        return Answer(shown, status=201, version=version, headers={"Location": f"events/{shown.code}"})

    return desk.write(add, repeat)


@router.patch(
    "/events/{code}",
    operation_id="correct_event",
    summary="Sửa một sự kiện · Correct an event",
    response_model=EventOut,
    tags=["events"],
)
def correct_event(plan: str, code: str, body: EventPatch, desk: AtDesk, match: Matching) -> Response:
    """Chỉ những trường nêu tên thay đổi (RFC 7396), kèm lý do; ngày in trong kế hoạch giữ nguyên; cần
    If-Match. · Only the named fields change, with the reason; what the plan prints stays; needs If-Match."""

    def correct(session: Session, actor: Actor) -> Answer:
        shown, version = calendar_keeping.correct(session, actor, plan, code, body, match.versions())
        return Answer(shown, version=version)

    return desk.write(correct)


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
