"""Settlements: submitted and withdrawn by a line's agency, accepted or returned by the settlement checker."""

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.rules.parties import Actor
from app.schemas.settlements import (
    AcceptanceOfSettlementIn,
    ReturnOfSettlementIn,
    SettlementFilter,
    SettlementIn,
    SettlementOut,
    SettlementPage,
    WithdrawalOfSettlementIn,
)
from app.services import settlement_steps, settlements
from app.web.answers import Answer
from app.web.brought import Repeat
from app.web.desk import AtDesk

router = APIRouter(prefix="/v1/plans/{plan}/budget/settlements", tags=["budget"])


@router.get(
    "",
    operation_id="find_settlements",
    summary="Danh sách quyết toán · List settlements",
    response_model=SettlementPage,
)
def find_settlements(plan: str, ask: Annotated[SettlementFilter, Query()], desk: AtDesk) -> Response:
    """Mới nhất trước. `can=settlement.decide` là quyết toán chờ mình kiểm tra. · Latest first.
    `can=settlement.decide` is what waits for the caller."""
    return desk.listing(ask, lambda session, actor, page: settlements.find(session, actor, plan, page))


@router.post(
    "",
    operation_id="submit_settlement",
    summary="Nộp quyết toán · Submit a settlement",
    response_model=SettlementOut,
    status_code=201,
)
def submit_settlement(plan: str, body: SettlementIn, desk: AtDesk, repeat: Repeat) -> Response:
    """Đơn vị của dòng nộp số đã chi; không quá số đã chi mà chưa quyết toán, chưa nộp. · The line's agency
    hands in what it has spent; no more than is spent and neither settled nor handed in."""

    def submit(session: Session, actor: Actor) -> Answer:
        made, version = settlement_steps.submit(session, actor, plan, body)
        return Answer(made, status=201, version=version, headers={"Location": f"settlements/{made.id}"})

    return desk.write(submit, repeat)


@router.get(
    "/{settlement}",
    operation_id="get_settlement",
    summary="Một quyết toán · One settlement",
    response_model=SettlementOut,
)
def get_settlement(plan: str, settlement: str, desk: AtDesk) -> Response:
    """Số tiền, tình trạng, ai nộp, ai giải quyết, theo văn bản nào. · Its amount and state; who submitted it,
    who decided it and by what."""
    return desk.one(lambda session, actor: settlements.get(session, actor, plan, settlement))


@router.post(
    "/{settlement}/acceptances",
    operation_id="accept_settlement",
    summary="Chấp nhận quyết toán · Accept a settlement",
    response_model=SettlementOut,
    status_code=201,
)
def accept_settlement(
    plan: str, settlement: str, body: AcceptanceOfSettlementIn, desk: AtDesk, repeat: Repeat
) -> Response:
    """Cơ quan kiểm tra quyết toán chấp nhận nguyên số đã nộp, theo văn bản: thành một bút toán. · The
    settlement checker accepts it as it was submitted, by a document: it becomes an entry."""

    def accept(session: Session, actor: Actor) -> Answer:
        said, version = settlement_steps.accept(session, actor, plan, settlement, body)
        return Answer(said, status=201, version=version)

    return desk.write(accept, repeat)


@router.post(
    "/{settlement}/returns",
    operation_id="return_settlement",
    summary="Trả lại quyết toán · Return a settlement",
    response_model=SettlementOut,
    status_code=201,
)
def return_settlement(
    plan: str, settlement: str, body: ReturnOfSettlementIn, desk: AtDesk, repeat: Repeat
) -> Response:
    """Nêu còn thiếu gì; đơn vị nộp quyết toán khác. · Says what is missing; the agency submits another."""

    def send_back(session: Session, actor: Actor) -> Answer:
        said, version = settlement_steps.send_back(session, actor, plan, settlement, body)
        return Answer(said, status=201, version=version)

    return desk.write(send_back, repeat)


@router.post(
    "/{settlement}/withdrawals",
    operation_id="withdraw_settlement",
    summary="Rút quyết toán · Withdraw a settlement",
    response_model=SettlementOut,
    status_code=201,
    responses={200: {"model": SettlementOut, "description": "Đã rút từ trước · Already withdrawn"}},
)
def withdraw_settlement(
    plan: str, settlement: str, body: WithdrawalOfSettlementIn, desk: AtDesk, repeat: Repeat
) -> Response:
    """Đơn vị rút quyết toán đang chờ, kèm lý do: quyết toán ở lại, số tiền lại nộp được. · The line's agency
    takes back what waits, with the reason: it stays on record, and the amount can be submitted again."""

    def withdraw(session: Session, actor: Actor) -> Answer:
        result, said, version = settlement_steps.withdraw(session, actor, plan, settlement, body)
        return Answer(said, status=201 if result == "withdrawn" else 200, version=version)

    return desk.write(withdraw, repeat)
