"""Tasks, assignments and outputs: what is to be done, by whom, and what exactly is owed."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.schemas.tasks import (
    AssignmentFilter,
    AssignmentOut,
    AssignmentPage,
    OutputFilter,
    OutputOut,
    OutputPage,
    TaskFilter,
    TaskOut,
    TaskPage,
)
from app.services import assignments, outputs, tasks
from app.web.desk import AtDesk

router = APIRouter(prefix="/v1/plans/{plan}", tags=["tasks"])


@router.get(
    "/tasks", operation_id="find_tasks", summary="Danh sách nhiệm vụ · List tasks", response_model=TaskPage
)
def find_tasks(plan: str, ask: Annotated[TaskFilter, Query()], desk: AtDesk) -> Response:
    """Nhiệm vụ trọng tâm (Phần II) và nhiệm vụ được phân công (Phần IV), kèm tiến độ. · Programme items
    (Part II, a view) and duties (Part IV), with how far they are."""
    return desk.read(lambda session, actor: tasks.find(session, actor, plan, ask))


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
    return desk.read(lambda session, actor: assignments.find(session, actor, plan, ask))


@router.get(
    "/assignments/{assignment}",
    operation_id="get_assignment",
    summary="Một phân công · One assignment",
    response_model=AssignmentOut,
)
def get_assignment(plan: str, assignment: str, desk: AtDesk) -> Response:
    """Một phân công theo id. · One assignment by its id."""
    return desk.read(lambda session, actor: assignments.get(session, actor, plan, assignment))


@router.get(
    "/assignments/{assignment}/outputs",
    operation_id="find_outputs_of_assignment",
    summary="Đầu ra của một phân công · Outputs of one assignment",
    response_model=OutputPage,
)
def find_outputs_of_assignment(
    plan: str, assignment: str, ask: Annotated[OutputFilter, Query()], desk: AtDesk
) -> Response:
    """Những gì phân công này phải có. · What this assignment owes."""
    return desk.read(lambda session, actor: outputs.find(session, actor, plan, ask, assignment))


@router.get(
    "/outputs",
    operation_id="find_outputs",
    summary="Danh sách đầu ra · List outputs",
    response_model=OutputPage,
)
def find_outputs(plan: str, ask: Annotated[OutputFilter, Query()], desk: AtDesk) -> Response:
    """Mốc, sản phẩm, kỳ báo cáo và lần phát sinh, với mức đã đạt. · Milestones, pieces, periods and
    occurrences, each with the level it stands on."""
    return desk.read(lambda session, actor: outputs.find(session, actor, plan, ask))


@router.get(
    "/outputs/{output}",
    operation_id="get_output",
    summary="Một đầu ra · One output",
    response_model=OutputOut,
)
def get_output(plan: str, output: str, desk: AtDesk) -> Response:
    """Một đầu ra theo id. · One output by its id."""
    return desk.read(lambda session, actor: outputs.get(session, actor, plan, output))
