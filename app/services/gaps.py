"""Gaps: ownership that the plan leaves open, each with the call that would close it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import Session

from app.models import Agency, Assignment, Implementation, Membership, Task
from app.rules.gaps import GapKind
from app.rules.parties import Actor
from app.rules.rollup import COUNTED_STATUSES
from app.rules.vocabulary import AgencyKind, Role, Source, TaskFamily, TaskKind
from app.schemas.gaps import GapCount, GapFilter, GapOut, GapsOut
from app.schemas.lists import several
from app.services import calendars, gap_money, gap_parts, gap_powers, grounds, sight
from app.services.gap_offers import Body, one_gap
from app.services.grounds import Ground

_STANDING = (
    select(
        *(Assignment.task_id, Assignment.role, Assignment.source, Assignment.group_id, Assignment.fans_out),
        *(Assignment.share_numerator, Assignment.share_denominator),
        *(Agency.code, Agency.name_vi, Agency.kind),
    )
    .join(Agency, Agency.id == Assignment.agency_id)
    .where(Assignment.task_id.in_(bindparam("tasks", expanding=True)), grounds.current(grounds.ON))
    .order_by(Assignment.order_key)
)
_LINKED = (
    select(Implementation.task_id)
    .join(Task, Task.id == Implementation.duty_id)
    .where(Implementation.plan_id == bindparam("plan"), Task.status.in_(COUNTED_STATUSES))
)
"""Items behind which a duty stands that is counted: one that was cancelled carries nothing out."""
_PEOPLED = (
    select(Agency.code)
    .join(Membership, Membership.group_id == Agency.id)
    .where(grounds.current(grounds.ON, Membership))
)
"""Groups that somebody belongs to on a day."""


def find(session: Session, actor: Actor, slug: str, ask: GapFilter) -> GapsOut:
    """All gaps, or those of some kinds."""
    here = grounds.find(session, actor, slug)
    found = list(every(session, here, actor))
    wanted = several(ask.kind)
    return GapsOut(
        plan=slug,
        counts=counted(found),
        items=[gap for gap in found if not wanted or gap.kind in wanted],
    )


def counted(gaps: Iterable[GapOut]) -> list[GapCount]:
    """How many there are of each kind, those of which there are none left out."""
    counts = Counter(gap.kind for gap in gaps)
    return [GapCount(kind=kind, count=counts[kind]) for kind in GapKind if counts[kind]]


def every(session: Session, here: Ground, actor: Actor) -> Iterator[GapOut]:
    """Every gap this caller may see, by kind and in the order of the document."""
    tasks = session.scalars(_counted(sight.seen_whole(here, actor)), {"plan": here.plan.id}).all()
    yield from _items(session, here, [task for task in tasks if task.family is TaskFamily.PROGRAMME])
    duties = {task.id: task for task in tasks if task.family is TaskFamily.DUTY}
    yield from gap_parts.every(session, here, actor, duties)
    for task in duties.values():
        if task.kind is TaskKind.COUNTED and task.target is None:
            yield one_gap(
                here,
                GapKind.DUTY_WITHOUT_TARGET,
                "Chủ kế hoạch chưa giao số lượng, nên chưa có gì phải làm và chưa tính được tiến độ",
                "The plan owner has set no number, so nothing is owed and progress is undefined",
                {"change": "target", "task": task.code, "target": None},
                ["target"],
                tasks=[task],
            )
    yield from _bodies(session, here, duties)
    yield from calendars.without_steward(session, here)
    yield from gap_powers.every(session, here, list(duties.values()))
    yield from gap_money.every(session, here, actor)


@lru_cache(maxsize=1024)
def _counted(seen: ColumnElement[bool]) -> Select[Task]:
    """Said once for each condition, which `seen_whole` gives again and again."""
    counted = (Task.plan_id == bindparam("plan"), seen, Task.status.in_(COUNTED_STATUSES))
    return select(Task).where(*counted).order_by(Task.order_key)


def _items(session: Session, here: Ground, items: Sequence[Task]) -> Iterator[GapOut]:
    """Programme items, of which a part or the whole has no duty behind it."""
    linked = set(session.scalars(_LINKED, {"plan": here.plan.id}))
    for item in items:
        nobody = item.id not in linked
        closes = not (nobody and item.gap_vi)  # a part that the text leaves open is another gap
        change = {"change": "implementation", "item": item.code, "duty": None, "closes_gap": closes}
        if nobody:
            yield one_gap(
                here,
                GapKind.ITEM_WITHOUT_DUTY,
                "Không nhiệm vụ được phân công nào thực hiện mục này",
                "No duty carries this item out",
                change,
                ["duty"],
                tasks=[item],
            )
        elif item.gap_vi:
            yield one_gap(
                here,
                GapKind.PART_WITHOUT_OWNER,
                item.gap_vi,
                item.gap_en or item.gap_vi,
                change,
                ["duty"],
                tasks=[item],
            )


def _bodies(session: Session, here: Ground, duties: dict[int, Task]) -> Iterator[GapOut]:
    """Groups without members, duties of several bodies, and bodies that stand twice in one duty."""
    rows = session.execute(_STANDING, {"tasks": list(duties), "day": here.today}).all()
    yield from _groups(session, here, duties, rows)
    of_duty: dict[int, list[Body]] = {id_: [] for id_ in duties}
    for row in rows:
        of_duty[row.task_id].append(row)
    for id_, bodies in of_duty.items():
        yield from _shared(here, duties[id_], bodies)
        yield from _doubled(here, duties[id_], bodies)


def _shared(here: Ground, duty: Task, bodies: Sequence[Body]) -> Iterator[GapOut]:
    leads = [body for body in bodies if body.group_id is None and body.role is Role.LEAD]
    if len(leads) > 1 and _undivided(leads):
        yield one_gap(
            here,
            GapKind.SEVERAL_LEADS,
            "Văn bản giao chung cho nhiều cơ quan mà không chia phần: tạm tính bằng nhau",
            "The text gives it to several bodies without dividing it: equal parts are assumed",
            {
                "change": "leads",
                "task": duty.code,
                "leads": [{"agency": body.code, "share": f"1/{len(leads)}"} for body in leads],
            },
            [],
            tasks=[duty],
            agencies=leads,
        )


def _doubled(here: Ground, duty: Task, bodies: Sequence[Body]) -> Iterator[GapOut]:
    own = [body for body in bodies if not body.fans_out]
    leading = {body.code for body in own if body.role is Role.LEAD}
    twice = [body for body in own if body.role is Role.COORDINATE and body.code in leading]
    if twice:
        named = (body.code for body in bodies if body.group_id is None and body.role is Role.COORDINATE)
        yield one_gap(
            here,
            GapKind.LEAD_AND_COORDINATOR,
            "Cơ quan vừa chịu trách nhiệm vừa được nêu là phối hợp của cùng một nhiệm vụ",
            "A body is accountable for a duty and named as its coordinator as well",
            {
                "change": "coordinators",
                "task": duty.code,
                "coordinators": [code for code in named if code not in {body.code for body in twice}],
            },
            [],
            tasks=[duty],
            agencies=twice,
        )


def _undivided(leads: Sequence[Body]) -> bool:
    """Whether the text gives it to several bodies in equal parts. That it states a share is on record nowhere
    else: equal ones cannot be told from none. Who is in a group as well has more by that, and nobody less."""
    named = (body for body in leads if body.source is not Source.DECISION)
    least = min((Fraction(body.share_numerator, body.share_denominator) for body in named), default=None)
    return least == Fraction(1, len(leads))


def _groups(
    session: Session, here: Ground, duties: dict[int, Task], rows: Iterable[Body]
) -> Iterator[GapOut]:
    """A group that works through nobody owes nothing, whatever the plan gives it; and where the stay of its
    last member has run out, nobody can do what that one left open."""
    peopled = set(session.scalars(_PEOPLED, {"day": here.today}))
    empty: dict[str, tuple[Body, list[Task]]] = {}
    for row in rows:
        if row.kind is AgencyKind.GROUP and not (row.fans_out and row.code in peopled):
            empty.setdefault(row.code, (row, []))[1].append(duties[row.task_id])
    for code, (body, tasks) in empty.items():
        left = any(row.fans_out for row in rows if row.code == code)
        yield one_gap(
            here,
            GapKind.GROUP_WITHOUT_MEMBERS,
            "Nhóm không còn thành viên nào: việc thành viên cũ để lại chưa ai làm được"
            if left
            else "Chưa biết nhóm gồm những cơ quan nào, nên phần của nhóm chưa ai phải làm",
            "The group has no members any more: nobody can do what those who left it have not done"
            if left
            else "Nobody knows who belongs to the group, so nobody owes its part",
            {"change": "member", "group": code, "agency": None, "valid_from": None},
            ["agency", "valid_from"],
            tasks=list(dict.fromkeys(tasks)),
            agencies=[body],
        )
