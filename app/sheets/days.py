"""What a day or an instant in a cell means: the Vietnamese way round, and it is said so where in doubt."""

import re
from datetime import date, datetime
from typing import Final

from app.errors import Text
from app.rules.calendar import OFFICE_TIME
from app.rules.vietnamese import fold
from app.sheets.found import Found
from app.sheets.values import Meant, Unfit, clean_or_empty, given, text

_TIME: Final = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?"
_DAY: Final = re.compile(
    rf"(?:ng[àa]y )?([0-9]{{1,2}}) ?([/.\-]) ?([0-9]{{1,2}}) ?\2 ?([0-9]{{4}})(?:[ T]+({_TIME}))?",
    re.IGNORECASE,
)
"""One sign between all three: `1-5/2023` are five months."""
_ISO_DAY: Final = re.compile(r"([0-9]{4})([-/])([0-9]{2})\2([0-9]{2})(?:[ T]00:00(?::00)?)?")
_IN_WORDS: Final = re.compile(
    r"(?:ng[àa]y )?([0-9]{1,2}) th[áa]ng ([0-9]{1,2}),? (?:n[ăa]m )?([0-9]{4})", re.IGNORECASE
)
_WITHOUT_YEAR: Final = re.compile(r"(?:ngay )?[0-9]{1,2} ?(?:[/.\-]|thang) ?[0-9]{1,2}")
_OF_A_PERIOD: Final = re.compile(
    r"\b(?:thang|quy|nam|tuan|tu|den)\b|q[1-4]\b|[0-9]{1,2} ?[/.\-] ?[0-9]{4}|[0-9]{4}"
    r"|.*[0-9] ?[-–,;&] ?[0-9]"
)
_INSTANT: Final = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}) ([0-9]{1,2}):([0-9]{2}):([0-9]{2})")
_SHORT_YEAR: Final = re.compile(r"[0-9]{1,2}[/.\-][0-9]{1,2}[/.\-][0-9]{2}")
_WITHOUT_TIME: Final = Text("Bỏ phần giờ của ô này", "The time in this cell is left out")


def day(found: Found, *, is_typed: bool) -> Meant:
    """A day. Written out it is the Vietnamese way round, which is said where cells could have been days."""
    value = given(found)
    if isinstance(value, datetime):
        return Meant(value.date().isoformat(), _WITHOUT_TIME)
    if isinstance(value, date):
        return Meant(value.isoformat(), _read_as(value) if found.is_in_part else None)
    if not isinstance(value, str):
        raise Unfit(
            "not_a_date",
            Text(
                "Ô này là số, không phải ngày: định dạng ô là ngày, hoặc ghi dd/MM/yyyy",
                "This cell is a number and no day: format it as a date, or write dd/MM/yyyy",
            ),
        )
    written = " ".join(clean_or_empty(value).split())
    if match := _ISO_DAY.fullmatch(written):
        return Meant(_day(*map(int, match.group(1, 3, 4))).isoformat())
    if match := _IN_WORDS.fullmatch(written):
        return Meant(_day(*map(int, match.group(3, 2, 1))).isoformat())
    if match := _DAY.fullmatch(written):
        number, month, year = map(int, match.group(1, 3, 4))
        meant = _day(year, month, number)
        in_doubt = is_typed and number <= 12 and month != number
        timed = _WITHOUT_TIME if (match[5] or "").strip("0:") else None
        return Meant(meant.isoformat(), _read_as(meant) if in_doubt else timed)
    raise _no_day(fold(written))


def _no_day(said: str) -> Unfit:
    """Why a text is no day, as far as it can be told."""
    if _SHORT_YEAR.fullmatch(said):
        return Unfit("not_a_date", Text("Ghi năm bằng bốn chữ số", "Write the year with four digits"))
    if _WITHOUT_YEAR.fullmatch(said):
        return Unfit("not_a_date", Text("Thiếu năm: ghi dd/MM/yyyy", "The year is missing: write dd/MM/yyyy"))
    if _OF_A_PERIOD.match(said):
        return Unfit(
            "not_a_date",
            Text(
                "Ô này nói cả tháng, quý, năm hay nhiều ngày: ghi một ngày, dạng dd/MM/yyyy",
                "This says a month, a quarter, a year or several days: write one day, as dd/MM/yyyy",
            ),
        )
    return Unfit("not_a_date", Text("Cần một ngày dạng dd/MM/yyyy", "This must be a day as dd/MM/yyyy"))


def instant(found: Found) -> Meant:
    """An instant of Vietnam's, unless it says its own offset; what it may be is the schema's to judge."""
    value = given(found)
    if isinstance(value, date):
        at = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
        return Meant(at.replace(tzinfo=OFFICE_TIME).isoformat())
    written = str(text(found).value)
    if match := _INSTANT.fullmatch(written):
        number, month, year, *time = map(int, match.groups())
        day_ = _day(year, month, number).isoformat()
        return Meant("{}T{:02}:{:02}:{:02}+07:00".format(day_, *time))
    return Meant(written)


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
