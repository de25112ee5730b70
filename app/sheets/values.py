"""What a cell means: a day, a whole number, a word of ours, a text. Where that is in doubt it is said how it
was understood; where it cannot be known, it is refused, with what would be taken.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final, NamedTuple, TypeVar

from app.errors import Text
from app.rules.calendar import OFFICE_TIME
from app.rules.vietnamese import UnfitText, clean, fold
from app.rules.vocabulary import Word
from app.sheets.columns import NO, YES, Cell
from app.sheets.csv_file import dated
from app.sheets.found import Found

_BREAK: Final = re.compile(r"[ \t]*[\r\n\t\v\f]+[ \t]*")
_DAY: Final = re.compile(r"([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4})(?:[ T]+00?:00(?::00)?)?")
_ISO_DAY: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[ T]00:00(?::00)?)?")
_INSTANT: Final = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}) ([0-9]{1,2}):([0-9]{2}):([0-9]{2})")
_SHORT_YEAR: Final = re.compile(r"[0-9]{1,2}[/.\-][0-9]{1,2}[/.\-][0-9]{2}")
_WHOLE: Final = re.compile(r"[0-9]{1,15}")
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:([. \u00a0\u202f])[0-9]{3})(?:\1[0-9]{3}){0,3}")
_CURRENCY: Final = re.compile(r"\s*(?:đồng|đ|vnđ|vnd|₫)\.?\Z", re.IGNORECASE)
_MINUS_SIGNS: Final = ("-", "\N{MINUS SIGN}")
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
    value = _given(found)
    if isinstance(value, bool):
        return Meant(YES if value else NO)
    if isinstance(value, date):
        return Meant(dated(value))
    try:
        return Meant(clean(_BREAK.sub(" ", value) if isinstance(value, str) else f"{value:.15g}"))
    except UnfitText as unfit:
        raise Unfit(unfit.code, _UNFIT[unfit.code]) from unfit


def day(found: Found, *, is_typed: bool) -> Meant:
    """A day. Written out it is the Vietnamese way round, which is said where cells could have been days."""
    value = _given(found)
    if isinstance(value, datetime):
        return Meant(
            value.date().isoformat(), Text("Bỏ phần giờ của ô này", "The time in this cell is left out")
        )
    if isinstance(value, date):
        return Meant(value.isoformat())
    if not isinstance(value, str):
        raise Unfit(
            "not_a_date",
            Text(
                "Ô này là số, không phải ngày: định dạng ô là ngày, hoặc ghi dd/MM/yyyy",
                "This cell is a number and no day: format it as a date, or write dd/MM/yyyy",
            ),
        )
    written = clean_or_empty(value)
    if match := _ISO_DAY.fullmatch(written):
        return Meant(_day(*map(int, match.groups())).isoformat())
    if match := _DAY.fullmatch(written):
        number, month, year = map(int, match.groups())
        meant = _day(year, month, number)
        in_doubt = is_typed and number <= 12 and month != number
        return Meant(meant.isoformat(), _read_as(meant) if in_doubt else None)
    if _SHORT_YEAR.fullmatch(written):
        raise Unfit("not_a_date", Text("Ghi năm bằng bốn chữ số", "Write the year with four digits"))
    raise Unfit("not_a_date", Text("Cần một ngày dạng dd/MM/yyyy", "This must be a day as dd/MM/yyyy"))


def instant(found: Found) -> Meant:
    """An instant of Vietnam's, unless it says its own offset; what it may be is the schema's to judge."""
    value = _given(found)
    if isinstance(value, date):
        at = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
        return Meant(at.replace(tzinfo=OFFICE_TIME).isoformat())
    written = str(text(found).value)
    if match := _INSTANT.fullmatch(written):
        number, month, year, *time = map(int, match.groups())
        day_ = _day(year, month, number).isoformat()
        return Meant("{}T{:02}:{:02}:{:02}+07:00".format(day_, *time))
    return Meant(written)


def whole(found: Found) -> Meant:
    """A whole number. 1.200 written out is one thousand two hundred, as in Vietnam, and it is said so."""
    value = _given(found)
    if isinstance(value, int) and not isinstance(value, bool):
        return Meant(value)
    if isinstance(value, float):
        raise Unfit(
            "not_whole",
            Text(
                "Ô này là số lẻ; nếu dấu chấm hay phẩy chỉ nhóm chữ số, hãy gõ lại số không có dấu",
                "This cell is no whole number; if the sign only groups digits, type it without",
            ),
        )
    written = clean_or_empty(value) if isinstance(value, str) else ""
    if _WHOLE.fullmatch(written):
        return Meant(int(written))
    if _GROUPED.fullmatch(written):
        number = int(re.sub(r"\D", "", written))
        return Meant(number, Text(f"Hiểu là số {number}", f"Read as the number {number}"))
    if _PARTED.fullmatch(written):
        raise Unfit(
            "not_whole",
            Text(
                "Không rõ dấu chấm hay phẩy ở đây là gì: ghi số nguyên không có dấu",
                "It is not clear what the sign in this number means: write a whole number without one",
            ),
        )
    raise Unfit("wrong_type", Text("Cần một số nguyên", "This must be a whole number"))


def vnd(found: Found) -> Meant:
    """A whole amount of đồng, with or without the word for it; below zero it takes back."""
    if not isinstance(found.value, str):
        return whole(found)
    said = _CURRENCY.sub("", clean_or_empty(found.value))
    sign = -1 if said[:1] in _MINUS_SIGNS else 1
    meant = whole(found._replace(value=said[1:] if sign < 0 else said))
    return meant._replace(value=sign * int(str(meant.value)))


def word(found: Found, words: type[Kind]) -> Meant:
    """A code of ours, by the label that people read or by itself."""
    said = fold(str(text(found).value))
    for one in words:
        if said in (fold(one.label_vi), fold(one.label_en), one.value):
            return Meant(one.value)
    raise Unfit(
        "not_allowed_value",
        Text("Không có giá trị này trong danh sách", "This is none of the values that are taken"),
        [one.label_vi for one in words],
    )


def several(found: Found, names: Mapping[str, str]) -> Meant:
    """Several codes in one cell, parted by `,` `;` or `/`; what people call them is as good."""
    parts = [part.strip() for part in re.split(r"[,;/]", str(text(found).value)) if part.strip()]
    return Meant([names.get(fold(part), part.lower()) for part in parts])


def listed(found: Found) -> Meant:
    """Several codes in one cell, each on its own line or parted by `,` or `;`."""
    parts = re.split(r"[,;\n]", str(_given(found)))
    return Meant([code for part in parts if (code := clean_or_empty(part))])


def yes_or_no(found: Found) -> Meant:
    """Có or Không; an x is a Có."""
    value = _given(found)
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


def clean_or_empty(value: str) -> str:
    """A text as it is compared; what no field takes is like nothing."""
    try:
        return clean(value)
    except UnfitText:
        return ""


def _given(found: Found) -> str | int | float | bool | date:
    if found.is_error:
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


def _day(year: int, month: int, number: int) -> date:
    try:
        return date(year, month, number)
    except ValueError as error:
        raise Unfit(
            "not_a_date",
            Text("Không có ngày này: ghi ngày trước, tháng sau", "There is no such day: the day comes first"),
        ) from error


def _read_as(meant: date) -> Text:
    return Text(
        f"Hiểu là ngày {meant.day} tháng {meant.month} năm {meant.year}",
        f"Read as {meant.day} {meant:%B} {meant.year}",
    )


_UNFIT: Final[Mapping[str, Text]] = {
    "control_character": Text("Có ký tự điều khiển không được phép", "There is a control character"),
    "lone_surrogate": Text("Có ký tự Unicode bị vỡ", "There is one half of a broken character"),
}
