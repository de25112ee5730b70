"""Amending: what a decision may turn a task into, and how shares follow when work changes hands.

A body that hands its part over keeps what it has done, with the part of the share that goes with it; the rest
of the share goes to its successors. So a handover moves no figure, on any level:

    share kept = share × done / (done + rest)          share handed on = share × rest / (done + rest)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from app.rules.vocabulary import TaskStatus, Word


class ProposalState(Word):
    """What became of a proposal."""

    OPEN = "open", "Chờ quyết định", "Open"
    ACCEPTED = "accepted", "Được chấp nhận", "Accepted"
    DECLINED = "declined", "Không được chấp nhận", "Declined"
    WITHDRAWN = "withdrawn", "Đã rút lại", "Withdrawn"


BECOMES: Final[Mapping[TaskStatus, frozenset[TaskStatus]]] = {
    TaskStatus.DRAFT: frozenset({TaskStatus.ACTIVE, TaskStatus.CANCELLED}),
    TaskStatus.ACTIVE: frozenset(
        {TaskStatus.SUSPENDED, TaskStatus.CARRIED_OVER, TaskStatus.CANCELLED, TaskStatus.SUPERSEDED}
    ),
    TaskStatus.SUSPENDED: frozenset(
        {TaskStatus.ACTIVE, TaskStatus.CARRIED_OVER, TaskStatus.CANCELLED, TaskStatus.SUPERSEDED}
    ),
    TaskStatus.CARRIED_OVER: frozenset({TaskStatus.ACTIVE, TaskStatus.CANCELLED}),
    TaskStatus.CANCELLED: frozenset({TaskStatus.ACTIVE}),
    TaskStatus.SUPERSEDED: frozenset({TaskStatus.ACTIVE}),
}
"""What each status may become by a decision; taking up again what was ended is a decision too."""


@dataclass(frozen=True, slots=True)
class Hand:
    """One body's part of a task and, if it handed the rest over, who took it and in what proportion.

    `owed` is the weight of the outputs that are still its own.
    """

    name: int
    owed: int
    successors: Sequence[tuple["Hand", Fraction]] = ()

    @property
    def whole(self) -> Fraction:
        """The weight of all that was its own at first: what it kept, and what its successors owe."""
        return self.owed + sum((part * hand.whole for hand, part in self.successors), Fraction(0))


def shares(hand: Hand, share: Fraction) -> dict[int, Fraction]:
    """A body's share, divided between it and those it handed its work over to; the parts sum to the share."""
    if not hand.successors:
        return {hand.name: share}
    kept = share * hand.owed / hand.whole if hand.whole else Fraction(0)
    found = {hand.name: kept}
    for successor, part in hand.successors:
        found |= shares(successor, (share - kept) * part)
    return found
