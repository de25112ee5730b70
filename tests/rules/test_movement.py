"""The laws of a movement: it is exact, it cuts only what has to be cut, and no decision passes for work."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.rules.change import Standing, difference
from app.rules.cutting import Stake, cut
from app.rules.movement import Halves, Movement, Place, movement, together
from tests.patience import many

NAMES = "abcdef"
pulls = st.sampled_from([Fraction(1, 3), Fraction(1, 2), Fraction(1), Fraction(5), Fraction(0)])
stakes = st.builds(
    lambda pull, owed, done: Stake(pull, owed, min(done, owed)), pulls, st.integers(0, 5), st.integers(0, 5)
)
instants = st.dictionaries(st.sampled_from(NAMES), stakes)
places = st.tuples(st.integers(1, 3), st.integers(1, 3)).map(
    lambda many: {
        name: Place(f"row {n % many[0]}", f"line {n % many[0]} {n % many[1]}") for n, name in enumerate(NAMES)
    }
)
alone = {name: Place(name, name) for name in NAMES}


def standings(some: dict[str, Stake]) -> dict[str, Standing]:
    return {
        name: Standing(one.pull, Fraction(one.done, one.owed) if one.counts else None)
        for name, one in some.items()
    }


def of_rows(found: Movement) -> dict[str, Halves]:
    return {row: together(bodies.values()) for row, bodies in found.halves.items()}


@many
@given(instants, instants, places)
def test_it_is_the_difference_exactly_and_its_rows_sum_to_it(
    before: dict[str, Stake], after: dict[str, Stake], where: dict[str, Place]
) -> None:
    found, plain = movement(before, after, where), difference(standings(before), standings(after))
    assert (found.total.before, found.total.after) == (plain.before, plain.after)
    if plain.work is None or plain.scope is None:
        assert (found.total.work, found.total.scope) == (None, None)
        assert set(of_rows(found).values()) == {(None, None)}
        return
    assert found.total.work is not None
    assert found.total.scope is not None
    assert found.total.work + found.total.scope == plain.work + plain.scope
    assert together(of_rows(found).values()) == (found.total.work, found.total.scope)


@many
@given(instants, instants, places)
def test_rows_stand_as_their_bodies_do_together(
    before: dict[str, Stake], after: dict[str, Stake], where: dict[str, Place]
) -> None:
    found = movement(before, after, where)
    for side, some in (("before", before), ("after", after)):
        weight = {name: one for name, one in some.items() if one.counts}
        rows = {row.key: getattr(row, side) for row in found.rows if getattr(row, side) is not None}
        assert set(rows) == {where[name].row for name in some}
        got = sum((row.pull * row.value for row in rows.values() if row.value is not None), Fraction(0))
        assert got == sum((one.pull * Fraction(one.done, one.owed) for one in weight.values()), Fraction(0))


@many
@given(instants, st.lists(st.integers(0, 5), min_size=6, max_size=6), st.lists(pulls, min_size=6, max_size=6))
def test_what_owes_the_same_is_not_cut(
    before: dict[str, Stake], dones: list[int], weights: list[Fraction]
) -> None:
    after = {
        name: replace(one, done=min(done, one.owed), pull=weight or one.pull)
        for (name, one), done, weight in zip(before.items(), dones, weights, strict=False)
    }
    kept = {name: one for name, one in before.items() if name in after}
    found, plain = movement(kept, after, alone), difference(standings(kept), standings(after))
    assert (found.total.work, found.total.scope) == (plain.work, plain.scope)
    assert of_rows(found) | {item.key: (item.work, item.scope) for item in plain.items} == of_rows(found)


@many
@given(instants, st.lists(stakes, min_size=6, max_size=6))
def test_to_owe_more_or_less_with_nothing_done_is_no_work(
    before: dict[str, Stake], others: list[Stake]
) -> None:
    after = {}
    for (name, one), other in zip(before.items(), others, strict=False):
        if one.owed > other.owed:  # dropped, and of what was done as much as can be
            done = max(one.done - (one.owed - other.owed), min(one.done, other.done))
        else:
            done = one.done
        after[name] = replace(other, done=min(done, other.owed))
    kept = {name: one for name, one in before.items() if name in after}
    assert movement(kept, after, alone).total.work in (0, None)


@many
@given(st.integers(1, 6), st.data(), st.lists(st.sampled_from([1, 2, 3]), min_size=1, max_size=3), instants)
def test_a_handover_is_neither_and_what_is_done_after_it_is_work(
    owed: int, data: st.DataObject, parts: list[int], others: dict[str, Stake]
) -> None:
    done = data.draw(st.integers(0, owed - 1))
    rest, share = owed - done, Fraction(1, 2)
    before = {"first": Stake(share, owed, done)}
    kept = {"first": Stake(share * done / owed, done, done)}
    heirs = {
        f"heir {n}": Stake(share * rest / owed * part / sum(parts), rest, 0) for n, part in enumerate(parts)
    }
    where = {name: Place("first", "first") for name in (*before, *heirs)} | alone
    after = others | kept | heirs
    handed = movement(others | before, after, where)
    assert not handed.total.work
    assert not handed.total.scope
    assert handed.rows == tuple(row._replace(before=row.after) for row in handed.rows)
    busy = {name: replace(one, done=data.draw(st.integers(0, rest))) for name, one in heirs.items()}
    worked = movement(others | before, others | kept | busy, where)
    assert not worked.total.scope
    own = movement(after, others | kept | busy, where)
    assert of_rows(worked)["first"] == of_rows(own)["first"]
    assert worked.halves["first"] == own.halves["first"]


def test_a_line_is_cut_in_its_order_and_by_what_each_has() -> None:
    before = {"a": Stake(Fraction(1), 4, 2)}
    after = {"a": Stake(Fraction(1, 2), 2, 2), "b": Stake(Fraction(1, 2), 2, 1)}
    assert [piece for piece in cut(["a", "b"], before, after) if piece.before or piece.after] == [
        ("a", Standing(Fraction(1, 2), Fraction(1)), Standing(Fraction(1, 2), Fraction(1))),
        ("b", Standing(Fraction(1, 2), Fraction(0)), Standing(Fraction(1, 2), Fraction(1, 2))),
    ]
