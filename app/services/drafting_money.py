"""Drawing up a plan's money: its total, and the lines the document itself gives."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.models import Budget, BudgetLine, LedgerEntry
from app.models.unit import instant, today
from app.rules.ledger import EntryKind
from app.services import line_keeping
from app.services.drafting import Draft


def add_budget(
    draft: Draft, facts: Mapping[str, Any], lines: Iterable[tuple[str | None, Mapping[str, Any]]]
) -> None:
    """Enter the total, and the lines the document itself gives, if any; what it gives them cites the
    document."""
    draft.enter(Budget(**facts, plan_id=draft.plan.id, label=draft.plan.slug))
    for agency, given in lines:
        line = BudgetLine(
            **given,
            plan_id=draft.plan.id,
            agency_id=draft.agencies[agency].id if agency is not None else None,
            search_text=line_keeping.searched(given["code"], given["title_vi"], given["title_en"]),
        )
        draft.enter(line)
        if line.allocated_vnd:
            draft.enter(_as_printed(draft, line))


def _as_printed(draft: Draft, line: BudgetLine) -> LedgerEntry:
    """The entry of what the document itself gives to a line."""
    plan, day = draft.plan, today(draft.session)
    return LedgerEntry(
        plan_id=plan.id,
        line_id=line.id,
        kind=EntryKind.ALLOCATION,
        amount_vnd=line.allocated_vnd,
        occurred_on=min(day, plan.effective_on or plan.period_from),
        document_number=plan.number,
        document_on=plan.issued_on,
        document_issuer=plan.issuer_vi,
        recorded_by_id=plan.secretariat_id or plan.owner_id,
        recorded_at=instant(draft.session),
    )
