"""Tasks and assignments: what is to be done, and by whom."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.schemas.tasks import (
    AssignmentFilter,
    AssignmentOut,
    AssignmentPage,
    TaskFilter,
    TaskOut,
    TaskPage,
)
from app.services import assignments, tasks
from app.web.desk import AtDesk

router = APIRouter(prefix="/v1/plans/{plan}", tags=["tasks"])


@router.get(
    "/tasks", operation_id="find_tasks", summary="Danh sách nhiệm vụ · List tasks", response_model=TaskPage
)
def find_tasks(plan: str, ask: Annotated[TaskFilter, Query()], desk: AtDesk) -> Response:
    """Nhiệm vụ trọng tâm (Phần II) và nhiệm vụ được phân công (Phần IV), kèm tiến độ. · Programme items
    (Part II, a view) and duties (Part IV), with how far they are."""
    return desk.listing(ask, lambda session, actor, page: tasks.find(session, actor, plan, page))


@router.get(
    "/tasks/{code}", operation_id="get_task", summary="Một nhiệm vụ · One task", response_model=TaskOut
)
def get_task(plan: str, code: str, desk: AtDesk) -> Response:
    """Nhiệm vụ theo mã điều khoản, kèm phân công và liên kết. · By its clause code, with its assignments and
    links."""
    return desk.read(lambda session, actor: tasks.get(session, actor, plan, code))


@router.get(
    "/assignments",
    operation_id="find_assignments",
    summary="Danh sách phân công · List assignments",
    response_model=AssignmentPage,
)
def find_assignments(plan: str, ask: Annotated[AssignmentFilter, Query()], desk: AtDesk) -> Response:
    """Cơ quan nào giữ vai trò gì trong nhiệm vụ nào. · Which body has which role in which task."""
    return desk.listing(ask, lambda session, actor, page: assignments.find(session, actor, plan, page))


@router.get(
    "/assignments/{assignment}",
    operation_id="get_assignment",
    summary="Một phân công · One assignment",
    response_model=AssignmentOut,
)
def get_assignment(plan: str, assignment: str, desk: AtDesk) -> Response:
    """Một phân công theo id. · One assignment by its id."""
    return desk.read(lambda session, actor: assignments.get(session, actor, plan, assignment))
