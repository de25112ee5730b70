"""Gaps in who decides: an owner that has ended, and powers over the plan that nobody holds."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from app.models import Agency, Budget, Plan, Task
from app.rules.gaps import GapKind
from app.rules.vocabulary import PlanStatus, Role
from app.schemas.gaps import GapOut
from app.services import grounds
from app.services.gap_offers import one_gap
from app.services.grounds import Ground

_LAST_DAY = select(Agency.valid_to).where(Agency.id == bindparam("id"))
_ABLE = (
    select(Plan.slug, Agency.code)
    .join(Agency, Agency.id == Plan.owner_id)
    .where(Plan.status == PlanStatus.ACTIVE, grounds.lasting(grounds.ON, Agency))
    .order_by(Plan.id)
    .limit(1)
)
_HAS_MONEY = select(exists().where(Budget.plan_id == bindparam("plan")))


def every(session: Session, here: Ground, duties: Sequence[Task]) -> Iterator[GapOut]:
    """Who could decide and does not, or cannot; `duties`: those the caller sees."""
    yield from _owner(session, here)
    yield from _powers(session, here, duties)


def _owner(session: Session, here: Ground) -> Iterator[GapOut]:
    """An owner that has ended, which no decision of the plan can mend: one of another plan lets it be
    followed in all of them."""
    ended = here.item.owner in here.item.voiceless and here.plan.status is not PlanStatus.CLOSED
    last_day = session.scalars(_LAST_DAY, {"id": here.plan.owner_id}).one() if ended else None
    if last_day is None:
        return
    elsewhere = session.execute(_ABLE, {"day": here.today}).first()
    yield one_gap(
        here,
        GapKind.NO_OWNER,
        "Chủ kế hoạch đã kết thúc hoạt động: không ai điều chỉnh được kế hoạch",
        "The plan's owner has come to an end: nobody can amend the plan",
        {
            "change": "succession",
            "agency": here.item.owner,
            "successor": None,
            "on": (last_day + timedelta(1)).isoformat(),
        },
        ["successor"],
        by=(elsewhere[0], [elsewhere[1]]) if elsewhere is not None else None,
    )


_POWERS = (
    (Role.MONITOR, GapKind.NO_MONITOR, "không đầu ra nào được xác nhận", "no output can be confirmed"),
    (Role.FUND, GapKind.NO_FUNDER, "không bố trí được kinh phí", "no money can be allocated"),
    (Role.SETTLE, GapKind.NO_SETTLER, "không kiểm tra được quyết toán", "no settlement can be checked"),
)


def _powers(session: Session, here: Ground, duties: Sequence[Task]) -> Iterator[GapOut]:
    """Powers over the plan that nobody holds, or none who can write still: those over money only where there
    is some."""
    ended = here.item.voiceless
    held = {role: [code for code in codes if code not in ended] for role, codes in here.item.roles.items()}
    has_money = session.scalars(_HAS_MONEY, {"plan": here.plan.id}).one()
    for role, kind, vi, en in _POWERS:
        if not held.get(role) and (has_money or role is Role.MONITOR) and duties:
            yield one_gap(
                here,
                kind,
                f"Không cơ quan nào giữ thẩm quyền này: {vi}",
                f"Nobody holds this power: {en}",
                {"change": "power", "power": role.value, "task": None, "agency": None},
                ["task", "agency"],
            )
    if held.get(Role.MONITOR) and (here.item.approver is None or here.item.approver in ended):
        yield one_gap(
            here,
            GapKind.NO_APPROVER,
            "Nhiệm vụ của chính cơ quan theo dõi không ai xác nhận được",
            "Nobody can confirm what the monitor itself has to do",
            {"change": "approver", "agency": None},
            ["agency"],
        )
