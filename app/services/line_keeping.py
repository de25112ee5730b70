"""Keeping a budget line: what it says of itself is corrected, whatever was spent from it; its code, its body
and its amounts are not. Those are what papers cite, and entries change amounts."""

from typing import Any

from sqlalchemy.orm import Session

from app.errors import Invalid, Stale
from app.models import BudgetLine
from app.models.unit import instant
from app.rules import classification
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.rules.vietnamese import fold
from app.schemas.budget import BudgetLineOut, BudgetLinePatch
from app.services import access, budget_lines, budget_links, grounds, ledger, line_sight


def correct(
    session: Session,
    actor: Actor,
    slug: str,
    code: str,
    patch: BudgetLinePatch,
    versions: frozenset[int] | None,
) -> tuple[BudgetLineOut, int]:
    """Change what is named, if the line is still at one of `versions` (None: at any)."""
    here = grounds.find_held(session, actor, slug)
    line, agency = budget_lines.one(session, here, actor, code)
    permit = access.permit(actor, Action.LINE_CORRECT, line_sight.item(here, agency))
    ledger.lock(session, here, [line], allocating=False)
    if versions is not None and line.version not in versions:
        raise Stale()
    values = {**_titles(line, patch), **_codes(line, patch)}
    moved = budget_links.relink(session, here, actor, permit, line, patch)
    if moved or any(getattr(line, name) != value for name, value in values.items()):
        access.open_for_change(session, permit, [line])
        for name, value in values.items():
            setattr(line, name, value)
        line.search_text = searched(line.code, line.title_vi, line.title_en)
        line.corrected_at = instant(session)
        session.flush()
    return budget_lines.shown(session, here, actor, [(line, agency)])[0], line.version


def searched(code: str, title_vi: str, title_en: str) -> str:
    """What a line is found by."""
    return fold(f"{code} {title_vi} {title_en}")


def _titles(line: BudgetLine, patch: BudgetLinePatch) -> dict[str, Any]:
    """The titles as they are to be. Where nobody has given an English one, it is the Vietnamese one."""
    title_vi = patch.title_vi if "title_vi" in patch.model_fields_set else line.title_vi
    given = None if line.title_en == line.title_vi else line.title_en
    title_en = patch.title_en if "title_en" in patch.model_fields_set else given
    return {"title_vi": title_vi, "title_en": title_en or title_vi}


def _codes(line: BudgetLine, patch: BudgetLinePatch) -> dict[str, Any]:
    """The codes as they are to be, each part with its whole."""
    said = {
        level: getattr(patch if level in patch.model_fields_set else line, level)
        for level in classification.LEVELS
    }
    if classification.missing(said):
        code, why = classification.INCOMPLETE
        raise Invalid.at("", code, *why)
    return said
