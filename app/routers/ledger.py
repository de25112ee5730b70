"""The ledger: needs stated, allocations decided and moved, money committed, spent, and taken back."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.rules.ledger import EntryKind
from app.schemas.ledger import (
    AllocationIn,
    CommitmentIn,
    EntryIn,
    LedgerEntryFilter,
    LedgerEntryOut,
    LedgerEntryPage,
    Posted,
    ReversalIn,
    TransferIn,
)
from app.services import entries, posting
from app.web.answers import Answer
from app.web.brought import Repeat
from app.web.desk import AtDesk

router = APIRouter(prefix="/v1/plans/{plan}/budget", tags=["budget"])

_AGAIN: dict[int | str, dict[str, Any]] = {
    200: {"model": Posted, "description": "Đã có từ trước · On record already"}
}


@router.post(
    "/needs",
    operation_id="state_need",
    summary="Nêu nhu cầu kinh phí · State a need",
    response_model=Posted,
    status_code=201,
    responses=_AGAIN,
)
def state_need(plan: str, body: EntryIn, desk: AtDesk, repeat: Repeat) -> Response:
    """Đơn vị nêu nhu cầu của dòng mình; nhu cầu không ràng buộc ai. · An agency says what its line needs; it
    binds nobody."""
    return _posted(plan, EntryKind.NEED, body, desk, repeat)


@router.post(
    "/allocations",
    operation_id="decide_allocation",
    summary="Quyết định bố trí kinh phí · Decide an allocation",
    response_model=Posted,
    status_code=201,
    responses=_AGAIN,
)
def decide_allocation(plan: str, body: AllocationIn, desk: AtDesk, repeat: Repeat) -> Response:
    """Cơ quan quyết định kinh phí bố trí theo văn bản, trong tổng số của kế hoạch; vượt thì 409 nêu số còn
    lại (`left_vnd`). · The funding decider allocates by a document, within the plan's total; beyond it 409
    says what is left (`left_vnd`)."""
    return _posted(plan, EntryKind.ALLOCATION, body, desk, repeat)


@router.post(
    "/commitments",
    operation_id="record_commitment",
    summary="Ghi cam kết chi · Record a commitment",
    response_model=Posted,
    status_code=201,
    responses=_AGAIN,
)
def record_commitment(plan: str, body: CommitmentIn, desk: AtDesk, repeat: Repeat) -> Response:
    """Đơn vị của dòng cam kết chi trong số đã bố trí; số âm giảm phần đã cam kết mà không chi nữa. · The
    line's agency commits what was allocated; below zero it releases what it has committed and will not
    spend."""
    return _posted(plan, EntryKind.COMMITMENT, body, desk, repeat)


@router.post(
    "/spendings",
    operation_id="record_spending",
    summary="Ghi khoản chi · Record a spending",
    response_model=Posted,
    status_code=201,
    responses=_AGAIN,
)
def record_spending(plan: str, body: EntryIn, desk: AtDesk, repeat: Repeat) -> Response:
    """Đơn vị của dòng chi trong số đã cam kết. · The line's agency spends what was committed."""
    return _posted(plan, EntryKind.SPENDING, body, desk, repeat)


@router.post(
    "/transfers",
    operation_id="transfer_allocation",
    summary="Điều chuyển giữa hai dòng · Transfer between two lines",
    response_model=Posted,
    status_code=201,
)
def transfer_allocation(plan: str, body: TransferIn, desk: AtDesk, repeat: Repeat) -> Response:
    """Hai bút toán cùng một văn bản, cộng lại bằng không; ghi cả hai hoặc không ghi gì. · Two entries by one
    document that add up to nothing; both or none."""
    return desk.write(lambda session, actor: _said(*posting.transfer(session, actor, plan, body)), repeat)


@router.get(
    "/entries",
    operation_id="find_ledger_entries",
    summary="Sổ cái kinh phí · List ledger entries",
    response_model=LedgerEntryPage,
)
def find_ledger_entries(plan: str, ask: Annotated[LedgerEntryFilter, Query()], desk: AtDesk) -> Response:
    """Mới nhất trước. Bút toán không bao giờ sửa, xóa; sai thì có bút toán đảo. · Latest first. Entries never
    change and are never deleted; what was wrong has a reversal."""
    return desk.listing(ask, lambda session, actor, page: entries.find(session, actor, plan, page))


@router.get(
    "/entries/{entry}",
    operation_id="get_ledger_entry",
    summary="Một bút toán · One ledger entry",
    response_model=LedgerEntryOut,
)
def get_ledger_entry(plan: str, entry: str, desk: AtDesk) -> Response:
    """Số tiền, văn bản, ai ghi, bị đảo bởi bút toán nào. · The amount, its paper, who wrote it, what reversed
    it."""
    return desk.one(lambda session, actor: entries.get(session, actor, plan, entry))


@router.post(
    "/entries/{entry}/reversals",
    operation_id="reverse_entry",
    summary="Đảo một bút toán · Reverse an entry",
    response_model=Posted,
    status_code=201,
)
def reverse_entry(plan: str, entry: str, body: ReversalIn, desk: AtDesk, repeat: Repeat) -> Response:
    """Một lần, bởi cơ quan được ghi loại bút toán ấy; bố trí và quyết toán phải dẫn văn bản. · Once, by
    whoever may write entries of its kind; allocations and settlements by a document."""
    return desk.write(
        lambda session, actor: _said(*posting.reverse(session, actor, plan, entry, body), up="../../"), repeat
    )


def _posted(
    plan: str, kind: EntryKind, body: EntryIn | AllocationIn, desk: AtDesk, repeat: Repeat
) -> Response:
    return desk.write(lambda session, actor: _said(*posting.post(session, actor, plan, kind, body)), repeat)


def _said(result: Posted, version: int, up: str = "") -> Answer:
    """The tag is that of the first entry."""
    made, first = result.result == "created", result.entries[0]
    headers = {"Location": f"{up}entries/{first.id}"} if made and len(result.entries) == 1 else {}
    return Answer(result, status=201 if made else 200, version=version, tagged=first, headers=headers)
