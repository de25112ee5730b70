"""The journal as a feed: oldest first, nothing skipped, nothing shown that the caller may not see."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Text, and_, cast, exists, false, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from app.errors import Fault, Invalid
from app.errors import Text as Words
from app.models import (
    Act,
    Agency,
    Assignment,
    BudgetLine,
    BudgetLink,
    Change,
    LedgerEntry,
    Output,
    Plan,
    Proposal,
    Settlement,
    Task,
    Urge,
)
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.rules.vocabulary import Operation, Role, Scope, Subject, Visibility
from app.schemas.changes import ChangeFilter, ChangeOut, ChangePage
from app.schemas.lists import several
from app.services import amendments, grounds, line_sight, listing, proposals, sight, urges
from app.services.grounds import Ground


def find(session: Session, actor: Actor, ask: ChangeFilter) -> ChangePage:
    """List what changed after a change the caller has seen, or from the beginning."""
    visible = _visible(session, actor)
    query = (
        select(Change, Plan.slug, Task.code, Task.title_vi, Agency.name_vi)
        .outerjoin(Plan, Plan.id == Change.plan_id)
        .outerjoin(Task, Task.id == Change.task_id)
        .outerjoin(Agency, Agency.code == Change.actor)
        .where(visible, *_settled(session))
    )
    order = _order(session)
    if ask.after is not None:
        query = query.where(tuple_(*order) > _place(session, ask.after, order))
    for column, wanted in ((Plan.slug, ask.plan), (Task.code, ask.task), (Change.subject, ask.subject)):
        if wanted:
            query = query.where(column.in_(several(wanted)))
    if ask.ref:
        query = query.where(Change.ref == ask.ref)
    if ask.from_ is not None:
        query = query.where(Change.at > ask.from_)
    way, most = ([one.desc() for one in order], 1) if ask.newest else (order, ask.limit)
    rows = session.execute(query.order_by(*way).limit(listing.at_most(most + 1))).all()
    items = [_out(*row) for row in rows[:most]]
    _hide_names(session, actor, items)
    _name_outputs(session, items)
    more = len(rows) > most and not ask.newest
    return ChangePage(items=items, next_cursor=items[-1].id if more else None)


def _out(
    change: Change, plan: str | None, task: str | None, title: str | None, actor: str | None
) -> ChangeOut:
    return ChangeOut(
        id=change.public_id,
        at=change.at,
        plan=plan,
        task=task,
        task_title_vi=title,
        subject=Subject(change.subject),
        ref=change.ref,
        output=None,
        operation=Operation(change.operation),
        version=change.version,
        action=Action(change.action),
        actor=change.actor,
        actor_name_vi=actor,
        via=change.via,
        before=_in_utc(change.before) if change.before is not None else None,
        after=_in_utc(change.after),
        request_id=change.request_id,
    )


def _in_utc(values: dict[str, Any]) -> dict[str, Any]:
    """The same values, with their instants spelled as everywhere else on the wire."""
    return {
        name: value.removesuffix("+00:00") + "Z" if _is_instant(name, value) else value
        for name, value in values.items()
    }


def _is_instant(name: str, value: Any) -> bool:
    return name.endswith("_at") and isinstance(value, str) and value.endswith("+00:00")


_SUCCESSOR = "superseded_by"
_NAMING = {Subject.TASK: _SUCCESSOR, Subject.PROPOSAL: "changes"}
"""Where a row says something of another task."""


def _hide_names(session: Session, actor: Actor, items: Iterable[ChangeOut]) -> None:
    """Of a task seen, or in a proposal of its own, a change may name one that is not: then it names none."""
    told: dict[str, list[tuple[Subject, dict[str, Any]]]] = defaultdict(list)
    for item in items:
        for values in (item.before, item.after):
            if item.plan and values and values.get(_NAMING.get(item.subject, "")):
                told[item.plan].append((item.subject, values))
    for slug, rows in told.items():
        here = grounds.find(session, actor, slug)
        tasks, asked = ([values for of, values in rows if of is one] for one in _NAMING)
        known = sight.known(session, here, actor, {values[_SUCCESSOR] for values in tasks})
        for values in tasks:
            values[_SUCCESSOR] = values[_SUCCESSOR] if values[_SUCCESSOR] in known else None
        seen = amendments.seen_of_each(session, here, actor, [values["changes"] for values in asked])
        for values, changes in zip(asked, seen, strict=True):
            values["changes"] = changes


def _name_outputs(session: Session, items: Iterable[ChangeOut]) -> None:
    """Of an act its change has the output's code alone, which many outputs have."""
    acts = {item.ref: item for item in items if item.subject is Subject.ACT}
    if not acts:
        return
    query = select(Act.public_id, Output.public_id).join(Output, Output.id == Act.output_id)
    for ref, output in session.execute(query.where(Act.public_id.in_(acts))):
        acts[ref].output = output


def _order(session: Session) -> list[ColumnElement[int]]:
    """What the feed is in the order of. SQLite has one writer at a time, so its numbers are in the order of
    the commits; and no index of its leads to a place by two columns where the second is the row's number."""
    by_number: ColumnElement[int] = Change.id.expression
    return [Change.horizon.expression, by_number] if _many_writers(session) else [by_number]


def _many_writers(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _place(session: Session, public_id: str, order: list[ColumnElement[int]]) -> Any:
    """Where in the feed a change stands, also one that has gone out of the caller's sight since it was read:
    who holds such an id has seen it, or been told by one who has."""
    found = session.execute(select(*order).where(Change.public_id == public_id)).one_or_none()
    if found is None:
        fault = Fault(
            "query:after",
            "unknown_change",
            Words(
                "Không có thay đổi này: ghi `id` của một thay đổi đã đọc, hay `next_cursor` của trang trước",
                "There is no such change: give the `id` of one that was read, or the last `next_cursor`",
            ),
        )
        raise Invalid(faults=[fault])
    return tuple_(*found)


def _settled(session: Session) -> list[ColumnElement[bool]]:
    """On PostgreSQL, only changes older than every running transaction: none can slip in before them."""
    if not _many_writers(session):
        return []
    oldest = cast(cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), Text), BigInteger)
    return [Change.horizon < oldest]


def _visible(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Changes of tasks the caller sees whole, and of what else it sees in the lists; of keys and what is like
    them, for the technician alone.

    Of a status-only duty several bodies may be leads: who did what in it is for the plan's insiders, and what
    became of its own periods for each.
    """
    internal_but_own = and_(Task.visibility == Visibility.INTERNAL, sight.leads(actor))
    seen = or_(Change.task_id.is_(None), Task.visibility == Visibility.NORMAL, internal_but_own)
    plans = [grounds.find(session, actor, slug) for slug in session.scalars(select(Plan.slug)).all()]
    listed = or_(false(), *(_listed(here, actor) for here in plans if not here.insider))
    outside = seen & ~_leads_to_hidden(actor) & (Change.subject.not_in(_OF_SEVERAL) | listed)
    inside = Change.plan_id.in_([here.plan.id for here in plans if here.insider])
    whole = inside | outside | _own_period(actor)
    if Scope.ADMIN not in actor.scopes:
        whole &= Change.subject.not_in((Subject.KEY, Subject.SUBSCRIPTION))
    return whole


_OF_SEVERAL = (
    *(Subject.AMENDMENT, Subject.PROPOSAL, Subject.URGE),
    *(Subject.BUDGET_LINE, Subject.BUDGET_LINK, Subject.LEDGER_ENTRY, Subject.SETTLEMENT),
)
"""What tells of several tasks at once, or is between two bodies: for the plan's insiders, and for whoever has
it in its lists. What an amendment does to a task is told of the task."""


def _listed(here: Ground, actor: Actor) -> ColumnElement[bool]:
    """It is a change of what the caller finds in the lists of this plan. Looked up by its key each time: a
    plan may have a million entries, and a page of the feed has two hundred changes."""
    line = and_(BudgetLine.plan_id == here.plan.id, line_sight.seen(here, actor))
    found = {
        Subject.URGE: exists().where(Urge.public_id == Change.ref, urges.seen(here, actor)),
        Subject.PROPOSAL: exists().where(Proposal.public_id == Change.ref, proposals.seen(here, actor)),
        Subject.BUDGET_LINE: exists().where(BudgetLine.code == Change.ref, line),
        Subject.BUDGET_LINK: exists().where(
            BudgetLink.plan_id == here.plan.id,
            BudgetLink.label == Change.ref,
            BudgetLine.id == BudgetLink.line_id,
            line,
        ),
        **{
            subject: exists().where(table.public_id == Change.ref, BudgetLine.id == table.line_id, line)
            for subject, table in ((Subject.LEDGER_ENTRY, LedgerEntry), (Subject.SETTLEMENT, Settlement))
        },
    }
    ways = (and_(Change.subject == subject, row.correlate(Change)) for subject, row in found.items())
    return and_(Change.plan_id == here.plan.id, or_(*ways))


def _own_period(actor: Actor) -> ColumnElement[bool]:
    """It is a change of a period that the caller reports on in a status-only duty."""
    own = exists().where(
        Output.public_id == Change.ref,
        Assignment.id == Output.assignment_id,
        Assignment.agency_id == actor.agency_id,
    )
    status_only = Task.visibility == Visibility.STATUS_ONLY
    return and_(Change.subject == Subject.OUTPUT, status_only, own.correlate(Change))


def _leads_to_hidden(actor: Actor) -> ColumnElement[bool]:
    """A link has two ends: its change goes with the duty, and must name no item hidden from the caller."""
    item, own = aliased(Task), aliased(Assignment)
    leads = exists().where(own.task_id == item.id, own.agency_id == actor.agency_id, own.role == Role.LEAD)
    named = (item.plan_id == Change.plan_id) & (Change.ref == item.code + "/" + Task.code)
    hidden = exists().where(named, item.visibility != Visibility.NORMAL, ~leads).correlate(Change, Task)
    return (Change.subject == Subject.IMPLEMENTATION) & hidden
