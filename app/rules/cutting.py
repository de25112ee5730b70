"""What bodies owe at two instants, cut into pieces of which each stays, leaves or enters as a whole.

Two things would otherwise pass for work that are none. To owe less raises a value with nothing done; and who
takes work over begins with what another has left. So a body's part is cut into what it owes at both instants
and what it owes at one of them only; and what one body no longer owes is put beside what others, who took it
over, owe instead:

    kept     owed by it at both instants            stays: what got on or fell back is work
    handed   owed by one before, by others since    stays: the work of those who have it
    gone     owed before only                       leaves: all scope
    come     owed since only                        enters: all scope

The pieces have the weight and the value of the whole together, so a figure, and work + scope, are exactly
what they are uncut; what is all kept is not cut. It is known how much stood at an instant, not
which outputs. So what is done counts first for what is kept; where less is owed, as little as can be is taken
for done or undone since; and one output in place of another of the same weight counts as the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from app.rules.change import Standing


@dataclass(frozen=True, slots=True)
class Stake:
    """One body's part at one instant: its weight W, the weight of what it owes, and of what of it is done."""

    pull: Fraction
    owed: int
    done: int

    @property
    def counts(self) -> bool:
        """Who owes nothing, or weighs nothing, takes no part."""
        return bool(self.owed and self.pull)


NONE = Stake(Fraction(0), 0, 0)


class Cut(NamedTuple):
    """A piece of what `name` owes, or owed; None at an instant at which it takes no part."""

    name: str
    before: Standing | None
    after: Standing | None


def cut(names: Iterable[str], before: Mapping[str, Stake], after: Mapping[str, Stake]) -> Iterator[Cut]:
    """All pieces of one line of bodies, who took it over one after the other."""
    gone: list[tuple[str, Standing]] = []
    come: list[tuple[str, Standing]] = []
    for name in names:
        was, is_ = _counted(before.get(name)), _counted(after.get(name))
        kept = min(was.owed, is_.owed)
        done = min(is_.done, kept)
        stays, goes = _halved(was, kept, _closest(was, kept, done))
        goes_on, comes = _halved(is_, kept, done)
        yield Cut(name, stays, goes_on)
        gone += [(name, goes)] if goes else []
        come += [(name, comes)] if comes else []
    if gone and come:
        yield from _handed([piece for _, piece in gone], come)
    else:
        yield from (Cut(name, piece, None) for name, piece in gone)
        yield from (Cut(name, None, piece) for name, piece in come)


def _counted(stake: Stake | None) -> Stake:
    return stake if stake and stake.counts else NONE


def _closest(was: Stake, kept: int, done: int) -> int:
    """How much of what is kept was done before: as near to what is done of it now as can be."""
    least, most = max(0, was.done - (was.owed - kept)), min(was.done, kept)
    return min(max(done, least), most)


def _halved(stake: Stake, kept: int, done: int) -> tuple[Standing | None, Standing | None]:
    """What is kept of a stake, with so much done of it, and the rest."""
    return _part(stake, kept, done), _part(stake, stake.owed - kept, stake.done - done)


def _part(stake: Stake, units: int, done: int) -> Standing | None:
    return Standing(stake.pull * Fraction(units, stake.owed), Fraction(done, units)) if units else None


def _handed(gone: list[Standing], come: list[tuple[str, Standing]]) -> Iterator[Cut]:
    """All that some no longer owe, divided among those who owe instead by what each of them has."""
    left = sum((piece.pull for piece in gone), Fraction(0))
    value = sum((piece.pull * (piece.value or 0) for piece in gone), Fraction(0)) / left
    taken = sum((piece.pull for _, piece in come), Fraction(0))
    for name, piece in come:
        yield Cut(name, Standing(left * piece.pull / taken, value), piece)
