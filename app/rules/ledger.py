"""The ledger of a budget line: need → allocation → commitment → spending → settlement (model §5).

Whole đồng. At all times 0 ≤ settled ≤ spent ≤ committed ≤ allocated, line by line; what has been stated as
needed binds nobody. Entries only add up: an amount below zero takes back what another entry said.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from app.errors import Text
from app.rules.vocabulary import Word

MOST: Final = 2**53 - 1
"""The most that one entry says, and that a line is said to need: what every JSON reader takes (RFC 7493)."""


class EntryKind(Word):
    """What an entry says of a line."""

    NEED = "need", "Nhu cầu", "Need"
    ALLOCATION = "allocation", "Bố trí", "Allocation"
    COMMITMENT = "commitment", "Cam kết chi", "Commitment"
    SPENDING = "spending", "Chi", "Spending"
    SETTLEMENT = "settlement", "Quyết toán", "Settlement"


class SettlementState(Word):
    """Where a settlement stands."""

    SUBMITTED = "submitted", "Chờ kiểm tra", "Submitted"
    ACCEPTED = "accepted", "Đã chấp nhận", "Accepted"
    RETURNED = "returned", "Đã trả lại", "Returned"
    WITHDRAWN = "withdrawn", "Đã rút lại", "Withdrawn"
    REVERSED = "reversed", "Đã hủy chấp nhận", "Acceptance reversed"


@dataclass(frozen=True, slots=True)
class Balance:
    """Where a line stands: the sum of its entries of each kind."""

    needed: int = 0
    allocated: int = 0
    committed: int = 0
    spent: int = 0
    settled: int = 0

    @classmethod
    def of(cls, entries: Iterable[tuple[EntryKind, int]]) -> "Balance":
        """The balance that these entries come to, whatever their order."""
        sums = dict.fromkeys(COUNTED_AS.values(), 0)
        for kind, amount in entries:
            sums[COUNTED_AS[kind]] += amount
        return cls(**sums)

    def after(self, kind: EntryKind, amount: int) -> "Balance":
        """The balance once an entry is in."""
        name = COUNTED_AS[kind]
        return replace(self, **{name: getattr(self, name) + amount})

    @property
    def holds(self) -> bool:
        """Whether the law of the ledger holds."""
        in_order = 0 <= self.settled <= self.spent <= self.committed <= self.allocated
        return in_order and 0 <= self.needed <= MOST

    def room(self, kind: EntryKind) -> int | None:
        """The most that may still come in of a kind; None where the plan's total sets the bound."""
        match kind:
            case EntryKind.NEED:
                return MOST - self.needed
            case EntryKind.ALLOCATION:
                return None
            case EntryKind.COMMITMENT:
                return self.allocated - self.committed
            case EntryKind.SPENDING:
                return self.committed - self.spent
            case EntryKind.SETTLEMENT:
                return self.spent - self.settled

    def spare(self, kind: EntryKind) -> int:
        """The most that may be taken back of a kind."""
        match kind:
            case EntryKind.NEED:
                return self.needed
            case EntryKind.ALLOCATION:
                return self.allocated - self.committed
            case EntryKind.COMMITMENT:
                return self.committed - self.spent
            case EntryKind.SPENDING:
                return self.spent - self.settled
            case EntryKind.SETTLEMENT:
                return self.settled


COUNTED_AS: Final = {
    EntryKind.NEED: "needed",
    EntryKind.ALLOCATION: "allocated",
    EntryKind.COMMITMENT: "committed",
    EntryKind.SPENDING: "spent",
    EntryKind.SETTLEMENT: "settled",
}
"""The part of a balance that a kind of entry counts in."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What an entry would break, what could be done first, and how much of it there is left."""

    code: str
    why: Text
    then: Text
    left: int


_OVER: Final = {
    EntryKind.NEED: (
        "need_too_large",
        Text("Nhu cầu vượt số ghi được", "The need is more than can be kept"),
        Text("hãy đảo nhu cầu đã nêu trước", "reverse what was stated first"),
    ),
    EntryKind.COMMITMENT: (
        "over_allocated",
        Text("Cam kết chi vượt số đã bố trí cho dòng này", "The line has not been allocated so much"),
        Text(
            "cơ quan quyết định kinh phí phải bố trí thêm trước",
            "the funding decider has to allocate more first",
        ),
    ),
    EntryKind.SPENDING: (
        "over_committed",
        Text("Chi vượt số đã cam kết của dòng này", "The line has not committed so much"),
        Text("hãy ghi cam kết chi trước", "record a commitment first"),
    ),
    EntryKind.SETTLEMENT: (
        "over_spent",
        Text("Quyết toán vượt số đã chi của dòng này", "The line has not spent so much"),
        Text("hãy ghi khoản chi trước", "record the spending first"),
    ),
}
_NOTHING: Final = (
    "below_zero",
    Text("Không có số này để lấy lại", "There is nothing of it to take back"),
    Text("hãy đọc lại dòng này", "read the line again"),
)
_BELOW: Final = {
    EntryKind.NEED: _NOTHING,
    EntryKind.SETTLEMENT: _NOTHING,
    EntryKind.ALLOCATION: (
        "already_committed",
        Text(
            "Dòng này không có nhiều như vậy mà chưa cam kết chi",
            "The line does not have so much that is not committed",
        ),
        Text(
            "hãy điều chuyển không quá số đó, hoặc đơn vị phải giảm hay đảo cam kết chi trước",
            "transfer no more than that, or its agency has to release or reverse a commitment first",
        ),
    ),
    EntryKind.COMMITMENT: (
        "already_spent",
        Text(
            "Dòng này không còn cam kết nhiều như vậy mà chưa chi",
            "The line has no longer so much committed that is not spent",
        ),
        Text(
            "bút toán chỉ đảo được toàn bộ: hãy giảm không quá số đó (cam kết chi số âm), hoặc đảo khoản chi"
            " trước",
            "an entry is reversed as a whole: release no more than that (a commitment below zero), or reverse"
            " a spending first",
        ),
    ),
    EntryKind.SPENDING: (
        "already_settled",
        Text("Số này đã nộp hoặc đã được quyết toán", "This has been submitted or settled already"),
        Text(
            "bút toán chỉ đảo được toàn bộ: cơ quan kiểm tra phải đảo bút toán quyết toán trước",
            "an entry is reversed as a whole: the settlement checker has to reverse a settlement first",
        ),
    ),
}


def bound(balance: Balance, kind: EntryKind, amount: int) -> Bound | None:
    """What stands in the way of an entry on its own line; None where nothing does."""
    if balance.after(kind, amount).holds:
        return None
    if amount > 0:
        return Bound(*_OVER[kind], max(balance.room(kind) or 0, 0))
    return Bound(*_BELOW[kind], max(balance.spare(kind), 0))
