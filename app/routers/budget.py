"""Money as it stands: the plan's total, the lines it is broken down to, and what they come to."""

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.rules.parties import Actor
from app.schemas.budget import (
    BudgetLineFilter,
    BudgetLineIn,
    BudgetLineOut,
    BudgetLinePage,
    BudgetLinePatch,
    BudgetOut,
)
from app.schemas.budget_rollup import BudgetRollupFilter, BudgetRollupOut
from app.services import budget, budget_lines, budget_rollup, line_keeping, opening
from app.web.answers import Answer, Matching
from app.web.brought import Repeat
from app.web.desk import AtDesk

router = APIRouter(prefix="/v1/plans/{plan}/budget", tags=["budget"])


@router.get(
    "",
    operation_id="get_budget",
    summary="Kinh phí của kế hoạch · The plan's money",
    response_model=BudgetOut,
)
def get_budget(plan: str, desk: AtDesk) -> Response:
    """Tổng số, phần đã bố trí và phần chưa bố trí. · The total, what is allocated and what is not."""
    return desk.read(lambda session, actor: budget.get(session, actor, plan))


@router.get(
    "/rollup",
    operation_id="get_budget_rollup",
    summary="Tổng hợp kinh phí · Money rolled up",
    response_model=BudgetRollupOut,
)
def get_budget_rollup(plan: str, ask: Annotated[BudgetRollupFilter, Query()], desk: AtDesk) -> Response:
    """Theo mục, cơ quan, nhiệm vụ, dòng, tháng, với phần chưa bố trí; bên cạnh là tiến độ: xong mà chưa chi,
    chi mà chưa có minh chứng, chi cho mỗi đầu ra đã xác nhận. · By section, agency, task, line or month, with
    the unallocated rest; beside the work: done with nothing spent, spent with nothing evidenced, the cost of
    each confirmed output."""
    return desk.listing(ask, lambda session, actor, page: budget_rollup.rollup(session, actor, plan, page))


@router.get(
    "/lines",
    operation_id="find_budget_lines",
    summary="Dòng kinh phí · Budget lines",
    response_model=BudgetLinePage,
)
def find_budget_lines(plan: str, ask: Annotated[BudgetLineFilter, Query()], desk: AtDesk) -> Response:
    """Trống khi kế hoạch không phân bổ. · Empty where the plan has no breakdown."""
    return desk.listing(ask, lambda session, actor, page: budget_lines.find(session, actor, plan, page))


@router.post(
    "/lines",
    operation_id="open_budget_line",
    summary="Mở một dòng kinh phí · Open a budget line",
    response_model=BudgetLineOut,
    status_code=201,
    responses={200: {"model": BudgetLineOut, "description": "Đã có từ trước · On record already"}},
)
def open_budget_line(plan: str, body: BudgetLineIn, desk: AtDesk, repeat: Repeat) -> Response:
    """Đơn vị mở dòng của mình và nêu nhu cầu; cơ quan quyết định kinh phí mở dòng cùng số bố trí
    (`allocation`). Gửi lại đúng dòng cũ thì không thay đổi gì. · An agency opens a line of its own and says
    what it needs; the funding decider opens one with what it allocates. The same line again changes
    nothing."""

    def opened(session: Session, actor: Actor) -> Answer:
        result, line, version = opening.open_line(session, actor, plan, body)
        made = result == "created"
        headers = {"Location": f"lines/{line.code}"} if made else {}
        return Answer(line, status=201 if made else 200, version=version, headers=headers)

    return desk.write(opened, repeat)


@router.get(
    "/lines/{line}",
    operation_id="get_budget_line",
    summary="Một dòng kinh phí · One budget line",
    response_model=BudgetLineOut,
)
def get_budget_line(plan: str, line: str, desk: AtDesk) -> Response:
    """Nhu cầu, đã bố trí, đã cam kết, đã chi, đã quyết toán. · What is needed, allocated, committed, spent,
    settled."""
    return desk.one(lambda session, actor: budget_lines.get(session, actor, plan, line))


@router.patch(
    "/lines/{line}",
    operation_id="correct_budget_line",
    summary="Sửa một dòng kinh phí · Correct a budget line",
    response_model=BudgetLineOut,
)
def correct_budget_line(
    plan: str, line: str, body: BudgetLinePatch, desk: AtDesk, match: Matching
) -> Response:
    """Đơn vị của dòng hoặc cơ quan quyết định kinh phí sửa tên, mã mục lục và mục đích chi (RFC 7396), kể cả
    khi đã chi; mã dòng, đơn vị và số tiền thì không; cần If-Match. · The line's agency or the funding decider
    corrects its titles, classification codes and what it is for, even if money was spent from it; never its
    code, its agency or an amount; needs If-Match."""

    def correct(session: Session, actor: Actor) -> Answer:
        shown, version = line_keeping.correct(session, actor, plan, line, body, match.versions())
        return Answer(shown, version=version)

    return desk.write(correct)
