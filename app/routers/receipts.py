"""Receipts: proof of what was received, for whoever pushed it; and the keys to check it with."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.schemas.receipts import JwkSet, ReceiptFilter, ReceiptOut, ReceiptPage
from app.services import receipts
from app.web.answers import Answer, conditional, render
from app.web.desk import AtDesk

PUBLIC_KEYS = "/.well-known/jwks.json"
"""Open to everybody: who checks a receipt needs no key of this service."""

router = APIRouter(tags=["receipts"])


@router.get(
    "/v1/plans/{plan}/receipts",
    operation_id="find_receipts",
    summary="Biên nhận của cơ quan bạn · List your receipts",
    response_model=ReceiptPage,
)
def find_receipts(plan: str, ask: Annotated[ReceiptFilter, Query()], desk: AtDesk) -> Response:
    """Mới nhất trước; `sha256` cho biết một tệp đã được nhận chưa. Chỉ thấy biên nhận của cơ quan mình. ·
    Latest first; `sha256` tells whether a file was received. An agency sees its own only."""
    return desk.listing(ask, lambda session, actor, page: receipts.find(session, actor, plan, page))


@router.get(
    "/v1/plans/{plan}/receipts/{receipt}",
    operation_id="get_receipt",
    summary="Một biên nhận · One receipt",
    response_model=ReceiptOut,
)
def get_receipt(plan: str, receipt: str, desk: AtDesk) -> Response:
    """Kết quả từng bản ghi cùng chữ ký, kiểm tra được khi không có mạng. · What came of each record, with a
    signature that can be checked offline."""
    return desk.read(lambda session, actor: receipts.get(session, actor, plan, receipt))


@router.get(
    PUBLIC_KEYS,
    operation_id="get_signing_keys",
    summary="Khóa công khai · Public keys",
    response_model=JwkSet,
)
def get_signing_keys(request: Request) -> Response:
    """Mọi khóa đã ký biên nhận ở đây (JWK Set, RFC 7517); không cần khóa truy cập. · Every key that has
    signed a receipt here; no API key needed."""
    with request.app.state.database.reading() as session:
        known = receipts.keys(session, request.app.state.seal())
    return conditional(request, render(Answer(known)))
