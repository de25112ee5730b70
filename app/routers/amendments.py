"""Amendments: the decisions that change a plan; and proposals, which ask for one."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.rules.parties import Actor
from app.schemas.amendments import (
    AcceptanceIn,
    AmendmentFilter,
    AmendmentIn,
    AmendmentOut,
    AmendmentPage,
    AmendmentResult,
    AnswerIn,
    ProposalFilter,
    ProposalIn,
    ProposalOut,
    ProposalPage,
    ProposalResult,
)
from app.services import amending, amendments, proposals, proposing
from app.web.answers import Answer
from app.web.brought import Repeat
from app.web.desk import AtDesk

router = APIRouter(prefix="/v1/plans/{plan}", tags=["amendments"])

_SETTLED: dict[str, Any] = {
    "response_model": ProposalResult,
    "status_code": 201,
    "responses": {200: {"model": ProposalResult, "description": "Đã như vậy từ trước · It was so already"}},
}


@router.get(
    "/amendments",
    operation_id="find_amendments",
    summary="Các lần điều chỉnh · List amendments",
    response_model=AmendmentPage,
)
def find_amendments(plan: str, ask: Annotated[AmendmentFilter, Query()], desk: AtDesk) -> Response:
    """Mỗi lần một quyết định và những gì nó thay đổi. · Each with its decision and what it changed."""
    return desk.listing(ask, lambda session, actor, page: amendments.find(session, actor, plan, page))


@router.post(
    "/amendments",
    operation_id="amend_plan",
    summary="Điều chỉnh kế hoạch theo quyết định · Amend the plan by a decision",
    response_model=AmendmentResult,
    status_code=201,
    responses={200: {"model": AmendmentResult, "description": "Làm thử, không lưu gì · A rehearsal"}},
)
def amend_plan(
    plan: str,
    body: AmendmentIn,
    desk: AtDesk,
    repeat: Repeat,
    dry_run: Annotated[
        bool,
        Query(description="làm thử, không lưu gì · show what it would do, keep nothing"),
    ] = False,
) -> Response:
    """Chủ kế hoạch nhập quyết định; mọi thay đổi cùng có hiệu lực hoặc không thay đổi nào. · The plan's owner
    enters a decision; all its changes are made, or none."""

    def amend(session: Session, actor: Actor) -> Answer:
        result = amending.amend(session, actor, plan, body, dry_run=dry_run)
        if not result.applied:
            return Answer(result)
        headers = {"Location": f"amendments/{result.amendment.revision}"}
        return Answer(result, status=201, tagged=result.amendment, headers=headers)

    return desk.write(amend, repeat)


@router.get(
    "/amendments/{revision}",
    operation_id="get_amendment",
    summary="Một lần điều chỉnh · One amendment",
    response_model=AmendmentOut,
)
def get_amendment(plan: str, revision: Annotated[int, Path(ge=1, le=1_000_000)], desk: AtDesk) -> Response:
    """Theo lần điều chỉnh của kế hoạch. · By the revision it made of the plan."""
    return desk.read(lambda session, actor: amendments.get(session, actor, plan, revision))


@router.get(
    "/proposals",
    operation_id="find_proposals",
    summary="Danh sách đề xuất · List proposals",
    response_model=ProposalPage,
)
def find_proposals(plan: str, ask: Annotated[ProposalFilter, Query()], desk: AtDesk) -> Response:
    """Cơ quan xem đề xuất của mình; chủ kế hoạch xem tất cả. · An office sees its own, the owner all."""
    return desk.listing(ask, lambda session, actor, page: proposals.find(session, actor, plan, page))


@router.post(
    "/proposals",
    operation_id="propose_amendment",
    summary="Đề xuất điều chỉnh · Propose an amendment",
    response_model=ProposalResult,
    status_code=201,
)
def propose_amendment(plan: str, body: ProposalIn, desk: AtDesk, repeat: Repeat) -> Response:
    """Cơ quan chịu trách nhiệm đề xuất thay đổi nhiệm vụ của mình; điều không quyết định được thì không
    nhận. · The accountable body asks for changes of its own tasks; what could not be decided is refused."""

    def propose(session: Session, actor: Actor) -> Answer:
        result, version = proposing.propose(session, actor, plan, body)
        headers = {"Location": f"proposals/{result.proposal.id}"}
        return Answer(result, status=201, version=version, tagged=result.proposal, headers=headers)

    return desk.write(propose, repeat)


@router.get(
    "/proposals/{proposal}",
    operation_id="get_proposal",
    summary="Một đề xuất · One proposal",
    response_model=ProposalOut,
)
def get_proposal(plan: str, proposal: str, desk: AtDesk) -> Response:
    """Một đề xuất theo id. · One proposal by its id."""
    return desk.one(lambda session, actor: proposals.get(session, actor, plan, proposal))


@router.post(
    "/proposals/{proposal}/acceptances",
    operation_id="accept_proposal",
    summary="Chấp nhận đề xuất bằng quyết định · Accept a proposal by a decision",
    **_SETTLED,
)
def accept_proposal(plan: str, proposal: str, body: AcceptanceIn, desk: AtDesk, repeat: Repeat) -> Response:
    """Một lần gọi: quyết định được nhập, kế hoạch được điều chỉnh, đề xuất được đóng. · In one call: the
    decision is entered, the plan amended, the proposal closed."""
    return desk.write(
        lambda session, actor: _said(*proposing.accept(session, actor, plan, proposal, body)), repeat
    )


@router.post(
    "/proposals/{proposal}/declines",
    operation_id="decline_proposal",
    summary="Từ chối đề xuất · Decline a proposal",
    **_SETTLED,
)
def decline_proposal(plan: str, proposal: str, body: AnswerIn, desk: AtDesk, repeat: Repeat) -> Response:
    """Nêu lý do; kế hoạch không thay đổi. · Says why; the plan stays as it is."""
    return desk.write(
        lambda session, actor: _said(*proposing.decline(session, actor, plan, proposal, body.reason)),
        repeat,
    )


@router.post(
    "/proposals/{proposal}/withdrawals",
    operation_id="withdraw_proposal",
    summary="Rút đề xuất · Withdraw a proposal",
    **_SETTLED,
)
def withdraw_proposal(plan: str, proposal: str, body: AnswerIn, desk: AtDesk, repeat: Repeat) -> Response:
    """Cơ quan đề xuất rút lại. · The office that proposed it takes it back."""
    return desk.write(
        lambda session, actor: _said(*proposing.withdraw(session, actor, plan, proposal, body.reason)),
        repeat,
    )


def _said(result: ProposalResult, version: int) -> Answer:
    done = result.result != "unchanged"
    return Answer(result, status=201 if done else 200, version=version, tagged=result.proposal)
