"""What moved a figure, row by row and body by body: `change.difference` over the pieces that `cutting` makes.

A row is one body's part of a task, together with those of the bodies that took it over: a handover is neither
work nor scope. Its weight and value are those of all of them together.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

from app.rules.change import Difference, Item, Standing, difference
from app.rules.cutting import Stake, cut

ZERO = Fraction(0)
Halves = tuple[Fraction | None, Fraction | None]
"""Work and scope; None where one of the figures is undefined."""
Instant = Mapping[str, Stake]
"""The stakes at one instant, by the names of those who have them."""


class Place(NamedTuple):
    """Where a stake belongs: the row it is shown in, and the line of bodies that took it over one after the
    other."""

    row: str
    line: str


class Movement(NamedTuple):
    """The total; the rows as they stand at both instants; and for each row the halves of its bodies.

    What a row has is the sum over its bodies, and the total the sum over all rows.
    """

    total: Difference
    rows: tuple[Item, ...]
    halves: Mapping[str, Mapping[str, Halves]]


def movement(before: Instant, after: Instant, places: Mapping[str, Place]) -> Movement:
    """From one instant to the other. `places` has every name; of a line, the first body first."""
    lines: dict[str, list[str]] = defaultdict(list)
    for name, place in places.items():
        lines[place.line].append(name)
    pieces = [piece for names in lines.values() for piece in cut(names, before, after)]
    total = difference(
        {str(n): piece.before for n, piece in enumerate(pieces) if piece.before is not None},
        {str(n): piece.after for n, piece in enumerate(pieces) if piece.after is not None},
    )
    found: dict[str, list[Halves]] = defaultdict(list)
    for item in total.items:
        found[pieces[int(item.key)].name].append((item.work, item.scope))
    nothing: Halves = (None, None) if total.work is None else (ZERO, ZERO)
    halves: dict[str, dict[str, Halves]] = defaultdict(dict)
    for name, place in places.items():
        halves[place.row][name] = together([nothing, *found[name]])
    shown = difference(_merged(before, places), _merged(after, places))
    return Movement(total._replace(items=()), shown.items, halves)


def together(some: Iterable[Halves]) -> Halves:
    """Work and scope summed; undefined where one of them is."""
    each = list(some)
    work, scope = (_total([halves[half] for halves in each]) for half in (0, 1))
    return work, scope


def _total(some: list[Fraction | None]) -> Fraction | None:
    defined = [one for one in some if one is not None]
    return sum(defined, ZERO) if len(defined) == len(some) else None


def _merged(stakes: Instant, places: Mapping[str, Place]) -> dict[str, Standing]:
    """The rows as they stand at an instant: weights add, values are weighed together."""
    found: dict[str, list[Stake]] = defaultdict(list)
    for name, stake in stakes.items():
        found[places[name].row].append(stake)
    return {row: _weighed(some) for row, some in found.items()}


def _weighed(some: list[Stake]) -> Standing:
    counted = [stake for stake in some if stake.counts]
    if not counted:
        return Standing(sum((stake.pull for stake in some), ZERO), None)
    pull = sum((stake.pull for stake in counted), ZERO)
    done = sum((stake.pull * Fraction(stake.done, stake.owed) for stake in counted), ZERO)
    return Standing(pull, done / pull)
