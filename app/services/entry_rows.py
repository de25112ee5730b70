"""Taking a file of ledger entries: needs, allocations, commitments and spendings, row by row.

An entry never changes, so a row that names one has to say what it says. In what order rows stand in a file
means nothing: what is given is taken before what is committed, and that before what is spent. All lines of a
part of the file are locked before its first row: two files do not wait for each other's lines in a circle.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.errors import Conflict, Failure, Invalid, Text
from app.models import BudgetLine, LedgerEntry
from app.rules.judging import allowed
from app.rules.ledger import EntryKind
from app.rules.parties import Actor
from app.schemas.imports import EntryRow
from app.schemas.ledger import AllocationIn, CommitmentIn, EntryIn, LedgerEntryOut, Result
from app.services import (
    access,
    budget_lines,
    correcting,
    entries,
    entry_sheet,
    grounds,
    ledger,
    line_sight,
    posting,
    refusals,
    twins,
)
from app.services.budget_lines import Known
from app.services.entry_sheet import PAPER, WANTED
from app.services.forms import Form, Parse
from app.services.grounds import Ground
from app.services.taking_back import LEAVE
from app.sheets.drafts import Draft

MOST_OFFERED = 20
_IN_TURN = [kind.value for kind in EntryKind]
WRITES = {kind.value: action for kind, action in LEAVE.items() if kind is not EntryKind.SETTLEMENT}
"""The kinds of entries that a file may have, and whose power each is."""


def take(
    session: Session,
    actor: Actor,
    slug: str,
    drafts: Sequence[Draft],
    fields: Collection[str],
    parse: Parse,
) -> list[EntryRow]:
    """What came of each row, in their order."""
    here = grounds.find_held(session, actor, slug)
    known = entries.by_ids(session, here, actor, [draft.id for draft in drafts if draft.id])
    lines = _locked(session, here, actor, drafts)
    came: dict[int, EntryRow] = {}
    written: dict[int, LedgerEntry] = {}
    known_before: dict[int, LedgerEntry] = {}
    for place, draft in sorted(enumerate(drafts), key=_turn):
        try:
            if draft.id is not None:
                came[place] = _compared(draft, known, fields)
                continue
            result, entry = _once(session, here, actor, draft, parse, lines)
        except Failure as failure:
            came[place] = EntryRow(index=0, result="refused", refusal=refusals.of(0, failure))
            continue
        came[place] = EntryRow(index=0, result=result, line=draft.values["line"], entry=entry.public_id)
        (written if result == "created" else known_before)[place] = entry
    for place, said in (twins.among(session, written) | twins.gone(session, known_before)).items():
        came[place].hint_vi, came[place].hint_en = said.vi, said.en
    return [came[place] for place in range(len(drafts))]


def _turn(placed: tuple[int, Draft]) -> tuple[int, bool, int]:
    """When a row is taken, what is released after what is committed; one that says no kind is refused
    whenever it is."""
    place, draft = placed
    kind = draft.values.get("kind")
    return _IN_TURN.index(kind) if kind in _IN_TURN else 0, _is_below_zero(draft.values), place


def _is_below_zero(values: Mapping[str, Any]) -> bool:
    amount = values.get("amount_vnd")
    return isinstance(amount, int) and amount < 0


def _locked(session: Session, here: Ground, actor: Actor, drafts: Sequence[Draft]) -> dict[str, Known]:
    """The lines that rows name, by their codes; those on which one of them may write are locked."""
    new = [draft.values for draft in drafts if draft.id is None]
    lines = budget_lines.by_codes(session, here, actor, [str(said.get("line")) for said in new])
    asked = {(str(said.get("line")), str(said.get("kind"))) for said in new if said.get("line") in lines}
    granted = {
        (code, kind)
        for code, kind in asked
        if kind in WRITES and allowed(actor, [WRITES[kind]], line_sight.item(here, lines[code][1]))
    }
    ledger.lock(
        session,
        here,
        [lines[code][0] for code, _ in granted],
        allocating=any(kind == EntryKind.ALLOCATION for _, kind in granted),
    )
    return lines


def _compared(draft: Draft, known: Mapping[str, LedgerEntryOut], fields: Collection[str]) -> EntryRow:
    """A row that names its entry, which has to say the same."""
    if (failure := draft.failure()) is not None:
        raise failure
    entry = known.get(str(draft.id))
    if entry is None:
        raise correcting.unknown()
    stands = entry.model_dump(mode="json")
    said = {field: _at(stands, field) for field in fields if field in WANTED.headings}
    asked = {field: draft.values.get(field) for field in said}
    if any(asked[field] != said[field] for field in said if field not in ("id", "amount_words_vi")):
        raise Conflict(
            Text(
                "Bút toán này nói khác, và bút toán không bao giờ sửa: hãy đảo nó rồi ghi bút toán mới",
                "This entry says something else, and entries never change: reverse it and write a new one",
            ),
            facts={"reason": "entry_differs", "entry": entry.id},
        )
    return EntryRow(index=0, result="unchanged", line=entry.line, entry=entry.id)


def _once(
    session: Session,
    here: Ground,
    actor: Actor,
    draft: Draft,
    parse: Parse,
    lines: Mapping[str, Known],
) -> tuple[Result, LedgerEntry]:
    """A row by itself; whoever writes the same key on another line at this moment is a moment faster."""
    try:
        with session.begin_nested():
            return _taken(session, here, actor, draft, parse, lines)
    except IntegrityError:
        with session.begin_nested():
            return _taken(session, here, actor, draft, parse, lines)


def _taken(
    session: Session,
    here: Ground,
    actor: Actor,
    draft: Draft,
    parse: Parse,
    lines: Mapping[str, Known],
) -> tuple[Result, LedgerEntry]:
    """A row that is an entry of its own. Whether it is its sender's to send comes before what it lacks."""
    _check_leave(here, actor, draft.values, lines)
    if (failure := draft.failure()) is not None:
        raise failure
    kind, body = _request(draft.values, parse)
    if isinstance(body, Failure):
        raise body
    if body.line not in lines:
        raise budget_lines.unknown("/line")
    known = lines[body.line]
    return posting.take(session, here, posting.leave(here, actor, kind, known), kind, body, known)


def _check_leave(here: Ground, actor: Actor, values: Mapping[str, Any], lines: Mapping[str, Known]) -> None:
    kind, known = values.get("kind"), lines.get(str(values.get("line")))
    if kind in WRITES and (known is not None or kind == EntryKind.ALLOCATION):  # which is given by the plan's
        access.permit(actor, WRITES[kind], line_sight.item(here, known[1] if known else None))


def _request(values: Mapping[str, Any], parse: Parse) -> tuple[EntryKind, EntryIn | AllocationIn | Failure]:
    """What a row asks for. A settlement is submitted and checked, and never simply written."""
    flat = dict(values)
    if "kind" not in flat:
        raise Invalid.at("/kind", "missing", "Thiếu mục bắt buộc này", "This is needed")
    kind = EntryKind(flat.pop("kind"))
    paper = {name: flat.pop(field) for field, name in PAPER.items() if field in flat}
    match kind:
        case EntryKind.SETTLEMENT:
            raise Invalid.at(
                "/kind",
                "not_by_file",
                "Quyết toán phải nộp và được kiểm tra (settlements), không ghi bằng tệp",
                "A settlement is submitted and checked (settlements), and not written by a file",
            )
        case EntryKind.COMMITMENT:
            return kind, parse(CommitmentIn, {**flat, **({"document": paper} if paper else {})})
        case _ if _is_below_zero(flat):
            raise Invalid.at(
                "/amount_vnd",
                "below_minimum",
                "Không ghi số âm: hãy đảo bút toán ghi sai (reversals), rồi ghi bút toán đúng",
                "No amount below zero is written: reverse the entry that was wrong, and write the right one",
            )
        case EntryKind.ALLOCATION:
            if "issued_on" in paper:
                paper["decided_on"] = paper.pop("issued_on")
            return kind, parse(AllocationIn, {**flat, **({"decision": paper} if paper else {})})
        case _:
            return kind, parse(EntryIn, {**flat, **({"document": paper} if paper else {})})


def _at(stands: Mapping[str, Any], field: str) -> Any:
    """What an item says in a field, or inside one."""
    found: Any = stands
    for name in field.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _offered(session: Session, actor: Actor, slug: str, kind: str | None) -> Sequence[str]:
    """The lines this caller may write on, entries of one kind if it is known."""
    here = grounds.find(session, actor, slug)
    wanted = {WRITES[kind]} if kind in WRITES else set(WRITES.values())
    query = (
        select(BudgetLine.code)
        .where(
            BudgetLine.plan_id == here.plan.id,
            line_sight.seen(here, actor),
            line_sight.can(here, actor, wanted),
        )
        .order_by(BudgetLine.code)
        .limit(MOST_OFFERED)
    )
    return session.scalars(query).all()


FORM = Form(
    operation="import_ledger_entries",
    item=entry_sheet.ITEM,
    wanted=WANTED,
    drafts=entry_sheet.drafts,
    take=take,
    whose="line",
    offered=_offered,
    also=entry_sheet.ALSO,
    by="kind",
)
