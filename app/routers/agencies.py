"""Agencies, and the journal."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.schemas.agencies import AgencyFilter, AgencyOut, AgencyPage
from app.schemas.changes import ChangeFilter, ChangePage
from app.services import agencies, changes
from app.web.desk import AtDesk

router = APIRouter(prefix="/v1")


@router.get(
    "/agencies",
    operation_id="find_agencies",
    summary="Danh sách cơ quan · List agencies",
    response_model=AgencyPage,
    tags=["agencies"],
)
def find_agencies(ask: Annotated[AgencyFilter, Query()], desk: AtDesk) -> Response:
    """Cơ quan, nhóm và đối tác. · Agencies, groups and partners."""
    return desk.listing(ask, lambda session, _actor, page: agencies.find(session, page))


@router.get(
    "/agencies/{code}",
    operation_id="get_agency",
    summary="Một cơ quan · One agency",
    response_model=AgencyOut,
    tags=["agencies"],
)
def get_agency(code: str, desk: AtDesk) -> Response:
    """Kèm tên qua các thời kỳ, thành viên và nhóm. · With its names over time, its members and its groups."""
    return desk.read(lambda session, _actor: agencies.get(session, code))


@router.get(
    "/changes",
    operation_id="find_changes",
    summary="Nhật ký thay đổi · The journal as a feed",
    response_model=ChangePage,
    tags=["changes"],
)
def find_changes(ask: Annotated[ChangeFilter, Query()], desk: AtDesk) -> Response:
    """Cũ trước, mới sau, không sót: nhớ `id` cuối cùng và hỏi `after` lần sau. Muốn giữ một bản sao: hỏi
    `newest=true`, đọc tất cả, rồi theo từ đó; khi `revision` của kế hoạch đổi thì đọc lại các danh sách, vì
    một quyết định có thể cho thấy hoặc che đi nhiệm vụ. Cái gì được tính ra lúc đọc (`can`, `progress`, số
    bản ghi, tên đi kèm mã) thì đổi mà không có dòng nào ở đây; dòng kinh phí được sửa để chi cho nhiệm vụ
    khác cũng có thể hiện ra, hay mất đi không báo: `docs/keeping-a-copy.md`. · Oldest first, nothing skipped:
    remember the last `id` and ask `after` it. Who keeps a copy asks for `newest=true`, reads everything, and
    follows from there; when a plan's `revision` changes it reads the lists again: a decision may have brought
    tasks into its sight, or taken them out. What is worked out at each reading (`can`, `progress`, counts of
    records, names beside codes) moves without a change here; and a budget line that is corrected to be for
    another task may come into sight, or go out of it untold: `docs/keeping-a-copy.md`."""
    return desk.listing(ask, changes.find, cursor="after", followed=True)
