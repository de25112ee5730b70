"""Taking a file of budget lines, row by row: new ones are opened, those on record have to say the same."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.errors import Failure
from app.rules.parties import Actor
from app.schemas.budget import BudgetLineIn, BudgetLineOut
from app.schemas.imports import LineRow
from app.services import budget, grounds, line_sheet, opening, refusals
from app.services.forms import Form, Parse
from app.services.grounds import Ground
from app.services.line_sheet import GIVEN, LINKS, WANTED
from app.sheets.drafts import Draft

_AMOUNTS = ("needed_vnd", "allocated_vnd")


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
    lines = budget.by_codes(session, here, actor, [str(draft.values.get("code")) for draft in drafts])
    known = {line.code: line for line in budget.shown(session, here, actor, list(lines.values()))}
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
    known: Mapping[str, BudgetLineOut],
    fields: Collection[str],
    parse: Parse,
) -> LineRow:
    if (failure := draft.failure()) is not None:
        raise failure
    line = known.get(str(draft.values.get("code")))
    if line is not None and _stands(line, draft.values, fields):
        return LineRow(index=0, result="unchanged", line=line.code)
    body = parse(BudgetLineIn, _request(draft.values))
    if isinstance(body, Failure):
        raise body
    result, (opened, _) = opening.take(session, here, actor, body)
    return LineRow(index=0, result=result, line=opened.code)


def _request(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a row asks for; no đồng are as nothing said."""
    said = {field: value for field, value in values.items() if not (field in _AMOUNTS and value == 0)}
    given = {name: said.pop(field) for field, name in GIVEN.items() if field in said}
    if not given:
        return said
    decision = {name: given.pop(name) for name in ("number", "decided_on", "issuer") if name in given}
    return {**said, "allocation": {**given, **({"decision": decision} if decision else {})}}


def _stands(line: BudgetLineOut, values: Mapping[str, Any], fields: Collection[str]) -> bool:
    """Whether a line says what a row says, in all columns of the file: as it was exported."""
    stands: dict[str, Any] = {
        **line.model_dump(mode="json"),
        "agency": line.agency.code if line.agency else None,
        **{name: sorted(getattr(line, name)) for name in LINKS if name != "tasks"},
        "tasks": sorted(task.code for task in line.tasks),
    }
    return all(_plain(field, values) == stands[field] for field in fields if field in stands)


def _plain(field: str, values: Mapping[str, Any]) -> Any:
    if field in LINKS:
        return sorted(values.get(field, []))
    return values.get(field, 0 if field in _AMOUNTS else None)


def _nobody(_session: Session, _actor: Actor, _slug: str) -> Sequence[str]:
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
