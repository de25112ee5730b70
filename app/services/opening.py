"""Opening a budget line: by its agency, with what it needs; or by the funding decider, with what it gives."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, Invalid, Text
from app.models import Agency, BudgetLine, BudgetLink, LedgerEntry
from app.models.unit import today
from app.rules import classification
from app.rules.judging import Permit
from app.rules.ledger import EntryKind
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.schemas.budget import BudgetLineIn, BudgetLineOut
from app.schemas.ledger import Result
from app.services import (
    access,
    budget,
    budget_lines,
    budget_links,
    grounds,
    ledger,
    line_keeping,
    line_sight,
    posting,
    purse,
)
from app.services.budget_lines import Known
from app.services.grounds import WITHOUT_ACCOUNT, Ground
from app.services.ledger import Draft
from app.services.looking_up import still_there


def open_line(
    session: Session, actor: Actor, slug: str, body: BudgetLineIn
) -> tuple[Result, BudgetLineOut, int]:
    """Open a line. The same line again is the same as once; the code with other words is a conflict."""
    here = grounds.find_held(session, actor, slug)
    result, known = take(session, here, actor, body)
    return result, budget_lines.shown(session, here, actor, [known])[0], known[0].version


def take(session: Session, here: Ground, actor: Actor, body: BudgetLineIn) -> tuple[Result, Known]:
    """The same on ground that is held."""
    agency = _body(session, here, actor, body)
    action = Action.NEED_STATE if body.allocation is None else Action.ALLOCATION_DECIDE
    permit = access.permit(actor, action, line_sight.item(here, agency))
    if body.needed_vnd is not None:  # who gives does not say what is needed
        access.permit(actor, Action.NEED_STATE, line_sight.item(here, agency))
    _fit(here, agency, body)
    links = budget_links.drawn(session, here, actor, body.code, body)
    if ledger.hold(session, here) is None:
        if body.allocation is not None:
            raise budget.no_total()
        _hold(session, agency)
    known = _on_file(session, here, actor, body, agency, links)
    if known is not None:
        return "unchanged", (known, agency)
    line = _opened(session, here, permit, agency, body, links)
    for draft in _first(session, body):
        ledger.post(session, here, permit, line, draft)
    return "created", (line, agency)


def _hold(session: Session, agency: Agency) -> None:
    """Let two openings of one code be one after the other where there is no budget to hold: a code begins
    with its agency's. What refers to the agency does not wait."""
    session.execute(select(Agency.id).where(Agency.id == agency.id).with_for_update(key_share=True))


def _opened(
    session: Session,
    here: Ground,
    permit: Permit,
    agency: Agency,
    body: BudgetLineIn,
    links: list[dict[str, Any]],
) -> BudgetLine:
    line = BudgetLine(
        plan_id=here.plan.id,
        agency_id=agency.id,
        search_text=line_keeping.searched(body.code, body.title_vi, body.title_en or body.title_vi),
        line=None,
        allocated_vnd=0,
        **_said(body),
    )
    access.add(session, permit, [line])
    session.flush()
    rows = [BudgetLink(plan_id=here.plan.id, line_id=line.id, **link) for link in links]
    access.add(session, permit, rows)
    session.flush()
    return line


def _said(body: BudgetLineIn) -> dict[str, Any]:
    """What a line says of itself."""
    codes = {level: getattr(body, level) for level in classification.LEVELS}
    titles = {"title_vi": body.title_vi, "title_en": body.title_en or body.title_vi}
    return {"code": body.code, **titles, **codes}


def _first(session: Session, body: BudgetLineIn) -> list[Draft]:
    """The entries a line begins with."""
    need = [Draft(EntryKind.NEED, body.needed_vnd, today(session))] if body.needed_vnd else []
    if (given := body.allocation) is None:
        return need
    paper = posting.cited(given.decision)
    return [*need, Draft(EntryKind.ALLOCATION, given.amount_vnd, given.occurred_on, paper, at="/allocation")]


def _body(session: Session, here: Ground, actor: Actor, body: BudgetLineIn) -> Agency:
    """The body whose line it is to be."""
    query = select(Agency).where(Agency.code == (body.agency or actor.agency))
    found = session.scalars(query).one_or_none()
    if found is None or found.kind in WITHOUT_ACCOUNT:
        raise Invalid.at(
            "/agency",
            "not_a_body",
            "Cần mã của một cơ quan, không phải nhóm hay đối tác bên ngoài",
            "The code of one body is needed, not of a group or an external partner",
        )
    return still_there(found, here.today, "/agency")


def _fit(here: Ground, agency: Agency, body: BudgetLineIn) -> None:
    """Who decides on money spends none of it, so it has no line; a line is called after its agency."""
    if any(agency.code in here.item.roles.get(power, ()) for power in purse.POWERS):
        raise purse.apart("/agency")
    if not body.code.startswith(f"{agency.code}-"):
        raise Invalid.at(
            "/code",
            "not_named_after_agency",
            f"Mã dòng phải bắt đầu bằng {agency.code}-",
            f"The code of a line begins with {agency.code}-",
        )


def _on_file(
    session: Session,
    here: Ground,
    actor: Actor,
    body: BudgetLineIn,
    agency: Agency,
    links: list[dict[str, Any]],
) -> BudgetLine | None:
    """The line that is there already, if it says the same."""
    query = select(BudgetLine).where(BudgetLine.plan_id == here.plan.id, BudgetLine.code == body.code)
    known = session.scalars(query).one_or_none()
    if known is None:
        return None
    standing = select(BudgetLink.label).where(BudgetLink.line_id == known.id, BudgetLink.stands)
    labels = session.scalars(standing).all()
    same = all(getattr(known, name) == value for name, value in _said(body).items())
    if not same or known.agency_id != agency.id or set(labels) != {link["label"] for link in links}:
        raise code_taken()
    if not _began(session, actor, known, body):
        raise opened_otherwise()
    return known


def code_taken(columns: Sequence[str] = ()) -> Conflict:
    """A line of this code says something else of itself; where it is known, in what."""
    differ = f" ({', '.join(columns)})" if columns else ""
    return Conflict(
        Text(
            f"Mã này đã có dòng kinh phí nói khác{differ}: hãy sửa dòng ấy bằng PATCH, tệp không sửa được;"
            " hoặc dùng mã khác",
            f"A budget line with this code says something else{differ}: correct it by PATCH, no file"
            " does that; or use another code",
        ),
        facts={"reason": "code_taken"},
    )


def opened_otherwise() -> Conflict:
    """A line is on record with other amounts, which only entries can change."""
    return Conflict(
        Text(
            "Dòng này đã có với số khác: hãy ghi thêm bằng bút toán nhu cầu hoặc bố trí",
            "The line is on record with other amounts: say more by entries of need or allocation",
        ),
        facts={"reason": "opened_otherwise"},
    )


def _began(session: Session, actor: Actor, line: BudgetLine, body: BudgetLineIn) -> bool:
    """Whether this body has written on the line what it is to begin with."""
    query = select(
        LedgerEntry.kind,
        LedgerEntry.amount_vnd,
        LedgerEntry.document_number,
        LedgerEntry.document_on,
        LedgerEntry.document_issuer,
    ).where(LedgerEntry.line_id == line.id, LedgerEntry.recorded_by_id == actor.agency_id)
    told = {tuple(row) for row in session.execute(query)}
    return all(
        (one.kind, one.amount, *(one.document or (None, None, None))) in told for one in _first(session, body)
    )
