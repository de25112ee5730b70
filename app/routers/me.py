"""The caller: who it is, and what it may do."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.schemas.changes import MeOut
from app.schemas.permissions import PermissionFilter, PermissionOut
from app.services import asking, me
from app.web.desk import AtDesk

router = APIRouter(prefix="/v1/me", tags=["me"])


@router.get("", operation_id="get_me", summary="Tôi là ai · Who am I", response_model=MeOut)
def get_me(desk: AtDesk) -> Response:
    """Cơ quan, khóa và vai trò của người gọi trong từng kế hoạch. · The caller's agency and key, and its
    place in each plan."""
    return desk.read(me.get)


@router.get(
    "/permissions",
    operation_id="get_permission",
    summary="Tôi có được làm việc này không · May I do this",
    response_model=PermissionOut,
)
def get_permission(ask: Annotated[PermissionFilter, Query()], desk: AtDesk) -> Response:
    """Hỏi trước khi gửi: được làm không và với tư cách gì; nếu không thì vì quy định, điều khoản nào, ai có
    thẩm quyền, có thể làm gì thay. · Ask before sending: whether it is allowed and as what; if not, by which
    rule and clause, who may, and what could be done instead."""
    return desk.read(lambda session, actor: asking.get(session, actor, ask))
