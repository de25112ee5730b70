"""Omissions: why an accountable body takes no part in a figure, above or below the line (model §3).

Undefined is neither 0 nor 100. Suspended and carried over are not here: they count, frozen.
"""

from collections.abc import Mapping
from typing import Final

from app.errors import Text
from app.rules.rollup import COUNTED_STATUSES
from app.rules.vocabulary import TaskKind, TaskStatus, Word


class Omission(Word):
    """Why a body's part of a task is not counted."""

    NOT_TRIGGERED = "not_triggered", "Chưa phát sinh", "Nothing has come up"
    NO_TARGET = "no_target", "Chưa giao số lượng", "No number has been set"
    MEMBERS_UNKNOWN = "members_unknown", "Chưa rõ thành viên", "Members are not known"
    NOTHING_LEFT = "nothing_left", "Không còn việc phải làm", "Nothing is left to do"
    CANCELLED = "cancelled", "Hủy bỏ", "Cancelled"
    SUPERSEDED = "superseded", "Được thay thế", "Superseded"
    DRAFT = "draft", "Dự thảo", "Draft"


SENTENCES: Final[Mapping[Omission, Text]] = {
    Omission.NOT_TRIGGERED: Text(
        "Việc này chỉ phải làm khi phát sinh, và đến nay chưa phát sinh lần nào",
        "This is owed only when it comes up, and it has not come up yet",
    ),
    Omission.NO_TARGET: Text(
        "Chủ kế hoạch chưa giao số lượng, nên chưa có gì phải làm",
        "The plan's owner has set no number, so nothing is owed yet",
    ),
    Omission.MEMBERS_UNKNOWN: Text(
        "Kế hoạch giao cho một nhóm mà chưa nêu cơ quan nào thuộc nhóm",
        "The plan names a group, and nobody has said who belongs to it",
    ),
    Omission.NOTHING_LEFT: Text(
        "Phần việc đã bàn giao hết, hoặc không còn phải làm",
        "All of its part was handed over, or is no longer owed",
    ),
    Omission.CANCELLED: Text(
        "Nhiệm vụ đã bị hủy bỏ bằng quyết định: không tính ở cả tử số và mẫu số",
        "The task was cancelled by a decision: it counts neither above nor below the line",
    ),
    Omission.SUPERSEDED: Text(
        "Nhiệm vụ đã được thay thế bằng quyết định: không tính ở cả tử số và mẫu số",
        "The task was superseded by a decision: it counts neither above nor below the line",
    ),
    Omission.DRAFT: Text(
        "Nhiệm vụ còn là dự thảo, chưa có hiệu lực", "The task is a draft and not yet in force"
    ),
}


def why(
    *,
    status: TaskStatus,
    kind: TaskKind,
    owed: int,
    target: int | None,
    is_group: bool,
    handed_over: bool,
) -> Omission | None:
    """The reason; None for what counts. The first that applies: the task's status comes before its bodies."""
    if status not in COUNTED_STATUSES:
        return Omission(status.value)
    if owed:
        return None
    if is_group:
        return Omission.MEMBERS_UNKNOWN
    if handed_over:
        return Omission.NOTHING_LEFT
    if kind is TaskKind.TRIGGERED:
        return Omission.NOT_TRIGGERED
    return Omission.NO_TARGET if kind is TaskKind.COUNTED and target is None else Omission.NOTHING_LEFT
