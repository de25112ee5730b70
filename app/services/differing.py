"""Differing: how a figure moved between two instants, by work and by scope, and what each comes from."""

from collections.abc import Sequence
from datetime import datetime, time
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.errors import Fault, Invalid, Text
from app.models import Amendment, Assignment, Standing
from app.models.unit import instant, today
from app.rules import cause
from app.rules.calendar import OFFICE_TIME
from app.rules.cutting import Stake
from app.rules.movement import Movement, Place, movement
from app.rules.parties import Actor
from app.rules.rollup import FORMULA
from app.rules.vocabulary import Level, TaskKind
from app.schemas.base import Ratio, Signed
from app.schemas.difference import DifferenceFilter, DifferenceOut
from app.schemas.progress import By
from app.services import grounds, movements, omissions, parts, tree
from app.services.grounds import Ground
from app.services.parts import Part
from app.services.progress import IN_SUM, Scene
from app.services.tree import Tree


def difference(session: Session, actor: Actor, slug: str, ask: DifferenceFilter) -> DifferenceOut:
    """From one instant to another, for the plan or a filtered set."""
    here = grounds.find(session, actor, slug)
    begun: datetime | None = session.scalars(
        select(func.min(Standing.since)).where(Standing.plan_id == here.plan.id)
    ).one()
    _check(session, ask)
    start, end = _ends(ask, begun)
    nodes = tree.find(session, here, actor, of_every_status=True)
    before = _chosen(session, here, actor, ask, nodes, start) if start is not None else []
    after = _chosen(session, here, actor, ask, nodes, end)
    decisions = omissions.amendments(session, here)
    between = [one for one in decisions if _lies(one, start, end)]
    found = _moved(session, here, before, after, ask.level)
    total = found.total
    said = cause.sentence(total, decided=bool(between) and _adjusted(before, after))
    shown = movements.shown(found, {part.assignment: part for part in (*before, *after)}, nodes, ask)
    return DifferenceOut(
        plan=here.plan.slug,
        level=Level(ask.level),
        from_at=start,
        to_at=end,
        before=Ratio.of(total.before),
        after=Ratio.of(total.after),
        delta=Signed.of(_delta(total.before, total.after)),
        work=Signed.of(total.work),
        scope=Signed.of(total.scope),
        made_by_scope=cause.made_by_scope(total),
        said_vi=said.vi,
        said_en=said.en,
        formula=FORMULA,
        split=cause.SPLIT,
        revision_before=_revision(decisions, begun, start),
        revision_after=_revision(decisions, begun, end),
        as_of=max((part.as_of for part in after if part.as_of), default=None),
        amendments=[omissions.ref(one) for one in between],
        by=By(ask.by) if ask.by else None,
        items=shown.items,
        rows=shown.rows,
    )


def _ends(ask: DifferenceFilter, begun: datetime | None) -> tuple[datetime | None, datetime | None]:
    """From when to when; None is before everything, and after everything."""
    if ask.from_ is not None or begun is None:
        return ask.from_, ask.to
    return (begun if ask.to is None or begun <= ask.to else None), ask.to


def _check(session: Session, ask: DifferenceFilter) -> None:
    """Both instants have come, and one after the other. All of today is told of as far as it has come."""
    start, end = ask.from_, ask.to
    tonight = datetime.combine(today(session), time.max, OFFICE_TIME)
    faults = []
    if start is not None and start > instant(session):
        faults.append(
            Fault(
                "query:from",
                "in_the_future",
                Text(
                    "Thời điểm này chưa đến; một ngày được hiểu là lúc hết ngày đó",
                    "This instant has not come; a day means the end of that day",
                ),
            )
        )
    if end is not None and end > tonight:
        faults.append(
            Fault("query:to", "in_the_future", Text("Chưa đến thời điểm này", "This instant has not come"))
        )
    if start is not None and end is not None and start > end:
        faults.append(
            Fault(
                "query:from",
                "dates_reversed",
                Text("Thời điểm đầu phải trước thời điểm sau", "`from` has to come before `to`"),
            )
        )
    if faults:
        raise Invalid(faults=faults)


def _chosen(
    session: Session, here: Ground, actor: Actor, ask: DifferenceFilter, nodes: Tree, at: datetime | None
) -> list[Part]:
    """The leaves at an instant that the filters leave: tasks and bodies as they are called and due now, each
    task with the status it had."""
    return Scene(here, parts.visible(session, here, actor, at), [], nodes).chosen(ask).parts


def _moved(
    session: Session, here: Ground, before: Sequence[Part], after: Sequence[Part], level: str
) -> Movement:
    """What moved each leaf; one that was handed over goes on under the name of whoever had it first."""
    start, end = (
        {part.assignment: Stake(part.leaf.pull, part.leaf.owed, getattr(part.leaf, level)) for part in some}
        for some in (before, after)
    )
    return movement(start, end, _places(session, here, (*before, *after)))


def _places(session: Session, here: Ground, some: Sequence[Part]) -> dict[str, Place]:
    """The row and the line of bodies that each assignment belongs to. What may only be seen in a sum has one
    row, and lines of its own: nobody's handover is told to those who do not see both ends of it."""
    earlier = aliased(Assignment)
    links = (
        select(Assignment.public_id, earlier.public_id)
        .join(earlier, earlier.id == Assignment.succeeds_id)
        .where(Assignment.plan_id == here.plan.id)
    )
    succeeds = dict(session.execute(links).all())
    in_sum = {part.assignment: part.in_sum for part in some}
    found = {}
    for name, hidden in in_sum.items():
        root = name
        while in_sum.get(succeeds.get(root, "")) is hidden:
            root = succeeds[root]
        found[name] = Place(IN_SUM if hidden else root, root)
    return found


def _adjusted(before: Sequence[Part], after: Sequence[Part]) -> bool:
    """Whether a decision changed what the figure is made of: what weighs how much, or how much is owed of it.
    Occurrences come up by themselves, whatever was decided elsewhere meanwhile."""
    return _made_of(before) != _made_of(after)


def _made_of(parts_: Sequence[Part]) -> dict[int, tuple[Fraction, int]]:
    """By task: its weight here, and what is owed of it; of a triggered one nothing that a decision sets."""
    found: dict[int, tuple[Fraction, int]] = {}
    for part in parts_:
        pull, owed = found.get(part.task_id, (Fraction(0), 0))
        set_ = 0 if part.kind is TaskKind.TRIGGERED else part.leaf.owed
        found[part.task_id] = (pull + part.leaf.pull, owed + set_)
    return found


def _lies(one: Amendment, start: datetime | None, end: datetime | None) -> bool:
    return (start is None or start < one.entered_at) and (end is None or one.entered_at <= end)


def _revision(decisions: Sequence[Amendment], begun: datetime | None, at: datetime | None) -> int | None:
    """The plan's revision at an instant; None before it was on record."""
    if begun is None or (at is not None and at < begun):
        return None
    return max((one.revision for one in decisions if at is None or one.entered_at <= at), default=1)


def _delta(before: Fraction | None, after: Fraction | None) -> Fraction | None:
    return None if before is None or after is None else after - before
