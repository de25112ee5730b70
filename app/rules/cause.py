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
    vi, en = ("điều chỉnh phạm vi", "adjusted scope") if decided else ("thay đổi phạm vi", "change of scope")
    halves = Text(
        f"thực hiện: {_moved(work).vi}; {vi}: {_moved(scope).vi}",
        f"work: {_moved(work).en}; {en}: {_moved(scope).en}",
    )
    by = _points(delta)
    if not (work or scope):
        return Text("Không thay đổi", "No change")
    if not delta:
        return Text(f"Tổng số không thay đổi ({halves.vi})", f"No change in total ({halves.en})")
    if delta < 0:
        return Text(f"Giảm {by.vi} ({halves.vi})", f"Fell by {by.en} ({halves.en})")
    if not made_by_scope(found):
        return Text(f"Tăng {by.vi} ({halves.vi})", f"Rose by {by.en} ({halves.en})")
    if work > 0:
        return Text(
            f"Tăng {by.vi}, phần lớn do {vi} ({halves.vi})", f"Rose by {by.en}, mostly by {en} ({halves.en})"
        )
    fell = Text(f" ({halves.vi})", f" ({halves.en})") if work else Text("", "")
    return Text(
        f"Tăng {by.vi} do {vi}, không phải do thực hiện{fell.vi}",
        f"Rose by {by.en} by {en}, not by work{fell.en}",
    )


def _undefined(found: Difference) -> Text:
    if found.before is None:
        return Text(
            "Không so sánh được: ở thời điểm đầu chưa xác định", "Nothing to compare: undefined at the start"
        )
    return Text(
        "Không so sánh được: ở thời điểm sau chưa xác định", "Nothing to compare: undefined at the end"
    )


def _moved(value: Fraction) -> Text:
    if not value:
        return Text("không thay đổi", "no change")
    by = _points(value)
    return Text(f"tăng {by.vi}", f"up {by.en}") if value > 0 else Text(f"giảm {by.vi}", f"down {by.en}")


def _points(value: Fraction) -> Text:
    """How many percentage points, rounded towards zero; what is less than one is said to be that."""
    whole = abs(int(value * 100))
    if not whole:
        return Text("chưa đến 1 điểm", "less than 1 point")
    return Text(f"{whole} điểm", f"{whole} point{'s' if whole > 1 else ''}")
