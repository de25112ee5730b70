"""Obstacles: why something cannot be done to a thing now, whoever asks; or why it would change nothing."""

from collections.abc import Mapping

from app.errors import Conflict, Text
from app.rules.acts import Obstacle
from app.rules.ledger import SettlementState

NOT_DONE_HERE = Obstacle(
    "not_done_here",
    Text("Việc này không làm với mục loại này", "This is not done to a thing of this kind"),
)
ALREADY_SO = Obstacle(
    "already_so",
    Text("Đã như vậy từ trước: gửi lại không thay đổi gì", "It is so already: sent again it changes nothing"),
)
CARRIED_OUT = Obstacle(
    "carried_out_by_duties",
    Text(
        "Nhiệm vụ trọng tâm được thực hiện qua các nhiệm vụ được phân công",
        "A programme item is carried out by duties",
    ),
)
NOT_TRIGGERED = Obstacle(
    "not_triggered", Text("Nhiệm vụ này không theo lần phát sinh", "This task has no occurrences")
)
NO_PERIOD = Obstacle(
    "no_period",
    Text(
        "Lúc này không có kỳ nào để báo trạng thái hay để xét",
        "There is no period now whose status could be reported or decided",
    ),
)
NOBODY_TO_URGE = Obstacle(
    "nobody_to_urge",
    Text("Ở đây không có cơ quan nào khác để đôn đốc", "There is no other body here that could be urged"),
)
POWER = Obstacle(
    "power_over_others",
    Text(
        "Đây là thẩm quyền đối với cơ quan khác, không phải một phần việc",
        "This is a power over others, not a part of the work",
    ),
)
CONTRIBUTION = Obstacle(
    "not_accountable",
    Text(
        "Đây là phần phối hợp: việc này làm với phần của cơ quan chịu trách nhiệm",
        "This is a contribution: it is done on the part of an accountable body",
    ),
)
GROUP = Obstacle(
    "done_by_members",
    Text("Nhóm làm việc qua từng thành viên", "A group does its work through its members"),
)
WITHDRAWN = Obstacle(
    "record_withdrawn",
    Text("Bản ghi đã được rút lại: hãy ghi một bản ghi mới", "The record has been withdrawn: make a new one"),
)
LAST_EVIDENCE = Obstacle(
    "last_evidence",
    Text(
        "Bản ghi là minh chứng cuối cùng của đầu ra đã xác nhận: cơ quan theo dõi phải trả lại trước",
        "This is the last evidence of a confirmed output: the monitor has to return it first",
    ),
)
NOTHING_TO_SPEND = Obstacle(
    "nothing_to_spend",
    Text(
        "Dòng này không còn số đã bố trí nào để cam kết, chi hay lấy lại",
        "Nothing that was allocated to this line is left to commit or spend, or to take back",
    ),
)
NOTHING_TO_SETTLE = Obstacle(
    "nothing_to_settle",
    Text(
        "Dòng này không có số đã chi nào chưa nộp quyết toán",
        "Nothing that was spent on this line has still to be submitted",
    ),
)
NOTHING_SUBMITTED = Obstacle(
    "nothing_submitted",
    Text("Dòng này không có quyết toán nào để xét", "This line has no settlement to decide on"),
)
A_REVERSAL = Obstacle(
    "is_a_reversal",
    Text("Đây là bút toán đảo: hãy ghi bút toán mới", "This is a reversal itself: write a new entry"),
)
HALF_A_TRANSFER = Obstacle(
    "part_of_a_transfer",
    Text(
        "Bút toán này thuộc một lần điều chuyển: hãy điều chuyển ngược lại",
        "This entry is half of a transfer: transfer the amount back",
    ),
)
A_RELEASE = Obstacle(
    "is_a_release",
    Text(
        "Bút toán này đã giảm cam kết chi: hãy cam kết chi lại",
        "This entry has released what was committed: commit it again",
    ),
)
REVERSED = Obstacle(
    "already_reversed", Text("Bút toán này đã bị đảo", "This entry has been reversed already")
)
_SETTLED = Obstacle(
    "already_decided",
    Text(
        "Quyết toán này đã được giải quyết: đơn vị của dòng nộp quyết toán khác",
        "This settlement has been decided: the line's agency submits another",
    ),
)
OF_SETTLEMENT: Mapping[SettlementState, Obstacle] = {
    SettlementState.ACCEPTED: Obstacle(
        "already_decided",
        Text(
            "Quyết toán này đã được chấp nhận: muốn lấy lại, cơ quan kiểm tra đảo bút toán quyết toán",
            "This settlement has been accepted: to take it back, its checker reverses its entry",
        ),
    ),
    SettlementState.RETURNED: _SETTLED,
    SettlementState.REVERSED: _SETTLED,
    SettlementState.WITHDRAWN: Obstacle(
        "already_withdrawn",
        Text(
            "Quyết toán này đã được rút lại: đơn vị của dòng nộp quyết toán khác",
            "This settlement has been withdrawn: the line's agency submits another",
        ),
    ),
}
"""Why one that no longer waits is neither withdrawn nor decided."""
ANSWERED = Obstacle(
    "already_answered", Text("Lần đôn đốc này đã được trả lời", "This urge has been answered")
)
CLOSED = Obstacle("already_closed", Text("Lần đôn đốc này đã kết thúc", "This urge has been closed"))
SETTLED = Obstacle("proposal_settled", Text("Đề xuất này đã kết thúc", "This proposal is settled"))

EVENT_WITHDRAWN = Obstacle(
    "event_withdrawn",
    Text("Sự kiện đã được đưa ra khỏi lịch", "The event has been taken off the calendar"),
)


def of_entry(reverses: object, transfer: object, amount: int, reversed_by: object) -> Obstacle | None:
    """Why an entry of the ledger cannot be reversed, wherever its line stands: it is none by itself, or
    was reversed before."""
    if reverses is not None:
        return A_REVERSAL
    if transfer is not None:
        return HALF_A_TRANSFER
    if amount < 0:
        return A_RELEASE
    return REVERSED if reversed_by is not None else None


def conflict(obstacle: Obstacle, **facts: object) -> Conflict:
    """What a request is told that meets one."""
    return Conflict(obstacle.why, facts={"reason": obstacle.code, **facts})
