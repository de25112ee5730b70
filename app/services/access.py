"""The door: what a caller may see, and the only way to a row that may be changed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true
from sqlalchemy.orm import Session, aliased

from app.errors import NotFound, Refused, Text
from app.models import Agency, Assignment, Plan, Task
from app.models.base import Recorded
from app.models.changes import permits
from app.rules.calendar import business_day
from app.rules.ownership import Action, Permit, Refusal, judge
from app.rules.parties import Actor, Item, is_insider
from app.rules.vocabulary import AgencyKind, Role, Visibility

WITHOUT_ACCOUNT = frozenset({AgencyKind.EXTERNAL_PARTNER, AgencyKind.GROUP})
"""Partners have no account; a group acts through its members."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The plan a request stands on, its bodies by code, and whether the caller sees all of it."""

    plan: Plan
    item: Item
    insider: bool


def ground(session: Session, actor: Actor, slug: str) -> Ground:
    """Find the plan by its slug. Every key may see that a plan exists."""
    owner, secretariat = aliased(Agency), aliased(Agency)
    found = session.execute(
        select(Plan, owner.code, secretariat.code)
        .join(owner, owner.id == Plan.owner_id)
        .outerjoin(secretariat, secretariat.id == Plan.secretariat_id)
        .where(Plan.slug == slug)
    ).one_or_none()
    if found is None:
        raise NotFound()
    plan, owner_code, secretariat_code = found
    item = Item(
        owner=owner_code,
        secretariat=secretariat_code,
        superiors=tuple(plan.superiors),
        plan_status=plan.status,
    )
    return Ground(plan, item, is_insider(actor, item))


def seen_whole(here: Ground, actor: Actor) -> ColumnElement[bool]:
    """The SQL inverse of `parties.sight(...) is WHOLE`: a condition on Task."""
    if here.insider:
        return true()
    return or_(Task.visibility == Visibility.NORMAL, leads(actor))


def seen_in_sum(here: Ground, actor: Actor) -> ColumnElement[bool]:
    """The SQL inverse of `parties.sight(...) is AGGREGATE`, for one body's part: on Task and Assignment."""
    if here.insider:
        return false()
    return and_(Task.visibility == Visibility.STATUS_ONLY, Assignment.agency_id != actor.agency_id)


def own_part(here: Ground, actor: Actor) -> ColumnElement[bool]:
    """A condition on Task and Assignment: of a status-only duty a body sees its own part and no other's."""
    if here.insider:
        return true()
    own = Assignment.agency_id == actor.agency_id
    return or_(Task.visibility != Visibility.STATUS_ONLY, own, Assignment.role != Role.LEAD)


def leads(actor: Actor) -> ColumnElement[bool]:
    """The caller is accountable for the Task of the surrounding query."""
    own = aliased(Assignment)
    return (
        exists()
        .where(own.task_id == Task.id, own.agency_id == actor.agency_id, own.role == Role.LEAD)
        .correlate(Task)
    )


def task(session: Session, here: Ground, actor: Actor, code: str) -> Task:
    """The task with this clause code, if the caller may see it whole; otherwise there is no such task."""
    found = session.scalars(
        select(Task).where(Task.plan_id == here.plan.id, Task.code == code, seen_whole(here, actor))
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


def item(session: Session, here: Ground, row: Task, only: str | None = None) -> Item:
    """What the rules need to know of a task; `only` narrows its bodies to one, for that body's own part."""
    holders: dict[Role, tuple[str, ...]] = {}
    voiceless, today = set(), business_day(datetime.now(UTC))
    for role, code, kind, valid_to in session.execute(holders_of(row.id)):
        if only in (None, code):
            holders[role] = (*holders.get(role, ()), code)
            if kind in WITHOUT_ACCOUNT or (valid_to is not None and valid_to < today):
                voiceless.add(code)
    return Item(
        owner=here.item.owner,
        secretariat=here.item.secretariat,
        superiors=here.item.superiors,
        plan_status=here.item.plan_status,
        task_status=row.status,
        visibility=row.visibility,
        clause=row.code,
        roles=holders,
        voiceless=frozenset(voiceless),
    )


def holders_of(task_id: int) -> Select[Role, str, AgencyKind, date | None]:
    """The bodies of a task, each with its role, in the order of the clause; groups as their members."""
    return (
        select(Assignment.role, Agency.code, Agency.kind, Agency.valid_to)
        .join(Agency, Agency.id == Assignment.agency_id)
        .where(Assignment.task_id == task_id, ~Assignment.fans_out)
        .order_by(Assignment.order_key)
    )


def permit(
    actor: Actor, action: Action, on: Item, instead: Callable[[], dict[str, object] | None] = lambda: None
) -> Permit:
    """Ask the rules. A no becomes the refusal that the caller reads, with its reasons and its way out."""
    verdict = judge(actor, action, on)
    if isinstance(verdict, Permit):
        return verdict
    raise Refused(refusal_text(verdict), facts=refusal_facts(verdict, instead()))


def refusal_text(refusal: Refusal) -> Text:
    """The reason as one sentence, with the clause it comes from and who holds the power."""
    vi, en = refusal.why
    if refusal.clause:
        vi, en = f"{vi} Điều khoản: {refusal.clause}.", f"{en} Clause: {refusal.clause}."
    if refusal.who_can:
        bodies = ", ".join(refusal.who_can)
        vi, en = f"{vi} Có thẩm quyền: {bodies}.", f"{en} Who can: {bodies}."
    return Text(vi, en)


def refusal_facts(refusal: Refusal, instead: dict[str, object] | None) -> dict[str, object]:
    """The reason as data: rule, clause, who the caller is here, what is needed, who has it, what would do."""
    return {
        "rule": refusal.action.value,
        "reason": refusal.code,
        "clause": refusal.clause,
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
