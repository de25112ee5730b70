"""What fits a duty of its kind, be the duty new or changed."""

from datetime import date

from app.errors import Invalid
from app.rules.vocabulary import TaskKind, Visibility
from app.services.drafting import Draft


def deadline(draft: Draft, kind: TaskKind, due_on: date | None) -> None:
    """Reporting goes on to the plan's last day: nobody has done all of it before, whatever it does."""
    last = draft.plan.period_to
    if kind is TaskKind.CONTINUOUS and due_on is not None and due_on < last:
        raise Invalid.at(
            "/due_on",
            "before_last_period",
            f"Nhiệm vụ thường xuyên báo cáo đến hết {last:%d/%m/%Y}: thời hạn không thể trước ngày đó; "
            "không phải làm nữa thì đổi tình trạng của nhiệm vụ (status)",
            f"A continuous duty reports until {last.isoformat()} and cannot be due before; "
            "if it is no longer to be done, change its status",
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
