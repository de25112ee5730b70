"""Faults of a roll-up, each planted in the one place of the service where it would be made."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction

import pytest

from app.rules.rollup import Figure, Leaf, roll_up
from app.rules.vocabulary import TaskStatus
from app.services import figures, parts, tree

Plant = Callable[[pytest.MonkeyPatch], None]


def cancelled_counted(patch: pytest.MonkeyPatch) -> None:
    """What was cancelled stays on both sides of the ratio."""
    for module, query in ((parts, "_leads"), (tree, "_tasks")):
        patch.setattr(module, "COUNTED_STATUSES", frozenset(TaskStatus))
        patch.setattr(module, query, getattr(module, query).__wrapped__)  # not what was said before


def unnormalised(patch: pytest.MonkeyPatch) -> None:
    """Σ W·p without division by Σ W."""

    def rolled(leaves: Iterable[Leaf]) -> Figure:
        figure = roll_up(leaves)
        return _mapped(figure, lambda value: value * figure.defined)

    _rolled_up_by(patch, rolled)


def rounded_at_nodes(patch: pytest.MonkeyPatch) -> None:
    """Whole per cent at every node."""

    def rolled(leaves: Iterable[Leaf]) -> Figure:
        return _mapped(roll_up(leaves), lambda value: Fraction(round(value * 100), 100))

    _rolled_up_by(patch, rolled)


def undefined_as_nothing(patch: pytest.MonkeyPatch) -> None:
    """Who owes nothing yet counts as 0."""

    def rolled(leaves: Iterable[Leaf]) -> Figure:
        return roll_up(leaf if leaf.owed else replace(leaf, owed=1) for leaf in leaves)

    _rolled_up_by(patch, rolled)


def _rolled_up_by(patch: pytest.MonkeyPatch, rolled: Callable[[Iterable[Leaf]], Figure]) -> None:
    """Roll up so; and remember nothing, neither of what was rolled up soundly before nor for those after."""
    patch.setattr(parts, "roll_up", rolled)
    patch.setattr(figures, "_remembered", figures._figures)


def _mapped(figure: Figure, change: Callable[[Fraction], Fraction]) -> Figure:
    reported, evidenced, confirmed = (
        None if value is None else change(value)
        for value in (figure.reported, figure.evidenced, figure.confirmed)
    )
    return figure._replace(reported=reported, evidenced=evidenced, confirmed=confirmed)


PLANTED: tuple[Plant, ...] = (cancelled_counted, unnormalised, rounded_at_nodes, undefined_as_nothing)
