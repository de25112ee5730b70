"""What is owed from the start, and on which level an output stands (model §2), as tables."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.lifecycle import Planned, Terms, filled, level, owed, owed_from_the_start
from app.rules.vocabulary import Level, OutputKind, PeriodKind, PlanStatus, Source, State, TaskKind
from tests.patience import many

YEAR = (date(2023, 1, 1), date(2023, 12, 31))
BY_MAY = date(2023, 5, 31)
LADDER = list(Level)


def terms(
    kind: TaskKind,
    target: int | None = None,
    due_on: date | None = None,
    span: tuple[date, date] = YEAR,
    reporting: PeriodKind = PeriodKind.QUARTER,
) -> Terms:
    return Terms(kind, target, due_on, span[0].year, *span, reporting)


def quarter(number: int, roman: str, first: date, last: date) -> Planned:
    code, vi, en = f"2023-Q{number}", f"Quý {roman}/2023", f"Q{number} 2023"
    return Planned(OutputKind.PERIOD, code, number, vi, en, last, Source.IMPLIED, first, last)


def piece(number: int, due_on: date, source: Source) -> Planned:
    vi, en = f"Sản phẩm {number}", f"Piece {number}"
    return Planned(OutputKind.PIECE, f"P{number}", number, vi, en, due_on, source)


FROM_THE_START: dict[TaskKind, list[tuple[Terms, list[Planned]]]] = {
    TaskKind.DELIVERABLE: [
        (
            terms(TaskKind.DELIVERABLE),
            [
                Planned(
                    OutputKind.MILESTONE, "M1", 1, "Hoàn thành nhiệm vụ", "Completed", YEAR[1], Source.IMPLIED
                )
            ],
        ),
        (
            terms(TaskKind.DELIVERABLE, target=7, due_on=BY_MAY),
            [
                Planned(
                    OutputKind.MILESTONE,
                    "M1",
                    1,
                    "Hoàn thành nhiệm vụ",
                    "Completed",
                    BY_MAY,
                    Source.PLAN_TEXT,
                )
            ],
        ),
    ],
    TaskKind.COUNTED: [
        (terms(TaskKind.COUNTED), []),
        (terms(TaskKind.COUNTED, target=0), []),
        (terms(TaskKind.COUNTED, target=1), [piece(1, YEAR[1], Source.IMPLIED)]),
        (
            terms(TaskKind.COUNTED, target=3, due_on=BY_MAY),
            [piece(number, BY_MAY, Source.PLAN_TEXT) for number in (1, 2, 3)],
        ),
    ],
    TaskKind.CONTINUOUS: [
        (
            terms(TaskKind.CONTINUOUS, target=9),
            [
                quarter(1, "I", date(2023, 1, 1), date(2023, 3, 31)),
                quarter(2, "II", date(2023, 4, 1), date(2023, 6, 30)),
                quarter(3, "III", date(2023, 7, 1), date(2023, 9, 30)),
                quarter(4, "IV", date(2023, 10, 1), date(2023, 12, 31)),
            ],
        ),
        # A deadline of the task does not move a period; a shorter span cuts the periods at its ends.
        (
            terms(TaskKind.CONTINUOUS, due_on=BY_MAY, span=(date(2023, 1, 17), date(2023, 5, 2))),
            [
                quarter(1, "I", date(2023, 1, 17), date(2023, 3, 31)),
                quarter(2, "II", date(2023, 4, 1), date(2023, 5, 2)),
            ],
        ),
    ],
    TaskKind.TRIGGERED: [
        (terms(TaskKind.TRIGGERED), []),
        (terms(TaskKind.TRIGGERED, target=4, due_on=BY_MAY), []),
    ],
}


def test_the_table_has_every_kind() -> None:
    assert set(FROM_THE_START) == set(TaskKind)


@pytest.mark.parametrize(
    ("given_terms", "expected"), [case for cases in FROM_THE_START.values() for case in cases]
)
def test_owed_from_the_start(given_terms: Terms, expected: list[Planned]) -> None:
    assert owed_from_the_start(given_terms) == expected


@pytest.mark.parametrize(
    ("reporting", "number"),
    [(PeriodKind.MONTH, 12), (PeriodKind.QUARTER, 4), (PeriodKind.HALF_YEAR, 2), (PeriodKind.YEAR, 1)],
)
def test_the_plan_says_how_often_it_wants_a_report(reporting: PeriodKind, number: int) -> None:
    owes = owed_from_the_start(terms(TaskKind.CONTINUOUS, reporting=reporting))
    assert [output.number for output in owes] == list(range(1, number + 1))
    assert all(output.due_on == output.period_to for output in owes)


@many
@given(
    st.sampled_from(TaskKind),
    st.none() | st.integers(0, 60),
    st.none() | st.dates(*YEAR),
    st.sampled_from(PeriodKind),
)
def test_what_is_owed_is_numbered_named_once_and_due(
    kind: TaskKind, target: int | None, due_on: date | None, reporting: PeriodKind
) -> None:
    owes = owed_from_the_start(terms(kind, target, due_on, reporting=reporting))
    assert [output.number for output in owes] == list(range(1, len(owes) + 1))
    assert len({output.code for output in owes}) == len(owes)
    assert all(YEAR[0] <= output.due_on <= YEAR[1] for output in owes)
    if kind is not TaskKind.CONTINUOUS:
        assert all(output.period_from is None and output.period_to is None for output in owes)
        assert all((output.due_source is Source.PLAN_TEXT) == (due_on is not None) for output in owes)


N, R, E, C = Level.NONE, Level.REPORTED, Level.EVIDENCED, Level.CONFIRMED
# claimed, standing records, accepted → the level of a normal output, and of a status-only one.
LEVELS = {
    (False, 0, False): (N, N),
    (False, 0, True): (N, N),  # only what is evidenced can be confirmed
    (False, 1, False): (E, E),  # a record is a claim as well
    (False, 1, True): (C, C),
    (False, 5, False): (E, E),
    (False, 5, True): (C, C),
    (True, 0, False): (R, E),  # a status-only claim is its own evidence
    (True, 0, True): (R, C),
    (True, 1, False): (E, E),
    (True, 1, True): (C, C),
    (True, 5, False): (E, E),
    (True, 5, True): (C, C),
}


@pytest.mark.parametrize(("claimed", "evidence", "confirmed"), list(LEVELS))
@pytest.mark.parametrize("status_only", [False, True])
def test_level(claimed: bool, evidence: int, confirmed: bool, status_only: bool) -> None:
    stands = level(claimed=claimed, evidence=evidence, confirmed=confirmed, status_only=status_only)
    assert stands is LEVELS[claimed, evidence, confirmed][status_only]


def test_the_table_of_levels_is_whole() -> None:
    assert set(LEVELS) == set(product((False, True), (0, 1, 5), (False, True)))
    assert LADDER == [N, R, E, C]


@many
@given(st.booleans(), st.integers(0, 9), st.booleans(), st.booleans())
def test_records_raise_a_level_and_their_loss_alone_lowers_it(
    claimed: bool, evidence: int, confirmed: bool, status_only: bool
) -> None:
    stands = level(claimed=claimed, evidence=evidence, confirmed=confirmed, status_only=status_only)
    more = level(claimed=claimed, evidence=evidence + 1, confirmed=confirmed, status_only=status_only)
    said = level(claimed=True, evidence=evidence, confirmed=confirmed, status_only=status_only)
    assert LADDER.index(stands) <= LADDER.index(more)
    assert LADDER.index(stands) <= LADDER.index(said)


# opened by a record, claimed, standing records → still owed
OWED = {
    (False, False, 0): True,
    (False, False, 1): True,
    (False, True, 0): True,
    (False, True, 1): True,
    (True, False, 0): False,
    (True, False, 1): True,
    (True, True, 0): True,
    (True, True, 1): True,
}


@pytest.mark.parametrize(("opened_by_record", "claimed", "evidence"), list(OWED))
def test_owed(opened_by_record: bool, claimed: bool, evidence: int) -> None:
    stays = owed(opened_by_record=opened_by_record, claimed=claimed, evidence=evidence)
    assert stays is OWED[opened_by_record, claimed, evidence]


def test_the_table_of_what_stays_owed_is_whole() -> None:
    assert set(OWED) == set(product((False, True), (False, True), (0, 1)))


@pytest.mark.parametrize(
    ("number", "quantity", "covered"),
    [(1, 0, False), (1, 1, True), (2, 1, False), (2, 2, True), (2, 9, True), (3, 2, False)],
)
def test_filled(number: int, quantity: int, covered: bool) -> None:
    assert filled(number, quantity) is covered


def one_after_another(pieces: int, records: list[int]) -> list[bool]:
    """The rule as the office would do it by hand: each record takes the next open pieces."""
    covered = [False] * pieces
    for quantity in records:
        still_open = [place for place, done in enumerate(covered) if not done]
        for place in still_open[:quantity]:
            covered[place] = True
    return covered


@many
@given(st.integers(0, 12), st.lists(st.integers(1, 5), max_size=8), st.data())
def test_filling_knows_no_order_no_split_and_no_history(
    pieces: int, records: list[int], data: st.DataObject
) -> None:
    def by_rule(standing: list[int]) -> list[bool]:
        return [filled(number, sum(standing)) for number in range(1, pieces + 1)]

    shuffled = data.draw(st.permutations(records))
    single = [1] * sum(records)
    expected = one_after_another(pieces, records)
    assert by_rule(records) == by_rule(shuffled) == by_rule(single) == expected
    assert one_after_another(pieces, shuffled) == one_after_another(pieces, single) == expected
    assert sum(expected) == min(pieces, sum(records))
    # A withdrawal leaves what the remaining records fill, surplus moving up.
    if records:
        left = data.draw(st.permutations(records))[1:]
        assert by_rule(left) == one_after_another(pieces, left)
        assert sum(by_rule(left)) <= sum(expected)


def test_a_plan_in_force_is_not_said_to_be_under_way() -> None:
    """It is in force before it begins and after it has ended; the two words stand beside each other."""
    assert PlanStatus.ACTIVE.label_vi == "Còn hiệu lực" != State.IN_PROGRESS.label_vi
