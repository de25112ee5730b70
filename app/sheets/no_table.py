"""No table: why none is found in a file, or which one is meant cannot be told."""

from collections.abc import Collection, Mapping

from app.errors import Invalid
from app.sheets import old_fonts
from app.sheets.found import Row, unfit


def twice(names: str) -> Invalid:
    """Two columns for one field."""
    return unfit(
        "heading_twice", f"Hai cột có cùng tiêu đề: {names}", f"Two columns have the same heading: {names}"
    )


def in_doubt(above: Row, below: Row) -> Invalid:
    """Two rows of headings that contradict each other."""
    return unfit(
        "headings_in_doubt",
        f"Tiêu đề ở dòng {above.number} và {below.number} không khớp nhau: hãy để một dòng tiêu đề",
        f"The headings in rows {above.number} and {below.number} do not fit together: leave one row of them",
    )


def missing(
    fields: Collection[str], headings: Mapping[str, str], exported: str, looked_at: int, *, in_old_font: bool
) -> Invalid:
    """No row has the headings of these fields; where what stands there is in an old font, people see it
    otherwise."""
    names = ", ".join(headings[field] for field in fields)
    failure = unfit(
        "headings_missing",
        f"Trong {looked_at} dòng đầu không thấy dòng tiêu đề có các cột: {names}. "
        f"{f'{old_fonts.SAID.vi}. ' if in_old_font else ''}"
        f"Mẫu là tệp tải về từ danh sách “{exported}”",
        f"None of the first {looked_at} rows has the headings: {names}. "
        f"{f'{old_fonts.SAID.en}. ' if in_old_font else ''}"
        f"The template is the file that the list “{exported}” is exported as",
    )
    failure.facts.update(missing=[headings[field] for field in fields], known=[*headings.values()])
    return failure
