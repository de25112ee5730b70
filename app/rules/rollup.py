"""How far it is: exact fractions from what is owed up to the plan (model §3). Nobody types a percentage.

    leaf    p = weight of the outputs that stand at the level or above / weight of all outputs owed
    node    P = Σ W·p / Σ W  over the leaves below it that owe something
            W = weight of the task × the body's share of the task

The same function gives a section, an agency, the plan and any filtered set. A leaf that owes nothing is
undefined, which is neither 0 nor 100, and takes no part. Ratios are exact; only the display rounds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from app.rules.vocabulary import State, TaskStatus

FORMULA = "rollup-1"
"""Names this arithmetic on the wire; another arithmetic gets another name."""

COUNTED_STATUSES = frozenset({TaskStatus.ACTIVE, TaskStatus.SUSPENDED, TaskStatus.CARRIED_OVER})
"""Suspended and carried over stay, frozen. Cancelled, superseded and draft leave both sides of the ratio."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One accountable body's part of one task. Output weights are summed per level: nested, ≥ 0."""

    weight: int
    share: Fraction
    owed: int
    reported: int
    evidenced: int
    confirmed: int

    @property
    def pull(self) -> Fraction:
        """W: how much this leaf weighs beside others."""
        return self.weight * self.share


class Figure(NamedTuple):
    """The three levels of one node, its weights, and where it stands. None is undefined."""

    reported: Fraction | None
    evidenced: Fraction | None
    confirmed: Fraction | None
    defined: Fraction
    included: Fraction
    state: State | None


def roll_up(leaves: Iterable[Leaf]) -> Figure:
    """Weigh the leaves together. Order and common scale of the weights do not matter."""
    weighed = [(leaf.weight * leaf.share.numerator, leaf.share.denominator, leaf) for leaf in leaves]
    included = total((pull, of) for pull, of, _ in weighed)
    counted = [(pull, of * leaf.owed, leaf) for pull, of, leaf in weighed if leaf.owed]
    defined = total((pull * leaf.owed, of) for pull, of, leaf in counted)
    if not defined:
        return Figure(None, None, None, defined, included, None)
    reported = total((pull * leaf.reported, of) for pull, of, leaf in counted) / defined
    evidenced = total((pull * leaf.evidenced, of) for pull, of, leaf in counted) / defined
    confirmed = total((pull * leaf.confirmed, of) for pull, of, leaf in counted) / defined
    return Figure(reported, evidenced, confirmed, defined, included, state(reported, confirmed))


def total(terms: Iterable[tuple[int, int]]) -> Fraction:
    """The exact sum of numerator/denominator pairs. There are few denominators: what is over the same one is
    added as whole numbers."""
    over: dict[int, int] = {}
    for numerator, denominator in terms:
        over[denominator] = over.get(denominator, 0) + numerator
    return sum((Fraction(numerator, denominator) for denominator, numerator in over.items()), Fraction(0))


def state(reported: Fraction, confirmed: Fraction) -> State:
    """Derived, never typed: nothing, something, all reported, all confirmed."""
    if confirmed == 1:
        return State.DONE
    if reported == 1:
        return State.AWAITING_CONFIRMATION
    return State.IN_PROGRESS if reported else State.NOT_STARTED


def percent(value: Fraction | None) -> int | None:
    """The integer people read: rounded down, and 0 and 100 only when exactly nothing and exactly all."""
    if value is None or value in (0, 1):
        return None if value is None else int(value) * 100
    return min(max(value.numerator * 100 // value.denominator, 1), 99)


def split(whole: Fraction, bodies: int) -> list[Fraction]:
    """A share divided equally among bodies; the parts sum to the whole exactly."""
    return [whole / bodies] * bodies
