"""What moved a figure, body by body: `change.difference` over what each body owes, cut where that changed.

Two things would otherwise pass for work that are none. To owe less raises a value with nothing done; and who
takes work over begins with what another has left. So a body's part is cut into what it owes at both instants,
and what it owes at one of them only; and what one body no longer owes is put beside what another, who took it
over, owes instead:

    kept     owed by it at both instants            stays; got on or fell back is work
    handed   owed by one before, by another since   stays, and is the work of the one who has it
    gone     owed before only                       leaves:  all scope
    come     owed since only                        enters:  all scope

What is done counts first for what is kept. Weights and values of the pieces sum to those of the whole, so the
figure, and work + scope, are exactly what they would be without cutting. What is all kept is not cut at all.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from app.rules.change import Difference, Item, Standing, difference

ZERO = Fraction(0)
Halves = tuple[Fraction | None, Fraction | None]
"""Work and scope; None where one of the figures is undefined."""


@dataclass(frozen=True, slots=True)
class Stake:
    """One body's part at one instant: its weight W, the weight of what it owes, and of what is done of that."""

    pull: Fraction
    owed: int
    done: int

    @property
    def counts(self) -> bool:
        """Who owes nothing, or weighs nothing, takes no part."""
        return bool(self.owed and self.pull)


class Place(NamedTuple):
    """Where a stake belongs: the row it is shown in, and the line of bodies that took it over one after the
    other."""

    row: str
    line: str


class Movement(NamedTuple):
    """`rows` has the items as they are shown, without halves of their own; `halves` those of each row's bodies.

    What a row has got is the sum over its bodies, and the total the sum over all rows.
    """

    total: Difference
    rows: tuple[Item, ...]
    halves: Mapping[str, Mapping[str, Halves]]


Instant = Mapping[str, Stake]


def movement(before: Instant, after: Instant, places: Mapping[str, Place]) -> Movement:
    """From one instant to the other. Stakes are named by their bodies' names, the same at both."""
    cut: list[_Cut] = []
    for names in _lines(places, {*before, *after}):
        cut += _cut(names, before, after)
    total = difference(
        {str(n): piece.before for n, piece in enumerate(cut) if piece.before is not None},
        {str(n): piece.after for n, piece in enumerate(cut) if piece.after is not None},
    )
    halves: dict[str, dict[str, Halves]] = defaultdict(dict)
    for item in total.items:
        name = cut[int(item.key)].name
        row = halves[places[name].row]
        row[name] = _plus(row.get(name, (ZERO, ZERO)), (item.work, item.scope))
    shown = difference(_merged(before, places), _merged(after, places))
    rows = tuple(item._replace(work=None, scope=None) for item in shown.items)
    return Movement(total._replace(items=()), rows, halves)


class _Cut(NamedTuple):
    """A piece of what `name` owes, or owed, at both instants."""

    name: str
    before: Standing | None
    after: Standing | None


class _Piece(NamedTuple):
    """A part of a stake: so many units of what it owes, with their weight and value."""

    name: str
    units: int
    pull: Fraction
    value: Fraction

    def split(self, units: int) -> tuple["_Piece", "_Piece | None"]:
        """The first units of it, and what is left."""
        part = Fraction(units, self.units)
        first = self._replace(units=units, pull=self.pull * part)
        rest = self._replace(units=self.units - units, pull=self.pull * (1 - part))
        return first, rest if rest.units else None

    @property
    def standing(self) -> Standing:
        return Standing(self.pull, self.value)


def _cut(names: Iterable[str], before: Instant, after: Instant) -> Iterator[_Cut]:
    """All pieces of one line of bodies."""
    gone: list[_Piece] = []
    come: list[_Piece] = []
    for name in names:
        was, is_ = before.get(name), after.get(name)
        kept = min(was.owed if was and was.counts else 0, is_.owed if is_ and is_.counts else 0)
        for stake, rest in ((was, gone), (is_, come)):
            if stake and stake.counts and stake.owed > kept:
                rest.append(_piece(name, stake, kept, stake.owed))
        if kept and was and is_:
            pieces = (_piece(name, stake, 0, kept).standing for stake in (was, is_))
            yield _Cut(name, *pieces)
        else:  # at one instant at least it takes no part, though it may be there
            absent = (
                Standing(stake.pull, None) if stake and not stake.counts else None for stake in (was, is_)
            )
            yield _Cut(name, *absent)
    yield from _handed(gone, come)


def _piece(name: str, stake: Stake, first: int, last: int) -> _Piece:
    """The units of a stake from one to another, what is done being the first of them."""
    units = last - first
    done = min(max(stake.done - first, 0), units)
    return _Piece(name, units, stake.pull * Fraction(units, stake.owed), Fraction(done, units))


def _handed(gone: list[_Piece], come: list[_Piece]) -> Iterator[_Cut]:
    """What one no longer owes beside what another owes instead; then what is left on either side."""
    while gone and come:
        units = min(gone[0].units, come[0].units)
        (old, gone_rest), (new, come_rest) = gone.pop(0).split(units), come.pop(0).split(units)
        gone[:0] = [gone_rest] if gone_rest else []
        come[:0] = [come_rest] if come_rest else []
        yield _Cut(new.name, old.standing, new.standing)
    yield from (_Cut(piece.name, piece.standing, None) for piece in gone)
    yield from (_Cut(piece.name, None, piece.standing) for piece in come)


def _lines(places: Mapping[str, Place], names: Iterable[str]) -> Iterable[list[str]]:
    """The bodies of each line, in the order of `places`: who had it first comes first."""
    lines: dict[str, list[str]] = defaultdict(list)
    known = set(names)
    for name, place in places.items():
        if name in known:
            lines[place.line].append(name)
    return lines.values()


def _merged(stakes: Instant, places: Mapping[str, Place]) -> dict[str, Standing]:
    """The rows as they stand at an instant: weights add, values are weighed together."""
    found: dict[str, list[Stake]] = defaultdict(list)
    for name, stake in stakes.items():
        found[places[name].row].append(stake)
    return {row: _together(some) for row, some in found.items()}


def _together(some: list[Stake]) -> Standing:
    counted = [stake for stake in some if stake.counts]
    if not counted:
        return Standing(sum((stake.pull for stake in some), ZERO), None)
    pull = sum((stake.pull for stake in counted), ZERO)
    return Standing(pull, sum(stake.pull * Fraction(stake.done, stake.owed) for stake in counted) / pull)


def _plus(one: Halves, other: Halves) -> Halves:
    """Both summed; undefined stays undefined."""
    work, scope = (None if a is None or b is None else a + b for a, b in zip(one, other, strict=True))
    return work, scope
