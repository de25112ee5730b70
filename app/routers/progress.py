"""Completion, and the first page of a dashboard."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.schemas.difference import DifferenceFilter, DifferenceOut
from app.schemas.explanation import ExplanationOut, PartFilter
from app.schemas.overview import OverviewOut
from app.schemas.progress import ProgressFilter, ProgressOut
from app.services import differing, explaining, overview, progress
from app.web.desk import AtDesk

router = APIRouter(prefix="/v1/plans/{plan}", tags=["progress"])


@router.get(
    "/progress", operation_id="get_progress", summary="Tiến độ · Completion", response_model=ProgressOut
)
def get_progress(plan: str, ask: Annotated[ProgressFilter, Query()], desk: AtDesk) -> Response:
    """Ba mức (báo cáo, minh chứng, xác nhận) bằng phân số chính xác, cho cả kế hoạch hoặc chia theo mục, cơ
    quan, nhiệm vụ, phân công. Chưa xác định là null. Phần II là góc nhìn (`view`). · Three levels as exact
    fractions, whole or broken down. Undefined is null. Part II is a view and never enters the total."""
    return desk.listing(ask, lambda session, actor, page: progress.progress(session, actor, plan, page))


@router.get(
    "/progress/explanation",
    operation_id="get_explanation",
    summary="Con số được tính từ đâu · A figure explained",
    response_model=ExplanationOut,
)
def get_explanation(plan: str, ask: Annotated[PartFilter, Query()], desk: AtDesk) -> Response:
    """Từng dòng đã tính, để ai cũng tính lại được đúng con số; và những gì không được tính, vì sao, theo
    quyết định nào. · The rows from which anybody computes the same number exactly; and what takes no part in
    it, why, by which decision."""
    return desk.read(lambda session, actor: explaining.explain(session, actor, plan, ask))


@router.get(
    "/progress/change",
    operation_id="get_progress_change",
    summary="Con số thay đổi vì sao · What moved a figure",
    response_model=DifferenceOut,
)
def get_progress_change(plan: str, ask: Annotated[DifferenceFilter, Query()], desk: AtDesk) -> Response:
    """Giữa hai thời điểm: bao nhiêu do thực hiện, bao nhiêu do phạm vi (việc được giao thêm, bỏ bớt, đổi
    trọng số), ở nhiệm vụ nào, theo quyết định nào. Một ngày là lúc hết ngày đó ở Việt Nam. Bàn giao không
    tính vào bên nào. · Between two instants: how much by work and how much by scope, where, by which
    decisions. A day is its end in Vietnam. A handover is neither."""
    return desk.read(lambda session, actor: differing.difference(session, actor, plan, ask))


@router.get(
    "/overview", operation_id="get_overview", summary="Tổng quan · Overview", response_model=OverviewOut
)
def get_overview(plan: str, desk: AtDesk) -> Response:
    """Mọi thứ trang đầu của bảng điều hành cần, trong một lần gọi. · All that a dashboard's first page shows,
    in one call and from one snapshot."""
    return desk.read(lambda session, actor: overview.get(session, actor, plan))
