"""Taking a file of budget lines, row by row: new ones are opened, those on record have to say the same."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Failure
from app.models import BudgetLine, LedgerEntry
from app.rules import classification
from app.rules.ledger import EntryKind
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.schemas.budget import BudgetLineIn, BudgetLineOut
from app.schemas.imports import LineRow
from app.services import access, budget_lines, grounds, line_sheet, line_sight, opening, refusals
from app.services.forms import Form, Parse
from app.services.grounds import Ground
from app.services.line_sheet import GIVEN, LINKS, WANTED
from app.sheets.drafts import Draft

_AMOUNTS = ("needed_vnd", "allocated_vnd")
_OF_ITSELF = ("code", "title_vi", *classification.LEVELS)
_PAPER = {
    "occurred_on": "occurred_on",
    "document.number": "document_number",
    "document.issued_on": "document_on",
    "document.issuer": "document_issuer",
}
"""The columns of the decision that gave, and where an entry has them."""


def take(
    session: Session,
    actor: Actor,
    slug: str,
    drafts: Sequence[Draft],
    fields: Collection[str],
    parse: Parse,
) -> list[LineRow]:
    """What came of each row, in their order."""
    here = grounds.find_held(session, actor, slug)
    lines = budget_lines.by_codes(session, here, actor, [str(draft.values.get("code")) for draft in drafts])
    shown = budget_lines.shown(session, here, actor, list(lines.values()))
    known = {one.code: (lines[one.code][0], one) for one in shown}
    rows = []
    for draft in drafts:
        try:
            with session.begin_nested():
                rows.append(_taken(session, here, actor, draft, known, fields, parse))
        except Failure as failure:
            rows.append(LineRow(index=0, result="refused", refusal=refusals.of(0, failure)))
    return rows


def _taken(
    session: Session,
    here: Ground,
    actor: Actor,
    draft: Draft,
    known: Mapping[str, tuple[BudgetLine, BudgetLineOut]],
    fields: Collection[str],
    parse: Parse,
) -> LineRow:
    found = known.get(str(draft.values.get("code")))
    if found is None and draft.values.get("allocated_vnd"):  # whose power it is comes before what is lacking
        access.permit(actor, Action.ALLOCATION_DECIDE, line_sight.item(here, None))
    if (failure := draft.failure()) is not None:
        raise failure
    if found is not None:
        _check(session, *found, draft.values, fields)
        return LineRow(index=0, result="unchanged", line=found[1].code)
    body = parse(BudgetLineIn, _request(draft.values))
    if isinstance(body, Failure):
        raise body
    result, (opened, _) = opening.take(session, here, actor, body)
    return LineRow(index=0, result=result, line=opened.code)


def _check(
    session: Session,
    line: BudgetLine,
    shown: BudgetLineOut,
    values: Mapping[str, Any],
    fields: Collection[str],
) -> None:
    """A line on record has to say what a row says, in the columns of the file: of itself, as it does now; of
    its amounts, as it stands or as one of its entries says."""
    stands: dict[str, Any] = {
        **shown.model_dump(mode="json", include=set(_OF_ITSELF)),
        "agency": shown.agency.code if shown.agency else None,
        **{name: sorted(getattr(shown, name)) for name in LINKS if name != "tasks"},
        "tasks": sorted(task.code for task in shown.tasks),
    }
    said = {field: values.get(field) for field in fields if field in stands}
    said |= {field: sorted(values.get(field, [])) for field in LINKS if field in fields}
    if "agency" in said:
        said["agency"] = said["agency"] or stands["agency"]
    other = [field for field in said if said[field] != stands[field]]
    if other:
        raise opening.code_taken([WANTED.headings[field] for field in other])
    if not all(_is_said(session, line, field, values) for field in _AMOUNTS if field in fields):
        raise opening.opened_otherwise()


def _is_said(session: Session, line: BudgetLine, field: str, values: Mapping[str, Any]) -> bool:
    """Whether an amount of a row is on record; no amount and no paper say nothing."""
    kind = EntryKind.NEED if field == "needed_vnd" else EntryKind.ALLOCATION
    paper = {
        column: values[name]
        for name, column in _PAPER.items()
        if kind is EntryKind.ALLOCATION and name in values
    }
    amount = values.get(field, 0)
    if not paper and amount in (0, getattr(line, field)):
        return True
    query = select(LedgerEntry).where(LedgerEntry.line_id == line.id, LedgerEntry.kind == kind)
    return any(
        entry.amount_vnd == amount and all(str(getattr(entry, name)) == paper[name] for name in paper)
        for entry in session.scalars(query)
    )


def _request(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a row asks for; no đồng are as nothing said."""
    said = {field: value for field, value in values.items() if not (field in _AMOUNTS and value == 0)}
    given = {name: said.pop(field) for field, name in GIVEN.items() if field in said}
    if not given:
        return said
    decision = {name: given.pop(name) for name in ("number", "decided_on", "issuer") if name in given}
    return {**said, "allocation": {**given, **({"decision": decision} if decision else {})}}


def _nobody(_session: Session, _actor: Actor, _slug: str, _by: str | None) -> Sequence[str]:
    return ()


FORM = Form(
    operation="import_budget_lines",
    item=line_sheet.ITEM,
    wanted=WANTED,
    drafts=line_sheet.drafts,
    take=take,
    whose="agency",
    offered=_nobody,
    also=line_sheet.ALSO,
)
