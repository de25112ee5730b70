"""Amending: what a task may become by a decision, and that work which changes hands moves no figure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.rules.amending import BECOMES, Hand, ProposalState, shares
from app.rules.rollup import COUNTED_STATUSES, Leaf, roll_up
from app.rules.vocabulary import Level, TaskStatus
from tests.patience import many

# x: what a task in this state may become by a decision (model §3). What is a draft has not begun; what was
# ended can be taken up again and nothing else.
MAY_BECOME = """
              draft  active  suspended  carried_over  cancelled  superseded
draft         -      x       -          -             x          -
active        -      -       x          x             x          x
suspended     -      x       -          x             x          x
carried_over  -      x       -          -             x          -
cancelled     -      x       -          -             -          -
superseded    -      x       -          -             -          -
"""


def test_what_a_task_may_become() -> None:
    head, *rows = (line.split() for line in MAY_BECOME.strip().splitlines())
    table = {
        TaskStatus(row[0]): {
            TaskStatus(name) for name, said in zip(head, row[1:], strict=True) if said == "x"
        }
        for row in rows
    }
    assert set(table) == set(TaskStatus)
    assert dict(BECOMES) == table


def test_nothing_is_lost_for_good_and_nothing_becomes_a_draft_again() -> None:
    for status, next_ones in BECOMES.items():
        assert status not in next_ones
        assert TaskStatus.DRAFT not in next_ones
        assert TaskStatus.ACTIVE in next_ones or status is TaskStatus.ACTIVE
    # What left the count comes back by being taken up, and only so.
    for status in set(TaskStatus) - COUNTED_STATUSES:
        assert BECOMES[status] & COUNTED_STATUSES == {TaskStatus.ACTIVE}


def test_how_a_proposal_ends() -> None:
    assert [state.value for state in ProposalState] == ["open", "accepted", "declined", "withdrawn"]


# --- shares follow the work ----------------------------------------------------------------------------


def test_a_share_that_stays() -> None:
    assert shares(Hand(1, 4), Fraction(1, 3)) == {1: Fraction(1, 3)}


def test_a_share_goes_with_the_work_that_was_done() -> None:
    """Three of four quarters were reported; the rest of the year is another body's."""
    one = Hand(1, 3, [(Hand(2, 1), Fraction(1))])
    assert shares(one, Fraction(1, 2)) == {1: Fraction(3, 8), 2: Fraction(1, 8)}


def test_who_did_nothing_keeps_nothing_and_who_did_all_hands_on_nothing() -> None:
    assert shares(Hand(1, 0, [(Hand(2, 4), Fraction(1))]), Fraction(1)) == {1: 0, 2: 1}
    assert shares(Hand(1, 4, [(Hand(2, 0), Fraction(1))]), Fraction(1)) == {1: 1, 2: 0}


def test_where_nothing_is_owed_the_successors_have_the_share() -> None:
    """A triggered duty that never came up, or a counted one without a target."""
    two = [(Hand(2, 0), Fraction(1, 4)), (Hand(3, 0), Fraction(3, 4))]
    assert shares(Hand(1, 0, two), Fraction(1, 2)) == {1: 0, 2: Fraction(1, 8), 3: Fraction(3, 8)}


def test_a_successor_hands_on_in_its_turn() -> None:
    third = Hand(3, 1)
    second = Hand(2, 1, [(third, Fraction(1))])
    first = Hand(1, 2, [(second, Fraction(1))])
    assert first.whole == 4
    assert shares(first, Fraction(1)) == {1: Fraction(1, 2), 2: Fraction(1, 4), 3: Fraction(1, 4)}


# A body's part of a task, as its outputs stand. Who takes over owes again what was not reported.

LEVELS = list(Level)
levels = st.sampled_from(LEVELS)
outputs = st.lists(st.tuples(st.integers(1, 5), levels), max_size=5)
parts = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(
    lambda some: [Fraction(one, sum(some)) for one in some]
)
portions = st.fractions(0, 1, max_denominator=12)


@dataclass
class Body:
    name: int
    owes: list[tuple[int, Level]]
    successors: list[tuple["Body", Fraction]] = field(default_factory=list)

    def hand(self) -> Hand:
        owed = sum(weight for weight, _ in self.owes)
        return Hand(self.name, owed, [(body.hand(), part) for body, part in self.successors])

    def everyone(self) -> list["Body"]:
        return [self, *(one for body, _ in self.successors for one in body.everyone())]

    def hand_over(self, names: int, proportions: Sequence[Fraction]) -> None:
        """Keep what was reported; the rest is owed by each successor, for its part."""
        rest = [(weight, Level.NONE) for weight, level in self.owes if level is Level.NONE]
        self.owes = [(weight, level) for weight, level in self.owes if level is not Level.NONE]
        self.successors = [(Body(names + n, list(rest)), part) for n, part in enumerate(proportions)]


def leaf(weight: int, share: Fraction, owes: Sequence[tuple[int, Level]]) -> Leaf:
    def at(least: Level) -> int:
        return sum(w for w, level in owes if LEVELS.index(level) >= LEVELS.index(least))

    return Leaf(weight, share, at(Level.NONE), at(Level.REPORTED), at(Level.EVIDENCED), at(Level.CONFIRMED))


def leaves(weight: int, first: Body, share: Fraction) -> list[Leaf]:
    found = shares(first.hand(), share)
    assert set(found) == {body.name for body in first.everyone()}
    assert sum(found.values()) == share
    assert all(part >= 0 for part in found.values())
    return [leaf(weight, found[body.name], body.owes) for body in first.everyone()]


@many
@given(data=st.data(), owes=outputs, share=portions, weight=st.integers(1, 9), other=outputs)
def test_a_handover_moves_no_figure_on_any_level(
    data: st.DataObject,
    owes: list[tuple[int, Level]],
    share: Fraction,
    weight: int,
    other: list[tuple[int, Level]],
) -> None:
    """One after the other, with work going on between; beside another body's part of the same task."""
    first, beside = Body(0, owes), leaf(weight, 1 - share, other)
    for _ in range(data.draw(st.integers(1, 3))):
        holder = data.draw(st.sampled_from([one for one in first.everyone() if not one.successors]))
        before = [roll_up(leaves(weight, first, share)), roll_up([*leaves(weight, first, share), beside])]
        holder.hand_over(len(first.everyone()), data.draw(parts))
        assert before == [
            roll_up(leaves(weight, first, share)),
            roll_up([*leaves(weight, first, share), beside]),
        ]
        for body in first.everyone():  # what was handed over can still be confirmed, or returned
            body.owes = [(heavy, data.draw(levels)) for heavy, _ in body.owes]
