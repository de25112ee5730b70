"""Urging (đôn đốc): what a reminder is about, and how it ended."""

from datetime import date

from app.rules.vocabulary import Word


class UrgeAbout(Word):
    """The monitor urges content, the settlement checker settlement only (plan, IV.1.3 and IV.2.a)."""

    CONTENT = "content", "Thực hiện nhiệm vụ", "Carrying out the duty"
    SETTLEMENT = "settlement", "Quyết toán kinh phí", "Settlement of money"


class UrgeOutcome(Word):
    """How it ended, as the body that urged says."""

    MET = "met", "Đã thực hiện", "Done as urged"
    NOT_MET = "not_met", "Chưa thực hiện", "Not done"
    DROPPED = "dropped", "Không cần nữa", "No longer needed"


class UrgeState(Word):
    """Derived: from the answer, the outcome and the day."""

    OPEN = "open", "Chờ trả lời", "Awaiting an answer"
    OVERDUE = "overdue", "Quá hạn trả lời", "Answer overdue"
    ANSWERED = "answered", "Đã trả lời", "Answered"
    CLOSED = "closed", "Đã kết thúc", "Closed"


def state(*, answered: bool, closed: bool, due_on: date, today: date) -> UrgeState:
    """Where an urge stands; the due day itself is still in time."""
    if closed:
        return UrgeState.CLOSED
    if answered:
        return UrgeState.ANSWERED
    return UrgeState.OVERDUE if due_on < today else UrgeState.OPEN
