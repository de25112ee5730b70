"""The cause of a change, said plainly: a figure that rose by its scope did not rise by work (model §3)."""

from fractions import Fraction

from app.errors import Text
from app.rules.change import Difference

SPLIT = "work-scope-1"
"""Names this way of splitting a change on the wire; another one gets another name."""


def made_by_scope(found: Difference) -> bool:
    """The figure rose, and the larger part of that is scope; as it is where it rose without any work."""
    if found.work is None or found.scope is None:
        return False
    return found.work + found.scope > 0 and found.scope > found.work


def sentence(found: Difference, *, decided: bool) -> Text:
    """What an official reads. `decided`: a decision lies between; what came up by itself adjusted nothing."""
    if found.work is None or found.scope is None:
        return _undefined(found)
    work, scope, delta = found.work, found.scope, found.work + found.scope
    vi, en = ("điều chỉnh phạm vi", "an adjusted scope") if decided else ("thay đổi phạm vi", "another scope")
    halves = Text(
        f"do thực hiện {_points(work, sign=True).vi}, do {vi} {_points(scope, sign=True).vi}",
        f"{_points(work, sign=True).en} by work, {_points(scope, sign=True).en} by {en}",
    )
    by = _points(delta)
    if not (work or scope):
        return Text("Không thay đổi", "No change")
    if not delta:
        return Text(f"Không thay đổi về tổng số: {halves.vi}", f"No change in total: {halves.en}")
    if delta < 0:
        return Text(f"Giảm {by.vi}: {halves.vi}", f"Fell by {by.en}: {halves.en}")
    if not made_by_scope(found):
        return Text(f"Tăng {by.vi}: {halves.vi}", f"Rose by {by.en}: {halves.en}")
    if work > 0:
        return Text(
            f"Tăng {by.vi}, phần lớn do {vi}: {halves.vi}", f"Rose by {by.en}, mostly by {en}: {halves.en}"
        )
    fell = Text(f"; thực hiện giảm {_points(work).vi}", f"; work fell by {_points(work).en}")
    return Text(
        f"Tăng {by.vi} do {vi}, không phải do thực hiện{fell.vi if work else ''}",
        f"Rose by {by.en} by {en}, not by work{fell.en if work else ''}",
    )


def _undefined(found: Difference) -> Text:
    if found.before is None:
        return Text(
            "Không so sánh được: ở thời điểm đầu chưa xác định", "Nothing to compare: undefined at the start"
        )
    return Text(
        "Không so sánh được: ở thời điểm sau chưa xác định", "Nothing to compare: undefined at the end"
    )


def _points(value: Fraction, *, sign: bool = False) -> Text:
    """Percentage points, rounded towards zero; what is less than one is said to be that."""
    whole = abs(int(value * 100))
    mark = ("−" if value < 0 else "+" if value > 0 else "") if sign else ""
    if value and not whole:
        return Text(f"{mark}chưa đến 1 điểm", f"{mark}less than 1 point")
    return Text(f"{mark}{whole} điểm", f"{mark}{whole} point{'s' if whole != 1 else ''}")
