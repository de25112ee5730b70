"""What a day or an instant in a cell means: the Vietnamese way round, and it is said so where in doubt."""

import re
from datetime import date, datetime
from typing import Final

from app.errors import Text
from app.rules.calendar import OFFICE_TIME
from app.sheets.found import Found
from app.sheets.values import Meant, Unfit, clean_or_empty, given, text

_TIME: Final = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?"
_DAY: Final = re.compile(rf"([0-9]{{1,2}})[/.\-]([0-9]{{1,2}})[/.\-]([0-9]{{4}})(?:[ T]+({_TIME}))?")
_ISO_DAY: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[ T]00:00(?::00)?)?")
_INSTANT: Final = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}) ([0-9]{1,2}):([0-9]{2}):([0-9]{2})")
_SHORT_YEAR: Final = re.compile(r"[0-9]{1,2}[/.\-][0-9]{1,2}[/.\-][0-9]{2}")
_WITHOUT_TIME: Final = Text("Bỏ phần giờ của ô này", "The time in this cell is left out")


def day(found: Found, *, is_typed: bool) -> Meant:
    """A day. Written out it is the Vietnamese way round, which is said where cells could have been days."""
    value = given(found)
    if isinstance(value, datetime):
        return Meant(value.date().isoformat(), _WITHOUT_TIME)
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
        number, month, year = map(int, match.groups()[:3])
        meant = _day(year, month, number)
        in_doubt = is_typed and number <= 12 and month != number
        timed = _WITHOUT_TIME if (match[4] or "").strip("0:") else None
        return Meant(meant.isoformat(), _read_as(meant) if in_doubt else timed)
    if _SHORT_YEAR.fullmatch(written):
        raise Unfit("not_a_date", Text("Ghi năm bằng bốn chữ số", "Write the year with four digits"))
    raise Unfit("not_a_date", Text("Cần một ngày dạng dd/MM/yyyy", "This must be a day as dd/MM/yyyy"))


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
