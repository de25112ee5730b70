"""Gaps: ownership that the plan leaves open, each with the call that would close it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.models import Agency, Assignment, Budget, Implementation, Task
from app.rules.gaps import GapKind
from app.rules.judging import who_can
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.rules.rollup import COUNTED_STATUSES
from app.rules.vocabulary import AgencyKind, Role, Source, TaskFamily, TaskKind
from app.schemas.base import AgencyRef, TaskRef
from app.schemas.gaps import GapCount, GapFilter, GapOut, GapsOut, RepairOut
from app.schemas.lists import several
from app.services import calendars, grounds, sight
from app.services.grounds import Ground

_DECISION = ["/decision/number", "/decision/decided_on", "/decision/issuer"]


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
    tasks = session.scalars(
        select(Task)
        .where(Task.plan_id == here.plan.id, sight.seen_whole(here, actor), Task.status.in_(COUNTED_STATUSES))
        .order_by(Task.order_key)
    ).all()
    yield from _items(session, here, [task for task in tasks if task.family is TaskFamily.PROGRAMME])
    duties = {task.id: task for task in tasks if task.family is TaskFamily.DUTY}
    for task in duties.values():
        if task.kind is TaskKind.COUNTED and task.target is None:
            yield _gap(
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
    yield from _powers(session, here, list(duties.values()))


def _items(session: Session, here: Ground, items: Sequence[Task]) -> Iterator[GapOut]:
    """Programme items, of which a part or the whole has no duty behind it."""
    linked = set(
        session.scalars(select(Implementation.task_id).where(Implementation.plan_id == here.plan.id))
    )
    for item in items:
        change = {"change": "implementation", "item": item.code, "duty": None, "closes_gap": True}
        if item.id not in linked:
            yield _gap(
                here,
                GapKind.ITEM_WITHOUT_DUTY,
                "Không nhiệm vụ được phân công nào thực hiện mục này",
                "No duty carries this item out",
                change,
                ["duty"],
                tasks=[item],
            )
        elif item.gap_vi:
            yield _gap(
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
    rows = session.execute(
        select(Assignment, Agency)
        .join(Agency, Agency.id == Assignment.agency_id)
        .where(Assignment.task_id.in_(duties), grounds.current(here.today))
        .order_by(Assignment.order_key)
    ).all()
    yield from _groups(here, duties, [(row, agency) for row, agency in rows])
    for id_, task in duties.items():
        named = [(row, agency) for row, agency in rows if row.task_id == id_ and row.group_id is None]
        leads = [(row, agency) for row, agency in named if row.role is Role.LEAD]
        if len(leads) > 1 and any(row.source is not Source.DECISION for row, _ in leads):
            yield _gap(
                here,
                GapKind.SEVERAL_LEADS,
                "Văn bản giao chung cho nhiều cơ quan mà không chia phần: tạm tính bằng nhau",
                "The text gives it to several bodies without dividing it: equal parts are assumed",
                {
                    "change": "leads",
                    "task": task.code,
                    "leads": [{"agency": agency.code, "share": f"1/{len(leads)}"} for _, agency in leads],
                },
                [],
                tasks=[task],
                agencies=[agency for _, agency in leads],
            )
        own = [(row.role, agency) for row, agency in rows if row.task_id == id_ and not row.fans_out]
        leading = {agency.code for role, agency in own if role is Role.LEAD}
        twice = [agency for role, agency in own if role is Role.COORDINATE and agency.code in leading]
        if twice:
            yield _gap(
                here,
                GapKind.LEAD_AND_COORDINATOR,
                "Cơ quan vừa chịu trách nhiệm vừa được nêu là phối hợp của cùng một nhiệm vụ",
                "A body is accountable for a duty and named as its coordinator as well",
                {
                    "change": "coordinators",
                    "task": task.code,
                    "coordinators": [
                        agency.code
                        for row, agency in named
                        if row.role is Role.COORDINATE and agency not in twice
                    ],
                },
                [],
                tasks=[task],
                agencies=twice,
            )


def _groups(
    here: Ground, duties: dict[int, Task], rows: Iterable[tuple[Assignment, Agency]]
) -> Iterator[GapOut]:
    """A group that works through nobody owes nothing, whatever the plan gives it."""
    empty: dict[str, tuple[Agency, list[Task]]] = {}
    for row, agency in rows:
        if agency.kind is AgencyKind.GROUP and not row.fans_out:
            empty.setdefault(agency.code, (agency, []))[1].append(duties[row.task_id])
    for code, (agency, tasks) in empty.items():
        yield _gap(
            here,
            GapKind.GROUP_WITHOUT_MEMBERS,
            "Chưa biết nhóm gồm những cơ quan nào, nên phần của nhóm chưa ai phải làm",
            "Nobody knows who belongs to the group, so nobody owes its part",
            {"change": "member", "group": code, "agency": None, "valid_from": None},
            ["agency", "valid_from"],
            tasks=list(dict.fromkeys(tasks)),
            agencies=[agency],
        )


_POWERS = (
    (Role.MONITOR, GapKind.NO_MONITOR, "không đầu ra nào được xác nhận", "no output can be confirmed"),
    (Role.FUND, GapKind.NO_FUNDER, "không bố trí được kinh phí", "no money can be allocated"),
    (Role.SETTLE, GapKind.NO_SETTLER, "không kiểm tra được quyết toán", "no settlement can be checked"),
)


def _powers(session: Session, here: Ground, duties: Sequence[Task]) -> Iterator[GapOut]:
    """Powers over the plan that nobody holds: those over money only where there is some."""
    has_money = session.scalars(select(exists().where(Budget.plan_id == here.plan.id))).one()
    for role, kind, vi, en in _POWERS:
        if not here.item.roles.get(role) and (has_money or role is Role.MONITOR) and duties:
            yield _gap(
                here,
                kind,
                f"Không cơ quan nào giữ thẩm quyền này: {vi}",
                f"Nobody holds this power: {en}",
                {"change": "power", "power": role.value, "task": None, "agency": None},
                ["task", "agency"],
            )
    if here.item.roles.get(Role.MONITOR) and here.item.approver is None:
        yield _gap(
            here,
            GapKind.NO_APPROVER,
            "Nhiệm vụ của chính cơ quan theo dõi không ai xác nhận được",
            "Nobody can confirm what the monitor itself has to do",
            {"change": "approver", "agency": None},
            ["agency"],
        )


def _gap(
    here: Ground,
    kind: GapKind,
    vi: str,
    en: str,
    change: dict[str, Any],
    fill: Sequence[str],
    *,
    tasks: Sequence[Task] = (),
    agencies: Sequence[Agency] = (),
) -> GapOut:
    return GapOut(
        kind=kind,
        tasks=[TaskRef(code=task.code, title_vi=task.title_vi) for task in tasks],
        agencies=[AgencyRef(code=agency.code, name_vi=agency.name_vi) for agency in agencies],
        events=[],
        text_vi=vi,
        text_en=en,
        repair=RepairOut(
            method="POST",
            path=f"/v1/plans/{here.plan.slug}/amendments",
            headers={},
            body={
                "decision": {"number": None, "decided_on": None, "issuer": None},
                "changes": [change],
            },
            fill=[*_DECISION, *(f"/changes/0/{name}" for name in fill)],
            who_can=list(who_can(Action.PLAN_AMEND, here.item)),
        ),
    )
