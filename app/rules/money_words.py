"""Amounts in words, as Vietnamese papers write them: 2278000000 is "Hai tỷ, hai trăm bảy mươi tám triệu
đồng".

Written by thousands, with a comma between the groups; above the billion the words for it stand before "tỷ"
("chín tỷ tỷ" is 9 × 10^18). What is read is what would be written, whatever the commas, the case and the
spelling that is usual elsewhere ("lẻ", "ngàn", "tỉ"); anything else is no amount.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final
from unicodedata import normalize

_BILLION: Final = 10**9
_DIGITS: Final = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_AFTER_TENS: Final = {"một": "mốt", "bốn": "tư", "năm": "lăm"}
_AFTER_TEN: Final = {"năm": "lăm"}
_GROUPS: Final = ((10**6, "triệu"), (10**3, "nghìn"), (1, ""))
_UNIT, _MINUS, _BILLIONS = "đồng", "âm", "tỷ"
_OTHERWISE: Final = {
    "lẻ": "linh",
    "ngàn": "nghìn",
    "tỉ": _BILLIONS,
    "bẩy": "bảy",
    "nhăm": "lăm",
    "trừ": _MINUS,
}
"""How some write the same word."""
_WORTH: Final = {
    **{word: digit for digit, word in enumerate(_DIGITS)},
    **{said: _DIGITS.index(word) for word, said in _AFTER_TENS.items()},
}
_SCALES: Final = {"triệu": 10**6, "nghìn": 10**3}
_LONGEST: Final = 500
"""No amount of 64 bits takes more letters."""


class NoAmount(ValueError):
    """Words that are no amount of money."""


def written(amount: int) -> str:
    """A whole amount of đồng in words, as a sentence begins."""
    sign = [_MINUS] if amount < 0 else []
    said = " ".join([*sign, *_said(abs(amount)), _UNIT]).replace(" ,", ",")
    return said[0].upper() + said[1:]


def read(words: str) -> int:
    """The amount that these words say; `NoAmount` for all that no amount is written as."""
    if len(words) > _LONGEST:
        raise NoAmount
    said = _plain(words)
    negative = said[:1] == [_MINUS]
    amount = _worth(said[1:] if negative else said)
    right = [word for word in _said(amount) if word != ","]
    if _without_empty_hundreds(said[int(negative) :]) != _without_empty_hundreds(right):
        raise NoAmount
    return -amount if negative else amount


def _said(amount: int) -> list[str]:
    """The words of an amount, commas among them."""
    high, low = divmod(amount, _BILLION)
    if not high:
        return _below_a_billion(low, first=True) or [_DIGITS[0]]
    rest = _below_a_billion(low, first=False)
    return [*_said(high), _BILLIONS, *([","] if rest else []), *rest]


def _below_a_billion(amount: int, *, first: bool) -> list[str]:
    words: list[str] = []
    for worth, scale in _GROUPS:
        group = amount // worth % 1000
        if group:
            words += [","] if words else []
            words += _group(group, whole=bool(words) or not first)
            words += [scale] if scale else []
    return words


def _group(group: int, *, whole: bool) -> Iterator[str]:
    """Three digits; `whole`: something stands before them, so that a missing hundred is said."""
    hundreds, tens, ones = group // 100, group // 10 % 10, group % 10
    if hundreds or whole:
        yield from (_DIGITS[hundreds], "trăm")
        if not tens and ones:
            yield "linh"
    if tens == 1:
        yield "mười"
    elif tens:
        yield from (_DIGITS[tens], "mươi")
    if ones:
        special = _AFTER_TEN if tens == 1 else _AFTER_TENS if tens else {}
        yield special.get(_DIGITS[ones], _DIGITS[ones])


def _plain(words: str) -> list[str]:
    """The words one by one, each as we write it; "đồng", "chẵn" and what introduces an amount left out."""
    text = normalize("NFC", words).casefold()
    text = re.sub(r"[,;./()]", " ", re.sub(r"\A\s*\(?\s*(viết\s+)?bằng\s+chữ\s*:", " ", text))
    text = re.sub(r"\s+đồng(\s+(việt\s+nam|chẵn))?\s*\Z", " ", text)
    said: list[str] = []
    for word in text.split():
        ours = _OTHERWISE.get(word, word)
        after = {"mươi": _AFTER_TENS, "mười": _AFTER_TEN}.get(said[-1], {}) if said else {}
        said.append(after.get(ours, ours))
    return said


def _worth(said: Sequence[str]) -> int:
    """What words are worth if they are an amount; the last "tỷ" parts what stands before it from the rest."""
    if _BILLIONS in said:
        last = len(said) - 1 - list(reversed(said)).index(_BILLIONS)
        return _worth(said[:last]) * _BILLION + (_worth(said[last + 1 :]) if said[last + 1 :] else 0)
    total = group = digit = 0
    for word in said:
        if word in _SCALES:
            total, group, digit = total + (group + digit) * _SCALES[word], 0, 0
        elif word in ("trăm", "mươi"):
            group, digit = group + digit * (100 if word == "trăm" else 10), 0
        elif word == "mười":
            group += 10
        elif word in _WORTH:
            digit = _WORTH[word]
        elif word != "linh":
            raise NoAmount
    return total + group + digit


def _without_empty_hundreds(said: Sequence[str]) -> list[str]:
    """The words without "không trăm", which not everybody says."""
    return re.sub(r"\bkhông trăm ?", "", " ".join(said)).split()
