"""Amounts in words: what an accountant writes, and back, over the whole range that is stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.money_words import NoAmount, read, written

AMOUNTS = st.integers(-(2**63), 2**63 - 1) | st.builds(
    lambda digits, zeros: digits * 10**zeros, st.integers(-999, 999), st.integers(0, 15)
)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (5, "Năm đồng"),
        (14, "Mười bốn đồng"),
        (15, "Mười lăm đồng"),
        (21, "Hai mươi mốt đồng"),
        (24, "Hai mươi tư đồng"),
        (105, "Một trăm linh năm đồng"),
        (1_005, "Một nghìn, không trăm linh năm đồng"),
        (100_000_000, "Một trăm triệu đồng"),
        (2_278_000_000, "Hai tỷ, hai trăm bảy mươi tám triệu đồng"),
        (2_000_000_005, "Hai tỷ, không trăm linh năm đồng"),
        (9 * 10**18, "Chín tỷ tỷ đồng"),
        (-60, "Âm sáu mươi đồng"),
    ],
)
def test_an_amount_is_written_as_papers_write_it(amount: int, words: str) -> None:
    assert written(amount) == words
    assert read(words) == amount


@given(AMOUNTS)
def test_what_is_written_is_read_back(amount: int) -> None:
    assert read(written(amount)) == amount
    assert read(written(amount).upper().replace(",", "")) == amount


@given(AMOUNTS, AMOUNTS)
def test_no_two_amounts_are_written_alike(one: int, other: int) -> None:
    assert (written(one) == written(other)) == (one == other)


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("hai tỷ hai trăm bảy mươi tám triệu đồng", 2_278_000_000),
        ("(Bằng chữ: Hai tỉ, hai trăm bẩy mươi tám triệu đồng chẵn.)", 2_278_000_000),
        ("hai mươi bốn ngàn không trăm lẻ năm", 24_005),
        ("hai ngàn linh năm đồng", 2_005),
        ("hai mươi năm nghìn", 25_000),
        ("hai mươi một đồng Việt Nam", 21),
    ],
)
def test_it_is_read_however_people_spell_it(words: str, amount: int) -> None:
    """Without "không trăm" as well, as long as nothing else is left out."""
    assert read(words) == amount


@pytest.mark.parametrize(
    "words",
    [
        *("", "đồng", "hai ba", "mười mười", "năm mươi không", "hai trăm trăm", "tỷ", "âm", "không trăm"),
        *("một triệu hai triệu", "hai nghìn năm triệu", "2.278.000.000", "hai tỷ rưỡi", "một không"),
        *("hai tỷ, không triệu đồng", "x" * 501, "tỷ " * 160, "âm âm hai", "trừ âm hai"),
    ],
)
def test_what_is_no_amount_is_not_guessed(words: str) -> None:
    with pytest.raises(NoAmount):
        read(words)
