"""Worded: what is said of a number that has words beside it, `2 lớp`, `1,25 tỷ`, and could be meant by it.

Such a cell is never read: whoever sends it writes the number that is offered, if it is the right one.
"""

import re
from typing import Final

from app.errors import Text
from app.rules.vietnamese import fold

_SCALES: Final = {
    **dict.fromkeys(("ty", "ti"), 10**9),
    **dict.fromkeys(("trieu", "tr"), 10**6),
    **dict.fromkeys(("nghin", "ngan"), 10**3),
}
_SCALED: Final = re.compile(rf"([0-9]{{1,9}})(?:([.,])([0-9]{{1,9}}))? ?({'|'.join(_SCALES)})")
_ANY_SCALE: Final = re.compile(rf"(?:\b|[0-9])(?:{'|'.join(_SCALES)})\b")
_WITH_UNIT: Final = re.compile(r"([0-9]{1,6}) ?[^\W\d_][^\d]*")
_IN_BRACKETS: Final = re.compile(r"\(\s*[0-9][0-9., ]*\)")

Advice = tuple[str, Text, list[str]]
"""The code of what is wrong, the words for it, and what would be taken."""


def advice(written: str) -> Advice:
    """Why a text is no whole number, and which one it may mean, where there is only one."""
    said = fold(written)
    if any(map(str.isdigit, said)) and _ANY_SCALE.search(said):
        return (
            "wrong_type",
            Text(
                "Ghi đủ số bằng chữ số, không viết tắt tỷ, triệu, nghìn",
                "Write all of the number in digits, without a word for billions, millions or thousands",
            ),
            _in_full(said),
        )
    if (found := _WITH_UNIT.fullmatch(said)) is not None:
        return (
            "wrong_type",
            Text("Chỉ ghi số, không ghi đơn vị", "Write the number alone, without what it counts"),
            [str(int(found[1]))],
        )
    if _IN_BRACKETS.fullmatch(said):
        return (
            "wrong_type",
            Text("Số âm thì ghi dấu trừ, không ghi trong ngoặc", "Write a minus, and no brackets"),
            [],
        )
    return "wrong_type", Text("Cần một số nguyên", "This must be a whole number"), []


def _in_full(said: str) -> list[str]:
    """`1,25 ty` in digits. Three digits behind a point may be grouped, or a fraction: nothing is offered."""
    found = _SCALED.fullmatch(said)
    if found is None:
        return []
    whole, sign, fraction, scale = found.groups()
    if sign == "." and len(fraction) == len("000"):
        return []
    worth = int(whole + (fraction or "")) * _SCALES[scale]
    amount, rest = divmod(worth, 10 ** len(fraction or ""))
    return [] if rest else [str(amount)]
