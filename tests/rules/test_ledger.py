"""The ledger's law: nothing passes what comes before it, and what is left is exactly what would still go
in."""

from itertools import product
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.rules.ledger import COUNTED_AS, MOST, Balance, EntryKind, bound

SMALL = st.integers(0, 6)
BALANCES = st.builds(Balance, SMALL, SMALL, SMALL, SMALL, SMALL).filter(lambda balance: balance.holds)
ENTRIES = st.lists(st.tuples(st.sampled_from(EntryKind), st.integers(-9, 9)))


@given(BALANCES, st.sampled_from(EntryKind), st.integers(-9, 9))
def test_an_entry_is_refused_exactly_where_the_law_would_break(
    balance: Balance, kind: EntryKind, amount: int
) -> None:
    assert (bound(balance, kind, amount) is None) == balance.after(kind, amount).holds


@given(BALANCES, st.sampled_from(EntryKind), st.integers(1, 20))
def test_what_is_said_to_be_left_goes_in_and_no_more(balance: Balance, kind: EntryKind, amount: int) -> None:
    for sign in (1, -1):
        refused = bound(balance, kind, sign * amount)
        if refused is None:
            continue
        assert 0 <= refused.left < amount
        assert balance.after(kind, sign * refused.left).holds
        assert not balance.after(kind, sign * (refused.left + 1)).holds


def test_what_is_left_is_never_less_than_nothing() -> None:
    """A settlement may wait for a spending that was taken back when that could be."""
    over = Balance(allocated=9, committed=9, spent=5, settled=9)
    for kind, amount in ((EntryKind.SETTLEMENT, 1), (EntryKind.SPENDING, -1)):
        refused = bound(over, kind, amount)
        assert refused is not None
        assert refused.left == 0


@given(ENTRIES, st.randoms(use_true_random=False))
def test_a_balance_is_the_sum_of_its_entries_in_any_order(
    entries: list[tuple[EntryKind, int]], chance: Random
) -> None:
    shuffled = chance.sample(entries, len(entries))
    assert Balance.of(entries) == Balance.of(shuffled)
    walked = Balance()
    for kind, amount in entries:
        walked = walked.after(kind, amount)
    assert walked == Balance.of(entries)


def test_the_law_is_one_chain_and_a_bounded_need() -> None:
    for values in product(range(3), repeat=4):
        allocated, committed, spent, settled = values
        assert Balance(0, *values).holds == (settled <= spent <= committed <= allocated)
    assert not Balance(0, 0, 0, 0, -1).holds
    assert Balance(MOST).holds
    assert not Balance(MOST + 1).holds
    assert not Balance(-1).holds


@given(BALANCES)
def test_an_allocation_has_no_bound_on_its_line(balance: Balance) -> None:
    assert balance.room(EntryKind.ALLOCATION) is None
    assert bound(balance, EntryKind.ALLOCATION, MOST) is None


def test_every_kind_counts_in_a_part_of_the_balance() -> None:
    assert set(COUNTED_AS) == set(EntryKind)
    assert len(set(COUNTED_AS.values())) == len(EntryKind)
