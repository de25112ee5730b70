"""No table: why none is found in a file, or which one is meant cannot be told."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from app.errors import Invalid, Text
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


def says_more(name: str) -> Invalid:
    """A heading that is one of ours and says more in brackets."""
    return unfit(
        "heading_says_more",
        f"Một cột ghi “{name}” và thêm chữ trong ngoặc: hãy ghi đúng “{name}”, số tính theo đơn vị",
        f"A column is headed “{name}” with more in brackets: head it “{name}”; numbers count units",
    )


class Hints(NamedTuple):
    """What else may be the matter where headings are missing."""

    almost: Collection[str]
    """The fields of those whose headings are there, and say otherwise in brackets."""
    in_old_font: bool
    """Whether something stands there in an old font, which people see otherwise."""


def missing(
    fields: Sequence[str], headings: Mapping[str, str], exported: str, looked_at: int, hints: Hints
) -> Invalid:
    """No row has the headings of these fields."""
    names = ", ".join(headings[field] for field in fields)
    failure = unfit(
        "headings_missing",
        f"Trong {looked_at} dòng đầu không thấy dòng tiêu đề có các cột: {names}. {_told(hints, headings).vi}"
        f"Mẫu là tệp tải về từ danh sách “{exported}”",
        f"None of the first {looked_at} rows has the headings: {names}. {_told(hints, headings).en}"
        f"The template is the file that the list “{exported}” is exported as",
    )
    failure.facts.update(missing=[headings[field] for field in fields], known=[*headings.values()])
    return failure


def _told(hints: Hints, headings: Mapping[str, str]) -> Text:
    """The hints, each a sentence."""
    found = [old_fonts.SAID] if hints.in_old_font else []
    if hints.almost:
        names = ", ".join(f"“{headings[field]}”" for field in sorted(hints.almost))
        found.append(
            Text(
                f"Có cột tên như vậy mà trong ngoặc ghi khác: hãy ghi đúng {names}, số tính theo đơn vị ấy",
                f"There is one called so that says otherwise in brackets: head it {names}, and count in that",
            )
        )
    return Text("".join(f"{one.vi}. " for one in found), "".join(f"{one.en}. " for one in found))
