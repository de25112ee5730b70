"""The form of API keys: nothing lost in minting, nothing mistyped that passes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.keys import RANDOM_BYTES, digest, hint, is_well_formed, mint

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# Fixed for ever: keys in use must stay well formed when this code changes.
OLD_KEY = "ttdn_0000000000000000000000000002ihyWf"
OLD_DIGEST = "bf247a5c17cd833eca50d41c5e688cdaecd8b4af3a72db82f5eddb8724c07756"

chance = st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES)


def test_the_form_does_not_drift() -> None:
    assert mint(bytes(RANDOM_BYTES)) == OLD_KEY
    assert is_well_formed(OLD_KEY)
    assert digest(OLD_KEY) == OLD_DIGEST
    assert RANDOM_BYTES * 8 >= 160


@given(chance)
def test_a_minted_key_is_well_formed_and_gives_its_chance_back(random_bytes: bytes) -> None:
    key = mint(random_bytes)
    assert re.fullmatch(r"ttdn_[0-9A-Za-z]{33}", key)
    assert is_well_formed(key)
    number = 0
    for digit in key[5:-6]:
        number = number * 62 + DIGITS.index(digit)
    assert number.to_bytes(RANDOM_BYTES) == random_bytes


@pytest.mark.parametrize("length", [0, 1, 16, 19, 21, 32])
def test_less_chance_or_more_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="20 random bytes"):
        mint(bytes(length))


@given(chance, st.integers(0, 32), st.sampled_from(DIGITS))
def test_one_wrong_character_never_passes(random_bytes: bytes, place: int, digit: str) -> None:
    key = mint(random_bytes)
    mistyped = key[: 5 + place] + digit + key[6 + place :]
    assert is_well_formed(mistyped) == (mistyped == key)


@given(chance, st.integers(0, 31))
def test_two_swapped_neighbours_never_pass(random_bytes: bytes, place: int) -> None:
    key = mint(random_bytes)
    at = 5 + place
    swapped = key[:at] + key[at + 1] + key[at] + key[at + 2 :]
    assert is_well_formed(swapped) == (swapped == key)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ttdn_",
        OLD_KEY[:-1],
        OLD_KEY + "0",
        OLD_KEY + "\n",
        " " + OLD_KEY,
        OLD_KEY.upper(),
        OLD_KEY[5:],
        "ttdm_" + OLD_KEY[5:],
        OLD_KEY.replace("0", "\uff10"),
        OLD_KEY.replace("0", "٠"),
        "ttdn_" + "_" * 33,
        "ttdn_" + "0" * 33,
        "\x00" * 38,
        "x" * 1_000_000,
    ],
)
def test_what_is_no_key(text: str) -> None:
    assert not is_well_formed(text)
    with pytest.raises(ValueError, match="not an API key"):
        hint(text)


@given(chance, chance)
def test_digests_tell_keys_apart_and_show_nothing_of_them(one: bytes, two: bytes) -> None:
    a, b = mint(one), mint(two)
    assert re.fullmatch(r"[0-9a-f]{64}", digest(a))
    assert (digest(a) == digest(b)) == (one == two)


@given(chance)
def test_a_hint_keeps_at_least_128_bits_back(random_bytes: bytes) -> None:
    key = mint(random_bytes)
    assert key.startswith(hint(key))
    assert len(hint(key)) == len("ttdn_") + 4
