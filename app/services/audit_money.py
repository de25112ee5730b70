"""The audit of money: every balance replayed from the entries of the ledger, and what is given held against
the total."""

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Text
from app.models import Budget, BudgetLine, LedgerEntry, Plan, Settlement
from app.rules.ledger import Balance, EntryKind, SettlementState
from app.services import budget_lines


def differences(session: Session) -> Iterator[Text]:
    """What the ledger does not bear out, a sentence each."""
    yield from _lines(session)
    yield from _totals(session)
    yield from _transfers(session)
    yield from _settlements(session)


def _lines(session: Session) -> Iterator[Text]:
    """Each line stands where its entries put it, and the law of the ledger holds there."""
    told: dict[int, list[tuple[EntryKind, int]]] = defaultdict(list)
    for line, kind, amount in session.execute(
        select(LedgerEntry.line_id, LedgerEntry.kind, LedgerEntry.amount_vnd)
    ):
        told[line].append((kind, amount))
    for row in session.scalars(select(BudgetLine).order_by(BudgetLine.id)):
        stored, right = budget_lines.balance(row), Balance.of(told[row.id])
        if stored != right:
            yield Text(
                f"dòng kinh phí {row.code}: đang lưu {stored}, tính lại từ sổ {right}",
                f"budget line {row.code}: stored {stored}, replayed {right}",
            )
        elif not right.holds:
            yield Text(
                f"dòng kinh phí {row.code}: {right} trái quy tắc của sổ",
                f"budget line {row.code}: {right} breaks the law of the ledger",
            )


def _totals(session: Session) -> Iterator[Text]:
    query = select(Plan.slug, Budget.plan_id, Budget.total_vnd).join(Plan, Plan.id == Budget.plan_id)
    for slug, plan, total in session.execute(query).all():
        lines = session.scalars(select(BudgetLine).where(BudgetLine.plan_id == plan))
        given = budget_lines.total(lines).allocated
        if given > total:
            yield Text(
                f"kinh phí của {slug}: đã giao {given} trên tổng {total}",
                f"budget of {slug}: {given} allocated of {total}",
            )


def _transfers(session: Session) -> Iterator[Text]:
    """The two entries of a transfer add up to nothing."""
    sums: dict[str, list[int]] = defaultdict(list)
    query = select(LedgerEntry.transfer, LedgerEntry.amount_vnd).where(LedgerEntry.transfer.is_not(None))
    for transfer, amount in session.execute(query):
        sums[str(transfer)].append(amount)
    for transfer, amounts in sums.items():
        if len(amounts) != 2 or sum(amounts) != 0:
            yield Text(
                f"điều chuyển {transfer}: các bút toán {sorted(amounts)}",
                f"transfer {transfer}: entries of {sorted(amounts)}",
            )


def _settlements(session: Session) -> Iterator[Text]:
    """An accepted settlement is one entry of its amount; one that was taken back, two that add up to
    nothing."""
    entries: dict[int, list[int]] = defaultdict(list)
    query = select(LedgerEntry.settlement_id, LedgerEntry.amount_vnd)
    for settlement, amount in session.execute(query.where(LedgerEntry.settlement_id.is_not(None))):
        entries[settlement or 0].append(amount)
    for row in session.scalars(select(Settlement).order_by(Settlement.id)):
        amounts = {
            SettlementState.ACCEPTED: [row.amount_vnd],
            SettlementState.REVERSED: [-row.amount_vnd, row.amount_vnd],
        }
        if sorted(entries[row.id]) != amounts.get(row.state, []):
            found = sorted(entries[row.id])
            yield Text(
                f"quyết toán {row.public_id}: {row.state}, nhưng các bút toán là {found}",
                f"settlement {row.public_id}: {row.state}, but entries of {found}",
            )
