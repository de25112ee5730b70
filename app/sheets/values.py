"""What a cell means: a whole number, an amount, a word of ours, a text; days have a room of their own.

Where that is in doubt it is said how it was understood; where it cannot be known, it is refused, with what
would be taken.
"""

import re
from collections.abc import Container, Iterable, Mapping
from datetime import date
from typing import Final, NamedTuple, TypeVar

from app.errors import Text
from app.rules.vietnamese import UnfitText, clean, fold
from app.rules.vocabulary import Word
from app.sheets import worded
from app.sheets.columns import NO, YES, Cell
from app.sheets.csv_file import dated
from app.sheets.found import ERRORS, Found

_BREAK: Final = re.compile(r"[ \t]*[\r\n\t\v\f]+[ \t]*")
_WHOLE: Final = re.compile(r"[0-9]{1,18}")
_GROUPED: Final = re.compile(
    r"(?!0+[^0-9]|0[0-9]+[^0-9][0-9]{3}\Z)"
    r"(?:[0-9]{1,3}(?:([. \u00a0\u202f])[0-9]{3})(?:\1[0-9]{3}){0,4}|[0-9]{1,3}(?:,[0-9]{3}){2,5})"
)
"""A sign before each three digits. One comma may part a fraction, and so may any sign after 0; two only
group."""
_WITH_FRACTION: Final = re.compile(
    r"([0-9]{1,3}(?:\.[0-9]{3}){1,5}),([0-9]{1,2})|([0-9]{1,3}(?:,[0-9]{3}){1,5})\.([0-9]{1,2})"
)
"""Where two signs stand, the first groups and the last parts a fraction: `1.200.000,00`."""
_CURRENCY: Final = re.compile(r"\s*(?:đồng|đ|vnđ|vnd|₫)\.?\Z", re.IGNORECASE)
_MINUS_SIGNS: Final = ("-", "\N{MINUS SIGN}")
_EXACT: Final = 10**15
"""From here on a sheet's numbers are no longer exact."""
_PARTING: Final = re.compile(r"[,;/]|\s+và\s+", re.IGNORECASE)
_PARTED: Final = re.compile(r"[0-9]+[.,][0-9]+")
_TRUE: Final = frozenset(map(fold, (YES, "x", "true", "1", "yes")))
_FALSE: Final = frozenset(map(fold, (NO, "false", "0", "no")))

Kind = TypeVar("Kind", bound=Word)


class Unfit(Exception):
    """A cell that cannot be taken: a stable code, why, and what would be taken."""

    def __init__(self, code: str, text: Text, offered: Iterable[str] = ()) -> None:
        self.code, self.text, self.offered = code, text, list(offered)
        super().__init__(code)


class Meant(NamedTuple):
    """What a cell means, as a JSON body would say it; and how it was understood, where that is in doubt."""

    value: str | int | bool | list[str]
    note: Text | None = None


def text(found: Found) -> Meant:
    """A text in one line. A number or a day in its place is taken as it is shown."""
    value = given(found)
    if isinstance(value, bool):
        return Meant(YES if value else NO)
    if isinstance(value, date):
        said = dated(value)
        return Meant(said, Text(f"Ô này là ngày: ghi thành {said}", f"This cell is a day: taken as {said}"))
    if isinstance(value, float) and abs(value) >= _EXACT:
        raise _rounded()
    try:
        return Meant(clean(_BREAK.sub(" ", value) if isinstance(value, str) else _plain(value)))
    except UnfitText as unfit:
        raise Unfit(unfit.code, _UNFIT[unfit.code]) from unfit


def whole(found: Found) -> Meant:
    """A whole number. 1.200 written out is one thousand two hundred, as in Vietnam, and it is said so. A
    number that stands over several rows is of none of them."""
    if found.is_spread:
        raise Unfit(
            "merged_amount",
            Text(
                "Một số gộp cho nhiều dòng: hãy ghi số của từng dòng",
                "One amount is merged over several rows: write the amount of each",
            ),
        )
    value = given(found)
    if isinstance(value, int) and not isinstance(value, bool):
        return Meant(value)
    if isinstance(value, float) and abs(value) >= _EXACT:
        raise _rounded()
    if isinstance(value, float):
        raise Unfit(
            "not_whole",
            Text(
                "Ô này là số lẻ; nếu dấu chấm hay phẩy chỉ nhóm chữ số, hãy gõ lại số không có dấu",
                "This cell is no whole number; if the sign only groups digits, type it without",
            ),
        )
    written = clean_or_empty(value) if isinstance(value, str) else ""
    if (parted := _WITH_FRACTION.fullmatch(written)) is not None:
        return _without_fraction(*filter(None, parted.groups()))
    if _WHOLE.fullmatch(written):
        return Meant(int(written))
    if _GROUPED.fullmatch(written):
        number = int(re.sub(r"\D", "", written))
        if number >= 10**6:
            return Meant(number)
        return Meant(number, Text(f"Hiểu là số {number}", f"Read as the number {number}"))
    if _PARTED.fullmatch(written):
        raise Unfit(
            "not_whole",
            Text(
                "Không rõ dấu chấm hay phẩy ở đây là gì: ghi số nguyên không có dấu",
                "It is not clear what the sign in this number means: write a whole number without one",
            ),
        )
    raise Unfit(*worded.advice(written))


def _without_fraction(grouped: str, fraction: str) -> Meant:
    """What stands before a fraction of nothing, as accounting programs write it."""
    number = int(re.sub(r"\D", "", grouped))
    if int(fraction):
        raise Unfit(
            "not_whole",
            Text(
                "Số này có phần lẻ: ghi số nguyên, không có phần lẻ",
                "This number has a fraction: write a whole number without one",
            ),
        )
    return Meant(number, Text(f"Hiểu là số {number}", f"Read as the number {number}"))


def vnd(found: Found) -> Meant:
    """A whole amount of đồng, with or without the word for it; below zero in an entry that took back."""
    if not isinstance(found.value, str):
        return whole(found)
    said = _CURRENCY.sub("", clean_or_empty(found.value))
    sign = -1 if said[:1] in _MINUS_SIGNS else 1
    meant = whole(found._replace(value=said[1:] if sign < 0 else said))
    return meant._replace(value=sign * int(str(meant.value)))


def code(found: Found) -> Meant:
    """A code of capitals, however it was typed."""
    return Meant(str(text(found).value).upper())


def word(found: Found, words: type[Kind], unwritten: Container[Kind] = ()) -> Meant:
    """A code of ours, by the label that people read or by itself; what is `unwritten` is read where it is
    exported, and offered to nobody."""
    said = fold(str(text(found).value))
    for one in words:
        if said in (fold(one.label_vi), fold(one.label_en), one.value):
            return Meant(one.value)
    raise Unfit(
        "not_allowed_value",
        Text("Không có giá trị này trong danh sách", "This is none of the values that are taken"),
        [one.label_vi for one in words if one not in unwritten],
    )


def several(found: Found, names: Mapping[str, str]) -> Meant:
    """Several codes in one cell, parted by `,` `;` `/` or `và`; what people call them is as good."""
    parts = [part.strip() for part in _PARTING.split(str(text(found).value)) if part.strip()]
    return Meant([names.get(fold(part), part.lower()) for part in parts])


def listed(found: Found) -> Meant:
    """Several codes in one cell, each on its own line or parted by `,` or `;`."""
    parts = re.split(r"[,;\n]", str(given(found)))
    return Meant([code for part in parts if (code := clean_or_empty(part))])


def yes_or_no(found: Found) -> Meant:
    """Có or Không; an x is a Có."""
    value = given(found)
    said = fold(str(value))
    if value is True or said in _TRUE:
        return Meant(True)
    if value is False or said in _FALSE:
        return Meant(False)
    raise Unfit("not_allowed_value", Text("Ghi Có hoặc Không", "Write Có or Không"), [YES, NO])


def of_formula(found: Found) -> Text | None:
    """That a value is what a formula came to when the file was saved."""
    if not found.is_formula:
        return None
    return Text(
        "Ô có công thức: đã lấy giá trị khi lưu tệp",
        "The cell holds a formula: its value when the file was saved was taken",
    )


def shown(found: Found) -> Cell:
    """The cell as it can be written again."""
    if isinstance(found.value, bool):
        return YES if found.value else NO
    return found.value


def _rounded() -> Unfit:
    return Unfit(
        "number_out_of_range",
        Text(
            "Số dài bị Excel làm tròn: định dạng ô là văn bản rồi gõ lại",
            "Excel has rounded this long number: format the cell as text and type it again",
        ),
    )


def _plain(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:.15g}"


def clean_or_empty(value: str) -> str:
    """A text as it is compared; what no field takes is like nothing."""
    try:
        return clean(value)
    except UnfitText:
        return ""


def given(found: Found) -> str | int | float | bool | date:
    """What a cell holds; a cell in error, also one that was saved as text, or a formula without a value,
    holds nothing."""
    if found.is_error or (isinstance(found.value, str) and found.value.strip() in ERRORS):
        raise Unfit(
            "cell_in_error",
            Text(
                "Ô báo lỗi trong Excel (như #N/A): hãy sửa ô này", "The cell is in error (like #N/A): mend it"
            ),
        )
    if found.value is None:
        raise Unfit(
            "formula_without_value",
            Text(
                "Công thức chưa có giá trị: mở tệp bằng Excel rồi lưu lại, hoặc ghi giá trị thay công thức",
                "The formula has no value yet: open and save the file in Excel, or write the value itself",
            ),
        )
    return found.value


_UNFIT: Final[Mapping[str, Text]] = {
    "control_character": Text("Có ký tự điều khiển không được phép", "There is a control character"),
    "lone_surrogate": Text("Có ký tự Unicode bị vỡ", "There is one half of a broken character"),
}
