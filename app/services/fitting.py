"""What fits a duty of its kind, be the duty new or changed."""

from datetime import date

from app.errors import Invalid
from app.models import Plan
from app.rules.lifecycle import latest
from app.rules.vocabulary import TaskKind, Visibility


def deadline(plan: Plan, kind: TaskKind, due_on: date | None, pointer: str = "/due_on") -> None:
    """Reporting goes on to the plan's last day: nobody has done all of it before, whatever it does."""
    within_reach(plan, due_on, pointer)
    last = plan.period_to
    if kind is TaskKind.CONTINUOUS and due_on is not None and due_on < last:
        raise Invalid.at(
            pointer,
            "before_last_period",
            f"Nhiệm vụ thường xuyên báo cáo đến hết {last:%d/%m/%Y}: thời hạn không thể trước ngày đó; "
            "không phải làm nữa thì đổi tình trạng của nhiệm vụ (status)",
            f"A continuous duty reports until {last.isoformat()} and cannot be due before; "
            "if it is no longer to be done, change its status",
        )


def within_reach(plan: Plan, due_on: date | None, pointer: str = "/due_on") -> None:
    """Nothing is due before the plan, nor ages after it."""
    first, end = plan.period_from, latest(plan.period_from)
    if due_on is not None and not first <= due_on <= end:
        raise Invalid.at(
            pointer,
            "deadline_out_of_reach",
            f"Thời hạn phải từ ngày đầu của kế hoạch {first:%d/%m/%Y} đến {end:%d/%m/%Y}",
            f"A deadline lies between the plan's first day {first.isoformat()} and {end.isoformat()}",
        )


def visibility(kind: TaskKind, seen: Visibility) -> None:
    """Of a status-only task nobody sees more than one of four words."""
    if kind is TaskKind.COUNTED and seen is Visibility.STATUS_ONLY:
        raise Invalid.at(
            "/visibility",
            "wrong_kind",
            "Số lượng là nội dung: nhiệm vụ theo số lượng không thể chỉ theo dõi trạng thái",
            "A count says more than a status: a counted task cannot be status-only",
        )
