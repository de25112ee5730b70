"""Clause codes, the addresses inside a plan: `II`, `II.1`, `II.1.3`, `IV.1.2a`, `IV.7.b`.

A Roman part, then numbers or letters between dots; a number may carry a letter. Letters are those that
Vietnamese documents count points with, so đ stands between d and e (Decree 30/2020/NĐ-CP, Annex I).
"""

import re
from typing import Final

LONGEST_CODE: Final = 40
DEEPEST: Final = 8

_LETTERS: Final = "abcdđefghijklmnopqrstuvwxyz"
_ROMAN: Final = r"(?=[IVX])(X{0,3})(IX|IV|V?I{0,3})"
_PART: Final = rf"(?:[1-9][0-9]{{0,2}}[{_LETTERS}]?|[{_LETTERS}])"
_CODE: Final = re.compile(rf"{_ROMAN}(?:\.{_PART}){{0,{DEEPEST - 1}}}")
_UNITS: Final = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")


def valid(code: str) -> bool:
    """Whether this is a clause code: Roman I to XXXIX, numbers to 999, at most 8 parts, 40 characters."""
    return _match(code) is not None


def order_key(code: str) -> str:
    """ASCII whose byte order is the order of the document: IV.9 before IV.10, a clause before what is in it.

    Every part has a fixed width, so a clause lies inside another exactly when its key begins with the
    other's. ValueError for what is not a clause code.
    """
    found = _parsed(code)
    roman = 10 * len(found[1]) + _UNITS.index(found[2])
    return ".".join((f"{roman:02}", *map(_part_key, code.split(".")[1:])))


def lies_in(code: str, other: str) -> bool:
    """Whether a clause is another one, or lies inside it."""
    return order_key(code).startswith(order_key(other))


def _match(code: str) -> re.Match[str] | None:
    """Length first: a long text costs nothing."""
    return _CODE.fullmatch(code) if len(code) <= LONGEST_CODE else None


def _parsed(code: str) -> re.Match[str]:
    if (found := _match(code)) is None:
        raise ValueError("not a clause code")
    return found


def _part_key(part: str) -> str:
    """Numbers to three digits; a letter to its place, one ASCII character each (z, the 27th, is `{`)."""
    digits, letter = (part[:-1], part[-1]) if part[-1] in _LETTERS else (part, "")
    place = chr(ord("a") + _LETTERS.index(letter)) if letter else ""
    return (f"{int(digits):03}" if digits else "") + place
