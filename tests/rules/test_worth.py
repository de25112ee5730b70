"""What money was worth: exact to the đồng, and nothing said that cannot be."""

from hypothesis import given
from hypothesis import strategies as st

from app.rules import worth
from app.rules.vocabulary import State


@given(st.integers(0, 2**63 - 1), st.integers(0, 10_000))
def test_the_cost_of_each_adds_up_to_what_was_spent(spent: int, things: int) -> None:
    found = worth.cost(spent, things)
    assert (found is None) == (things == 0)
    if found is not None:
        assert found.each * things + found.left_over == spent
        assert 0 <= found.left_over < things


def test_done_for_nothing_and_money_for_nothing() -> None:
    for state in (None, *State):
        for spent in (0, 1):
            assert worth.done_unspent(state, spent) == (state is State.DONE and spent == 0)
    for alone in (False, True):
        for shared in (False, True):
            assert worth.spent_unevidenced(1, alone=alone, shared=shared) is False
            unsure = None if shared else False
            assert worth.spent_unevidenced(0, alone=alone, shared=shared) is (True if alone else unsure)
