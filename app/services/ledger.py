"""The ledger: the one place where an entry is written and a line's counters move.

A line is locked before it is judged. What changes how much is allocated locks the plan's one budget first,
then its lines in the order of their numbers: what is allocated never passes the total, whoever writes beside.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from app.errors import Conflict, Text
from app.models import Budget, BudgetLine, LedgerEntry
from app.models.unit import instant
from app.rules import ledger as law
from app.rules.judging import Permit
from app.rules.ledger import COUNTED_AS, Bound, EntryKind
from app.rules.parties import Actor
from app.services import access, budget, budget_lines, days, line_use
from app.services.grounds import Ground

_REVERSAL = aliased(LedgerEntry)
_WITHDRAW: Final = Text(
    "hãy rút quyết toán đang chờ trước (settlements)",
    "withdraw the settlement that waits first (settlements)",
)
"""What was handed in as spent for good is not said, by the same body, not to be spent."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What an entry is to say."""

    kind: EntryKind
    amount: int
    occurred_on: date
    document: tuple[str, date | None, str | None] | None = None
    note: str | None = None
    key: tuple[str | None, str | None] = (None, None)
    reverses: LedgerEntry | None = None
    transfer: str | None = None
    settlement_id: int | None = None
    at: str = ""
    """Where in the request it is said."""


def lock(session: Session, here: Ground, lines: Iterable[BudgetLine], *, allocating: bool) -> None:
    """Lock lines, and the budget before them where what is allocated changes; they are as they are now."""
    if allocating and hold(session, here) is None:
        raise budget.no_total()
    ids = {line.id for line in lines}
    locked = select(BudgetLine).where(BudgetLine.id.in_(ids)).order_by(BudgetLine.id).with_for_update()
    session.scalars(locked.execution_options(populate_existing=True)).all()


def hold(session: Session, here: Ground) -> Budget | None:
    """Lock the plan's budget, if it has one: nobody opens a line or allocates beside this unit of work."""
    query = select(Budget).where(Budget.plan_id == here.plan.id).with_for_update()
    return session.scalars(query).one_or_none()


def post(session: Session, here: Ground, permit: Permit, line: BudgetLine, draft: Draft) -> LedgerEntry:
    """Write an entry on a locked line, and move the line's counter; refused where the ledger would not
    hold."""
    _check_days(session, here, draft)
    _within(session, here, line, draft)
    counter = f"{COUNTED_AS[draft.kind]}_vnd"
    access.open_for_change(session, permit, [line])
    setattr(line, counter, getattr(line, counter) + draft.amount)
    number, issued_on, issuer = draft.document or (None, None, None)
    entry = LedgerEntry(
        plan_id=here.plan.id,
        line_id=line.id,
        kind=draft.kind,
        amount_vnd=draft.amount,
        occurred_on=draft.occurred_on,
        document_number=number,
        document_on=issued_on,
        document_issuer=issuer,
        note=draft.note,
        recorded_by_id=permit.actor.agency_id,
        recorded_at=instant(session),
        reverses_id=draft.reverses.id if draft.reverses else None,
        transfer=draft.transfer,
        settlement_id=draft.settlement_id,
        source_system=draft.key[0],
        external_id=draft.key[1],
    )
    access.add(session, permit, [entry])
    session.flush()
    return entry


def on_file(
    session: Session, here: Ground, actor: Actor, line: BudgetLine, draft: Draft
) -> LedgerEntry | None:
    """The entry with the same natural key, where this body has written it before; one that says something
    else is told so, since an entry never changes. Read under the lock."""
    if draft.key[1] is None:
        return None
    known = session.scalars(
        select(LedgerEntry).where(
            LedgerEntry.plan_id == here.plan.id,
            LedgerEntry.recorded_by_id == actor.agency_id,
            LedgerEntry.source_system == draft.key[0],
            LedgerEntry.external_id == draft.key[1],
        )
    ).one_or_none()
    if known is None:
        return None
    document = (known.document_number, known.document_on, known.document_issuer)
    said = (known.line_id, known.kind, known.amount_vnd, known.occurred_on, document, known.note)
    asked = (
        line.id,
        draft.kind,
        draft.amount,
        draft.occurred_on,
        draft.document or (None, None, None),
        draft.note,
    )
    if said != asked:
        raise Conflict(
            Text(
                "Mã này đã có bút toán khác, và bút toán không bao giờ sửa: hãy đảo bút toán đó rồi ghi bằng"
                " external_id mới",
                "This external_id has another entry, and entries never change: reverse that one and use a new"
                " external_id",
            ),
            facts={"reason": "entry_differs", "entry": known.public_id},
        )
    return known


def unallocated(session: Session, here: Ground) -> int:
    """What of the plan's total no line has; exact under the lock of the budget."""
    total = session.scalars(select(Budget.total_vnd).where(Budget.plan_id == here.plan.id)).one()
    given = select(func.coalesce(func.sum(BudgetLine.allocated_vnd), 0))
    return total - int(session.scalars(given.where(BudgetLine.plan_id == here.plan.id)).one())


def spent_by(session: Session, line: BudgetLine, day: date) -> int:
    """What a line had spent by a day, without what was taken back at any time."""
    standing = select(func.coalesce(func.sum(LedgerEntry.amount_vnd), 0)).where(
        LedgerEntry.line_id == line.id,
        LedgerEntry.kind == EntryKind.SPENDING,
        LedgerEntry.occurred_on <= day,
        LedgerEntry.reverses_id.is_(None),
        ~exists().where(_REVERSAL.reverses_id == LedgerEntry.id),
    )
    return int(session.scalars(standing).one())


def has_room(line: BudgetLine, kind: EntryKind, amount: int, *, waits: int = 0) -> None:
    """Refuse an entry that would break the line's own law."""
    if (found := bound(line, kind, amount, waits)) is not None:
        raise _refused(found.code, found.why, found.then, line, found.left, submitted_vnd=waits)


def bound(line: BudgetLine, kind: EntryKind, amount: int, waits: int = 0) -> Bound | None:
    """What stands in the way of an entry; what `waits`, submitted, is as settled."""
    found = law.bound(budget_lines.balance(line).after(EntryKind.SETTLEMENT, waits), kind, amount)
    return replace(found, then=_WITHDRAW) if found and waits and amount < 0 else found


def waiting(session: Session, line: BudgetLine, kind: EntryKind, amount: int) -> int:
    """What waits and stands in the way of an entry: of what was handed in nothing is taken back."""
    return line_use.waiting(session, line) if kind is EntryKind.SPENDING and amount < 0 else 0


def _within(session: Session, here: Ground, line: BudgetLine, draft: Draft) -> None:
    waits = waiting(session, line, draft.kind, draft.amount)
    has_room(line, draft.kind, draft.amount, waits=waits)
    if draft.kind is EntryKind.ALLOCATION and draft.amount > 0:
        left = unallocated(session, here)
        if draft.amount > left:
            why = Text("Vượt tổng kinh phí của kế hoạch", "This would exceed the plan's total")
            then = Text(
                "hãy bố trí không quá số đó, hoặc lấy lại từ dòng khác trước",
                "allocate no more than that, or take some back from another line first",
            )
            raise _refused("over_total", why, then, line, left)


def _refused(
    reason: str, why: Text, then: Text, line: BudgetLine, left_vnd: int, *, submitted_vnd: int = 0
) -> Conflict:
    """No, what is left, and what could be done first; where the line stands beside it."""
    stands: dict[str, Any] = {f"{name}_vnd": getattr(line, f"{name}_vnd") for name in COUNTED_AS.values()}
    left, waits = (f"{amount:,}".replace(",", ".") for amount in (left_vnd, submitted_vnd))
    vi, en = f"{why.vi}: còn {left} đồng", f"{why.en}: {left_vnd:,} đồng are left"
    if submitted_vnd:
        stands["submitted_vnd"] = submitted_vnd
        vi += f", đang chờ kiểm tra {waits} đồng"
        en += f", {submitted_vnd:,} đồng wait to be checked"
    return Conflict(
        Text(f"{vi}; {then.vi}", f"{en}; {then.en}"),
        facts={"reason": reason, "line": line.code, "left_vnd": left_vnd, **stands},
    )


def _check_days(session: Session, here: Ground, draft: Draft) -> None:
    """Both what happened and the paper about it are of days that can be."""
    issued_on = draft.document[1] if draft.document else None
    decided = draft.reverses or draft.kind in (EntryKind.ALLOCATION, EntryKind.SETTLEMENT)
    paper = "/decision/decided_on" if decided else "/document/issued_on"
    said = ((f"{draft.at}/occurred_on", draft.occurred_on), (f"{draft.at}{paper}", issued_on))
    days.check(session, here.plan, *said)
