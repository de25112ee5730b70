"""What is said of a change: a figure that rose by its scope is never said to have risen by work."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.cause import made_by_scope, sentence
from app.rules.change import Difference

hundredths = st.integers(-300, 300).map(lambda n: Fraction(n, 300))


def moved(work: float | Fraction, scope: float | Fraction) -> Difference:
    work, scope = Fraction(work).limit_denominator(1000), Fraction(scope).limit_denominator(1000)
    return Difference(Fraction(0), work + scope, work, scope, ())


SCOPE = ("điều chỉnh phạm vi", "adjusted scope")


def both(work: tuple[str, str], scope: tuple[str, str]) -> tuple[str, str]:
    """Both halves in brackets, in both languages."""
    return (
        f"(thực hiện: {work[0]}; {SCOPE[0]}: {scope[0]})",
        f"(work: {work[1]}; {SCOPE[1]}: {scope[1]})",
    )


@pytest.mark.parametrize(
    ("work", "scope", "by_scope", "vi", "en"),
    [
        (
            *(0, 0.04, True),
            *("Tăng 4 điểm do {scope}, không phải do thực hiện", "Rose by 4 points by {scope}, not by work"),
        ),
        (
            *(-0.01, 0.05, True, "Tăng 4 điểm do {scope}, không phải do thực hiện {both}"),
            "Rose by 4 points by {scope}, not by work {both}",
        ),
        (
            *(0.02, 0.04, True, "Tăng 6 điểm, phần lớn do {scope} {both}"),
            "Rose by 6 points, mostly by {scope} {both}",
        ),
        (0.03, 0.03, False, "Tăng 6 điểm {both}", "Rose by 6 points {both}"),
        (0.005, 0, False, "Tăng chưa đến 1 điểm {both}", "Rose by less than 1 point {both}"),
        (-0.02, 0.01, False, "Giảm 1 điểm {both}", "Fell by 1 point {both}"),
        (-0.02, 0.02, False, "Tổng số không thay đổi {both}", "No change in total {both}"),
        (0, 0, False, "Không thay đổi", "No change"),
    ],
)
def test_it_is_said_plainly(work: float, scope: float, by_scope: bool, vi: str, en: str) -> None:
    found, told = moved(work, scope), both(told_of(work), told_of(scope))
    assert made_by_scope(found) is by_scope
    assert sentence(found, decided=True) == tuple(
        text.format(scope=SCOPE[n], both=told[n]) for n, text in enumerate((vi, en))
    )


def told_of(half: float) -> tuple[str, str]:
    return {
        0: ("không thay đổi", "no change"),
        0.005: ("tăng chưa đến 1 điểm", "up less than 1 point"),
        -0.01: ("giảm 1 điểm", "down 1 point"),
        0.01: ("tăng 1 điểm", "up 1 point"),
        -0.02: ("giảm 2 điểm", "down 2 points"),
        0.02: ("tăng 2 điểm", "up 2 points"),
        0.03: ("tăng 3 điểm", "up 3 points"),
        0.04: ("tăng 4 điểm", "up 4 points"),
        0.05: ("tăng 5 điểm", "up 5 points"),
    }[half]


def test_without_a_decision_nobody_adjusted_anything() -> None:
    said = sentence(moved(0, 0.04), decided=False)
    assert said.vi == "Tăng 4 điểm do thay đổi phạm vi, không phải do thực hiện"
    assert said.en == "Rose by 4 points by change of scope, not by work"


def test_without_two_figures_there_is_nothing_to_say() -> None:
    for before, after, vi in ((None, Fraction(1), "đầu"), (Fraction(1), None, "sau"), (None, None, "đầu")):
        found = Difference(before, after, None, None, ())
        assert made_by_scope(found) is False
        assert sentence(found, decided=True).vi == f"Không so sánh được: ở thời điểm {vi} chưa xác định"


@given(hundredths, hundredths)
def test_a_rise_without_work_is_always_said_to_be_scope(work: Fraction, scope: Fraction) -> None:
    found, delta = moved(work, scope), work + scope
    assert made_by_scope(found) is (delta > 0 and (work <= 0 or scope > delta / 2))
    assert ("không phải do thực hiện" in sentence(found, decided=True).vi) is (delta > 0 >= work)
