"""Gaps: what the plan leaves open about who answers for what."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.schemas.gaps import GapFilter, GapsOut
from app.services import gaps
from app.web.desk import AtDesk

router = APIRouter(prefix="/v1/plans/{plan}", tags=["tasks"])


@router.get(
    "/gaps",
    operation_id="find_gaps",
    summary="Khoảng trống phân công · Ownership gaps and overlaps",
    response_model=GapsOut,
)
def find_gaps(plan: str, ask: Annotated[GapFilter, Query()], desk: AtDesk) -> Response:
    """Việc chưa ai chịu trách nhiệm, chưa có chỉ tiêu, nhóm chưa xác định thành viên, phân công chồng chéo,
    kinh phí còn lại của việc đã hủy; mỗi điều kèm yêu cầu sẽ sửa được nó. · What nobody owns, duties without
    targets, groups without members, overlaps, money left on what was cancelled; each with the request that
    would repair it."""
    return desk.listing(ask, lambda session, actor, page: gaps.find(session, actor, plan, page))
