"""The door: the only way to a row that may be changed, and what a refusal says."""

from collections.abc import Callable, Iterable

from sqlalchemy.orm import Session

from app.errors import Refused, Text
from app.models.base import Recorded
from app.models.unit import permits
from app.rules.judging import Permit, Refusal, judge
from app.rules.ownership import Action
from app.rules.parties import Actor, Item


def permit(
    actor: Actor, action: Action, on: Item, instead: Callable[[], dict[str, object] | None] = lambda: None
) -> Permit:
    """Ask the rules. A no becomes the refusal that the caller reads, with its reasons and its way out."""
    verdict = judge(actor, action, on)
    if isinstance(verdict, Permit):
        return verdict
    raise Refused(refusal_text(verdict), facts=refusal_facts(verdict, instead()))


def refusal_text(refusal: Refusal) -> Text:
    """The reason as one sentence, with the clause it is about, those that give the power, and who has it."""
    vi, en = refusal.why
    if refusal.clause:
        vi, en = f"{vi} Điều khoản: {refusal.clause}.", f"{en} Clause: {refusal.clause}."
    if refusal.granted_by:
        clauses = ", ".join(refusal.granted_by)
        vi, en = f"{vi} Thẩm quyền theo: {clauses}.", f"{en} Granted by: {clauses}."
    if refusal.who_can:
        bodies = ", ".join(refusal.who_can)
        vi, en = f"{vi} Có thẩm quyền: {bodies}.", f"{en} Who can: {bodies}."
    return Text(vi, en)


def refusal_facts(refusal: Refusal, instead: dict[str, object] | None) -> dict[str, object]:
    """The reason as data: rule, clauses, what the caller is and should be, who is that, what would do."""
    return {
        "rule": refusal.action.value,
        "reason": refusal.code,
        "clause": refusal.clause,
        "granted_by": list(refusal.granted_by),
        "you_are": [relation.value for relation in refusal.you_are],
        "you_are_labels": [relation.label_vi for relation in refusal.you_are],
        "needs": [relation.value for relation in refusal.needs],
        "needs_labels": [relation.label_vi for relation in refusal.needs],
        "who_can": list(refusal.who_can),
        "on_behalf": list(refusal.on_behalf),
        "instead": instead,
    }


def add(session: Session, granted: Permit, rows: Iterable[Recorded]) -> None:
    """New rows enter the unit of work under a permit."""
    for row in rows:
        session.add(row)
        permits(session)[row] = granted


def open_for_change(session: Session, granted: Permit, rows: Iterable[Recorded]) -> None:
    """Existing rows may change under a permit."""
    for row in rows:
        permits(session)[row] = granted
