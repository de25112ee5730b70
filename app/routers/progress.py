"""Completion, and the first page of a dashboard."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.schemas.overview import OverviewOut
from app.schemas.progress import ProgressFilter, ProgressOut
from app.services import overview, progress
from app.web.desk import AtDesk

router = APIRouter(prefix="/v1/plans/{plan}", tags=["progress"])


@router.get(
    "/progress", operation_id="get_progress", summary="Tiến độ · Completion", response_model=ProgressOut
)
def get_progress(plan: str, ask: Annotated[ProgressFilter, Query()], desk: AtDesk) -> Response:
    """Ba mức (báo cáo, minh chứng, xác nhận) bằng phân số chính xác, cho cả kế hoạch hoặc chia theo mục, cơ
    quan, nhiệm vụ, phân công. Chưa xác định là null. Phần II là góc nhìn (`view`). · Three levels as exact
    fractions, whole or broken down. Undefined is null. Part II is a view and never enters the total."""
    return desk.read(lambda session, actor: progress.progress(session, actor, plan, ask))


@router.get(
    "/overview", operation_id="get_overview", summary="Tổng quan · Overview", response_model=OverviewOut
)
def get_overview(plan: str, desk: AtDesk) -> Response:
    """Mọi thứ trang đầu của bảng điều hành cần, trong một lần gọi. · All that a dashboard's first page shows,
    in one call and from one snapshot."""
    return desk.read(lambda session, actor: overview.get(session, actor, plan))
