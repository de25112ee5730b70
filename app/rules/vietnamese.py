"""Vietnamese text: made clean when it comes in, folded for search, keyed for the dictionary's order.

Neither database can be asked for this: both sort Đ after Z by their byte order and neither takes đ for d.
So what they store is computed here, and plain bytes give the same answer on both.
"""

import re
from functools import lru_cache
from typing import Final
from unicodedata import normalize

LONGEST_KEY: Final = 1000
"""No sort key is longer, so a PostgreSQL B-tree (at most 2,704 bytes an entry) takes every one of them."""

INVISIBLE: Final = dict.fromkeys((0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
# All that Unicode calls a space (Zs, Zl, Zp) and the invisible marks that copied text brings along: with
# nothing but those a text says nothing, and is as short as an empty one.
_OUTER: Final = "\t\n\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, (*range(0x2000, 0x200B), *INVISIBLE))
)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_IN_LINES: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Old fonts and scanners give Đ as the eth or the African D, which look the same in print.
LOOKALIKE: Final = {0x00D0: "Đ", 0x0189: "Đ", 0x00F0: "đ", 0x0256: "đ", 0x2026: "..."}
_SEEN: Final = LOOKALIKE | INVISIBLE
# Only the marks of the Latin script go: those of Khmer, read by many in Trà Vinh, carry its vowels.
_PLAIN: Final = {**dict.fromkeys(range(0x0300, 0x0370)), **INVISIBLE, **dict.fromkeys(map(ord, "đðɖ"), "d")}

# CLDR's `vi` collation: space, signs, digits, then the 29 letters with f j w z at their Latin places.
_ORDER: Final = (
    " _-–—,;:!?.·'‘’\"“”«»()[]{}§@*/\\&#%•`^°→+÷×<=>|~$₫€0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
)
_RANK: Final = {letter: chr(0x21 + place) for place, letter in enumerate(_ORDER)}
_TONES: Final = {mark: str(1 + place) for place, mark in enumerate("\u0300\u0309\u0303\u0301\u0323")}
_LETTER: Final = re.compile(r"([^\u0300-\u036f])([\u0300-\u036f]*)", re.DOTALL)


class UnfitText(ValueError):
    """Text that no field takes; `code` is `control_character` or `lone_surrogate`. Never quotes the text."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def clean(text: str, *, lines: bool = False) -> str:
    """The text as it is stored and measured: NFC (UAX #15), nothing blank around it.

    `lines` allows line feed and tab inside, and turns CR LF into LF. Other control characters (Cc) and
    surrogates without their other half raise `UnfitText`. Cleaning twice changes nothing; NFC grows a text
    to at most three times its length, so lengths are checked after this.
    """
    text = normalize("NFC", text).strip(_OUTER)
    if lines:
        text = text.replace("\r\n", "\n")
    if _SURROGATE.search(text):
        raise UnfitText("lone_surrogate")
    if (_CONTROL_IN_LINES if lines else _CONTROL).search(text):
        raise UnfitText("control_character")
    return text


def fold(text: str) -> str:
    """What search compares: no case, tone or vowel mark, đ as d, one space between words.

    The same for every Unicode form of a text, and folding twice changes nothing. Vietnamese never gets
    longer; the worst single character (U+FDFA) becomes 18. `%` and `_` stay: they are the query's to escape.
    """
    spread = normalize("NFKD", text).casefold()
    return " ".join(normalize("NFKD", spread.translate(_PLAIN)).split())


def sort_key(text: str) -> str:
    """Printable ASCII whose byte order is the dictionary's: letters first, then tones, then case.

    Three levels with a space between, as in UTS #10: the letters of the whole text decide; where they are
    the same, its tones (none, huyền, hỏi, ngã, sắc, nặng); then small before capital. A shorter word comes
    before a longer one. Letters of other scripts follow z by code point. A letter with its tone costs four
    characters at most; the key is cut at `LONGEST_KEY`, which can make two long texts equal but never swaps
    them: order lists by (key, id).
    """
    words = " ".join(text.translate(_SEEN).split())
    weights = [_weight(*found) for found in _LETTER.findall(normalize("NFD", words))]
    letters, tones, cases = ("".join(weight[level] for weight in weights) for level in range(3))
    return " ".join((letters, tones.rstrip("0"), cases.rstrip("0"))).rstrip()[:LONGEST_KEY]


@lru_cache(maxsize=4096)
def _weight(printed: str, marks: str) -> tuple[str, str, str]:
    """One letter with its marks, on the three levels."""
    letter = small = printed.lower()
    tone = "0"
    for mark in marks:
        if (joined := normalize("NFC", letter + mark)) in _RANK:
            letter = joined
        else:
            tone += _TONES.get(mark) or f"6{ord(mark):04x}"
    return _RANK.get(letter) or f"~{ord(letter):06x}", tone, "0" if printed == small else "1"
