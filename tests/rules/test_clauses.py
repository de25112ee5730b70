"""Clause codes: which texts are one, in which order they stand, and what lies in what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.clauses import DEEPEST, LONGEST_CODE, lies_in, order_key, valid

LONGEST_ORDER_KEY = 37

# Document order, of the 2023 plan's items with their sections.
PRINTED = (
    "I I.1 I.1.1 I.1.2 I.1.6 I.2 I.2.1 I.2.5 II II.1 II.1.1 II.1.7 II.2 II.2.1 II.2.8 III "
    "IV IV.1 IV.1.1 IV.1.2a IV.1.2b IV.1.3 IV.2 IV.2.a IV.3.a IV.4.a IV.4.b IV.7 IV.7.a IV.7.b IV.7.c "
    "IV.8.a IV.9 IV.9.1 IV.9.2 IV.9.3 IV.10 IV.10.1 IV.10.2 IV.11.1 IV.12.1 IV.13.a IV.15.a IV.15.c"
)
PLAN = PRINTED.split()

LETTERS = "abcdđefghijklmnopqrstuvwxyz"
COUNTED = (
    "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX XXI XXII XXIII XXIV XXV "
    "XXVI XXVII XXVIII XXIX XXX XXXI XXXII XXXIII XXXIV XXXV XXXVI XXXVII XXXVIII XXXIX"
)
ROMANS = COUNTED.split()

Part = tuple[int, int]
"""(number or 0, place of the letter from 1 or 0); never both 0."""
parts = st.tuples(st.integers(0, 999), st.integers(0, len(LETTERS))).filter(any)
small_parts = st.tuples(st.integers(0, 2), st.integers(0, 6)).filter(any)
trees = st.tuples(st.integers(1, 39), st.lists(parts, max_size=7) | st.lists(small_parts, max_size=3)).filter(
    lambda tree: len(written(tree)) <= LONGEST_CODE
)


def written(tree: tuple[int, list[Part]]) -> str:
    roman, rest = tree
    return ".".join(
        [ROMANS[roman - 1], *((str(n) if n else "") + (LETTERS[a - 1] if a else "") for n, a in rest)]
    )


def steps(tree: tuple[int, list[Part]]) -> list[tuple[int, int]]:
    """The way from the top: a number's letter is one step further; numbers come before letters."""
    roman, rest = tree
    way: list[tuple[int, int]] = [(0, roman)]
    for number, letter in rest:
        way += [(1, number)] if number else []
        # A letter of a number (1.2a) comes after what lies in the number between dots (1.2.1).
        way += [(2 if not number else 3, letter)] if letter else []
    return way


def parent(code: str) -> str | None:
    """The clause that this one lies in: IV.1.2a → IV.1.2 → IV.1 → IV → None."""
    if code[-1] in LETTERS and code[-2] != ".":
        return code[:-1]
    return code.rpartition(".")[0] or None


def above(code: str) -> list[str]:
    chain = []
    while (up := parent(code)) is not None:
        chain.append(up)
        code = up
    return chain


def test_the_plan_stands_in_its_own_order() -> None:
    assert all(map(valid, PLAN))
    assert sorted(set(PLAN), key=order_key) == PLAN


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("II", "IV"),
        ("IX", "X"),
        ("IV.9", "IV.10"),
        ("IV.1.2a", "IV.1.2b"),
        ("IV.1.2b", "IV.1.3"),
        ("IV.7.d", "IV.7.đ"),
        ("IV.7.đ", "IV.7.e"),
        ("IV.7.2", "IV.7.a"),
        ("IV", "IV.1"),
        ("IV.1.2", "IV.1.2a"),
        ("IV.999.z", "V"),
    ],
)
def test_order(earlier: str, later: str) -> None:
    assert order_key(earlier) < order_key(later)


@pytest.mark.parametrize(
    ("code", "key"),
    [("IV.1.2a", "04.001.002a"), ("IV.7.đ", "04.007.e"), ("XXXIX.999z.z", "39.999{.{")],
)
def test_stored_keys_do_not_drift(code: str, key: str) -> None:
    assert order_key(code) == key


def test_all_romans_and_no_more() -> None:
    assert [order_key(roman) for roman in ROMANS] == [f"{n:02}" for n in range(1, 40)]
    assert not valid("XL")


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "IIII",
        "VV",
        "IXI",
        "VIV",
        "XXXX",
        "XL",
        "L",
        "iv.1",
        "IV.",
        ".1",
        "IV..1",
        "IV.0",
        "IV.01",
        "IV.1000",
        "IV.A",
        "IV.aa",
        "IV.a1",
        "IV.1a2",
        "IV.ă",
        "IV.Đ",
        "IV.١",
        "IV.１",
        "Ⅳ.1",
        "IV,1",
        "IV 1",
        "IV.1 ",
        " IV.1",
        "IV.1\n",
        "IV.-1",
        "IV.1.2aa",
        "1.2",
        "G.SBN",
        "IV/1",
        "IV.%",
        "IV.\x00",
        "IV.1ab",
    ],
)
def test_what_is_no_clause_code(text: str) -> None:
    assert not valid(text)
    with pytest.raises(ValueError, match="not a clause code"):
        order_key(text)


def test_bounds() -> None:
    deepest = "I" + ".1" * (DEEPEST - 1)
    assert valid(deepest)
    assert not valid(deepest + ".1")
    longest = "XXXVIII" + ".999" * 2 + ".999a" * 5
    assert len(longest) == LONGEST_CODE
    assert valid(longest)
    assert not valid("XXXVIII" + ".999" + ".999a" * 6)
    assert len(order_key("I" + ".999a" * 7)) == LONGEST_ORDER_KEY
    assert not valid("I" * 10_000_000)


@given(trees, trees)
def test_the_key_orders_like_the_steps_from_the_top(
    one: tuple[int, list[Part]], two: tuple[int, list[Part]]
) -> None:
    a, b = order_key(written(one)), order_key(written(two))
    assert (a < b) == (steps(one) < steps(two))
    assert (a == b) == (one == two)
    assert a.isascii()
    assert len(a) <= LONGEST_ORDER_KEY


@given(trees, trees)
def test_what_lies_inside_begins_with_the_key_of_what_is_around_it(
    one: tuple[int, list[Part]], two: tuple[int, list[Part]]
) -> None:
    inner, outer = written(one), written(two)
    inside = order_key(inner).startswith(order_key(outer))
    assert inside == lies_in(inner, outer) == (outer in [inner, *above(inner)])


@given(trees)
def test_every_way_up_is_made_of_clauses_and_ends_at_the_top(tree: tuple[int, list[Part]]) -> None:
    chain = above(written(tree))
    assert all(map(valid, chain))
    assert len(chain) == len(steps(tree)) - 1
    assert "." not in (chain or [written(tree)])[-1]


def test_the_way_up() -> None:
    assert above("IV.1.2a") == ["IV.1.2", "IV.1", "IV"]
    assert above("IV.1.2.3.4") == ["IV.1.2.3", "IV.1.2", "IV.1", "IV"]
    assert above("IV.7.b") == ["IV.7", "IV"]
    assert above("II") == []
