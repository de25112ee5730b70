"""Successions: bodies of which one took a part of a task over from another; what was the first one's they
share by what each of them owes."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from fractions import Fraction
from typing import Final

from app.errors import Invalid
from app.models import Assignment
from app.rules import amending
from app.rules.amending import Hand
from app.rules.vocabulary import Role
from app.services.grounds import is_current

_MOST: Final = 2**63 - 1


class Successions:
    """The leads of a task that count themselves, on a day, and who of them took over from whom."""

    def __init__(self, rows: Iterable[Assignment], day: date) -> None:
        self._day = day
        self._rows = {row.id: row for row in rows if row.role is Role.LEAD and not row.fans_out}
        self._after: dict[int | None, list[Assignment]] = {}
        for row in self._rows.values():
            self._after.setdefault(row.succeeds_id, []).append(row)

    def former(self) -> list[Assignment]:
        """Those that handed their part over."""
        return [row for row in self._rows.values() if not is_current(row, self._day)]

    def beside(self, row: Assignment) -> list[Assignment]:
        """The former leads whose part a body took over; or that took over from it, before it came back."""
        return [one for one in (*self._ahead(row), *self._behind(row)) if not is_current(one, self._day)]

    def goes_on(self, row: Assignment) -> list[Assignment]:
        """A body, all that took over from it, and those before it that came back."""
        came_back = [one for one in self._ahead(row) if is_current(one, self._day)]
        return [row, *self._behind(row), *came_back]

    def rebalance(self, owed: Callable[[Assignment], int]) -> None:
        """Let every line share what it has between it by what each owes. Where somebody came back beside
        those who had taken over from it, a decision has divided it anew, and that stands."""
        for row in self._after.get(None, ()):
            everyone = [row, *self._behind(row)]
            if len(everyone) > 1 and not any(self._came_back_beside(one) for one in everyone):
                total = sum((one.share for one in everyone), Fraction(0))
                for id_, share in amending.shares(self._hand(row, owed), total).items():
                    give(self._rows[id_], share)

    def _ahead(self, row: Assignment) -> Iterator[Assignment]:
        while row.succeeds_id is not None and row.succeeds_id in self._rows:
            row = self._rows[row.succeeds_id]
            yield row

    def _behind(self, row: Assignment) -> Iterator[Assignment]:
        for one in self._after.get(row.id, ()):
            yield one
            yield from self._behind(one)

    def _came_back_beside(self, row: Assignment) -> bool:
        behind = self._behind(row)
        return is_current(row, self._day) and any(is_current(one, self._day) for one in behind)

    def _hand(self, row: Assignment, owed: Callable[[Assignment], int]) -> Hand:
        after = self._after.get(row.id, [])
        each = [sum((two.share for two in (one, *self._behind(one))), Fraction(0)) for one in after]
        total = sum(each, Fraction(0))
        parts = [one / total if total else Fraction(1, len(after)) for one in each]
        hands = [self._hand(one, owed) for one in after]
        return Hand(row.id, owed(row), list(zip(hands, parts, strict=True)))


def give(row: Assignment, share: Fraction) -> None:
    """Set a body's share. It is kept exactly, or not at all: what has no room is refused."""
    if share.denominator > _MOST:
        raise Invalid.at(
            "",
            "share_too_fine",
            "Các phần chia quá lẻ nên không lưu chính xác được: hãy giao lại theo phần đơn giản hơn",
            "The shares would be too fine to be kept exactly: give simpler ones",
        )
    row.share_numerator, row.share_denominator = share.as_integer_ratio()
