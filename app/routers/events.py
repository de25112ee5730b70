"""Events: what a plan marks, and how the calendar is kept."""

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.rules.parties import Actor
from app.schemas.events import EventFilter, EventIn, EventOut, EventPage, EventPatch
from app.services import calendar_keeping, events
from app.web.answers import Answer, Matching
from app.web.brought import Repeat
from app.web.desk import AtDesk

router = APIRouter(prefix="/v1/plans/{plan}/events", tags=["events"])


@router.get(
    "",
    operation_id="find_events",
    summary="Lịch sự kiện · List events",
    response_model=EventPage,
)
def find_events(plan: str, ask: Annotated[EventFilter, Query()], desk: AtDesk) -> Response:
    """Sự kiện với ngày in, ngày đã kiểm chứng và kỷ niệm trong một năm. · Events with the date printed, the
    date verified, and the anniversary in a year."""
    return desk.listing(ask, lambda session, actor, page: events.find(session, actor, plan, page))


@router.get(
    "/{code}",
    operation_id="get_event",
    summary="Một sự kiện · One event",
    response_model=EventOut,
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
    return desk.one(lambda session, actor: events.get(session, actor, plan, code, year))


@router.post(
    "",
    operation_id="add_event",
    summary="Thêm một sự kiện · Add an event",
    response_model=EventOut,
    status_code=201,
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
    "/{code}",
    operation_id="correct_event",
    summary="Sửa một sự kiện · Correct an event",
    response_model=EventOut,
)
def correct_event(plan: str, code: str, body: EventPatch, desk: AtDesk, match: Matching) -> Response:
    """Chỉ những trường nêu tên thay đổi (RFC 7396), kèm lý do; ngày in trong kế hoạch giữ nguyên; cần
    If-Match. · Only the named fields change, with the reason; what the plan prints stays; needs If-Match."""

    def correct(session: Session, actor: Actor) -> Answer:
        shown, version = calendar_keeping.correct(session, actor, plan, code, body, match.versions())
        return Answer(shown, version=version)

    return desk.write(correct)
