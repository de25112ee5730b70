"""Outputs: what exactly is owed, and what is done to it: claimed, withdrawn, confirmed, returned."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.rules.parties import Actor
from app.schemas.activities import WithdrawalIn
from app.schemas.acts import (
    ActFilter,
    ActPage,
    ActResult,
    ClaimIn,
    ConfirmationIn,
    OccurrenceIn,
    OccurrenceResult,
    ReturnIn,
    StatusEntryIn,
)
from app.schemas.outputs import OutputFilter, OutputOut, OutputPage
from app.services import acting, outputs, periods
from app.web.answers import Answer, MayMatch
from app.web.brought import Repeat
from app.web.desk import AtDesk

router = APIRouter(prefix="/v1/plans/{plan}", tags=["outputs"])

_ACT: dict[str, Any] = {
    "response_model": ActResult,
    "status_code": 201,
    "responses": {200: {"model": ActResult, "description": "Đã như vậy từ trước · It was so already"}},
}


@router.get(
    "/outputs",
    operation_id="find_outputs",
    summary="Danh sách đầu ra · List outputs",
    response_model=OutputPage,
)
def find_outputs(plan: str, ask: Annotated[OutputFilter, Query()], desk: AtDesk) -> Response:
    """Mốc, sản phẩm, kỳ báo cáo và lần phát sinh, với mức đã đạt. `can=output.confirm` là việc chờ mình xác
    nhận (việc chỉ theo dõi trạng thái: `can=status.decide&level=evidenced`), `returned=true` là việc bị trả
    lại. · Milestones, pieces, periods, occurrences, with their levels. `can=output.confirm` is what waits for
    the caller (of status-only duties `can=status.decide&level=evidenced`); `returned=true` what was sent
    back."""
    return desk.listing(ask, lambda session, actor, page: outputs.find(session, actor, plan, page))


@router.get(
    "/outputs/{output}",
    operation_id="get_output",
    summary="Một đầu ra · One output",
    response_model=OutputOut,
)
def get_output(plan: str, output: str, desk: AtDesk) -> Response:
    """Một đầu ra theo id. · One output by its id."""
    return desk.one(lambda session, actor: outputs.get(session, actor, plan, output))


@router.get(
    "/outputs/{output}/acts",
    operation_id="find_acts",
    summary="Quá trình của một đầu ra · All that was done to an output",
    response_model=ActPage,
)
def find_acts(plan: str, output: str, ask: Annotated[ActFilter, Query()], desk: AtDesk) -> Response:
    """Ai báo cáo, rút, xác nhận, trả lại; khi nào, vì sao, thay mặt ai. · Who claimed, withdrew, confirmed,
    returned; when, why, on whose behalf."""
    return desk.listing(ask, lambda session, actor, page: acting.find(session, actor, plan, output, page))


@router.post(
    "/outputs/{output}/claims",
    operation_id="claim_output",
    summary="Báo cáo hoàn thành một đầu ra · Claim an output",
    **_ACT,
)
def claim_output(plan: str, output: str, body: ClaimIn, desk: AtDesk, repeat: Repeat) -> Response:
    """Cơ quan chịu trách nhiệm báo đã làm xong; đầu ra bị trả lại thì báo cáo lại ở đây. · The accountable
    body says it is done; also how a returned output is claimed again."""
    return desk.write(
        lambda session, actor: _said(*acting.claim(session, actor, plan, output, body.note)), repeat
    )


@router.post(
    "/outputs/{output}/withdrawals",
    operation_id="withdraw_claim",
    summary="Rút báo cáo của một đầu ra · Withdraw a claim",
    **_ACT,
)
def withdraw_claim(plan: str, output: str, body: WithdrawalIn, desk: AtDesk, repeat: Repeat) -> Response:
    """Báo cáo riêng được rút; các bản ghi vẫn còn. · The explicit claim goes; records stay."""
    return desk.write(
        lambda session, actor: _said(*acting.withdraw(session, actor, plan, output, body.reason)), repeat
    )


@router.post(
    "/outputs/{output}/confirmations",
    operation_id="confirm_output",
    summary="Xác nhận một đầu ra · Confirm an output",
    **_ACT,
)
def confirm_output(
    plan: str, output: str, body: ConfirmationIn, desk: AtDesk, repeat: Repeat, match: MayMatch
) -> Response:
    """Cơ quan theo dõi chấp nhận; việc của chính mình thì chỉ ghi là tự xác nhận, do cấp trên xác nhận. · The
    monitor accepts; its own duty is only marked self-confirmed, and confirmed by the superior."""
    return desk.write(
        lambda session, actor: _said(*acting.confirm(session, actor, plan, output, body.note, match.given())),
        repeat,
    )


@router.post(
    "/outputs/{output}/returns",
    operation_id="return_output",
    summary="Trả lại một đầu ra · Return an output",
    **_ACT,
)
def return_output(
    plan: str, output: str, body: ReturnIn, desk: AtDesk, repeat: Repeat, match: MayMatch
) -> Response:
    """Nêu còn thiếu gì; đầu ra không còn được tính cho đến khi cơ quan báo cáo lại. · Says what is missing;
    the output counts for nothing until its body claims it again."""
    return desk.write(
        lambda session, actor: _said(
            *acting.send_back(session, actor, plan, output, body.missing, match.given())
        ),
        repeat,
    )


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
    return desk.listing(
        ask, lambda session, actor, page: outputs.find(session, actor, plan, page, assignment)
    )


@router.post(
    "/assignments/{assignment}/occurrences",
    operation_id="open_occurrence",
    summary="Mở một lần phát sinh · Open an occurrence",
    response_model=OccurrenceResult,
    status_code=201,
)
def open_occurrence(plan: str, assignment: str, body: OccurrenceIn, desk: AtDesk, repeat: Repeat) -> Response:
    """Việc khi phát sinh nay đã phát sinh: phải làm thêm một lần. · A triggered duty has come up: it owes one
    more."""

    def open_(session: Session, actor: Actor) -> Answer:
        result, version = periods.open_occurrence(session, actor, plan, assignment, body)
        headers = {"Location": f"../../outputs/{result.output.id}"}
        return Answer(result, status=201, version=version, tagged=result.output, headers=headers)

    return desk.write(open_, repeat)


@router.post(
    "/assignments/{assignment}/status-entries",
    operation_id="enter_status",
    summary="Báo hoặc xét trạng thái một kỳ · Enter the status of a period",
    **_ACT,
)
def enter_status(plan: str, assignment: str, body: StatusEntryIn, desk: AtDesk, repeat: Repeat) -> Response:
    """Chỉ cho nhiệm vụ chỉ theo dõi trạng thái: kỳ và một trong bốn từ, không có gì khác. · For status-only
    duties alone: a period and one of four words, and nothing else."""
    return desk.write(
        lambda session, actor: _said(*periods.enter_status(session, actor, plan, assignment, body)), repeat
    )


def _said(result: ActResult, version: int) -> Answer:
    """An act's answer; the tag is the output's, so that the next act can be meant for this state of it."""
    return Answer(
        result, status=201 if result.result == "done" else 200, version=version, tagged=result.output
    )
