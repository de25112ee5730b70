"""The laws of model.md §3 over HTTP, after random histories; and faults that are planted to break them."""

from collections.abc import Iterator, Mapping

import pytest

from tests.laws import laws, moving, planted
from tests.laws.book import Book
from tests.laws.decisions import OF_TASKS
from tests.laws.histories import History
from tests.laws.lab import LEFT_OUT, Lab
from tests.laws.laws import LAWS, Law
from tests.laws.moving import MOVES, Move
from tests.laws.pairs import cancelled_is_absent, outcome, pushed, unlike
from tests.laws.planted import Plant
from tests.patience import TIMES, untraced
from tests.writing import differences
from tests.year.player import OWNER
from tests.year.steps import Claim, Decide, Record, status

pytestmark = untraced

HISTORIES, ACTS = 10 * TIMES, 40


@pytest.fixture(scope="session")
def lab(backend: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The database that every history gets a copy of."""
    made = Lab(backend, tmp_path_factory.mktemp("lab"))
    yield made
    made.close()


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_a_random_history_keeps_the_laws(lab: Lab, seed: int) -> None:
    with lab.copy() as stage:
        history = History(stage, seed)
        history.run(ACTS)
        assert len(history.taken) > ACTS / 3
        book = Book(history)
        for law in LAWS:
            law(book)
        moves = [MOVES[(seed + place) % len(MOVES)] for place in range(len(MOVES))]
        assert any(move(history) for move in moves), "one of them at least, another one in the next history"
        assert differences(stage.service) == []


@pytest.mark.parametrize(("seed", "duty"), list(enumerate(LEFT_OUT, 100)))
def test_cancelled_is_absent(lab: Lab, seed: int, duty: str) -> None:
    with lab.copy() as stage:
        history = History(stage, seed, kinds=OF_TASKS, spared=duty)
        history.run(25)
        cancelled_is_absent(history, duty)


@pytest.mark.parametrize("seed", range(200, 204))
def test_pushes_in_any_order_split_or_repeated_end_in_one_state(lab: Lab, seed: int) -> None:
    with lab.copy() as one, lab.copy() as other:
        history, some = pushed(one, seed, 12)
        once = outcome(history, some)
        again, same = pushed(other, seed, 12)
        assert same == some
        shuffled = [*again.chance.sample(some, 5), *again.chance.sample(some, len(some))]
        twice = outcome(again, [*shuffled, *again.chance.sample(some, 7)])
        assert unlike(once[0], twice[0]) == {}
        assert once[1] == twice[1]


# --- planted faults ------------------------------------------------------------------------------------

BROKEN_BY: Mapping[Plant, tuple[Law, ...]] = {
    planted.cancelled_counted: (
        laws.is_the_roll_up_of_its_leaves,
        laws.is_the_sum_of_its_sections_and_of_its_agencies,
        laws.puts_every_live_obligation_in_one_place,
    ),
    planted.unnormalised: (
        laws.is_nested,
        laws.is_the_roll_up_of_its_leaves,
        laws.is_the_sum_of_its_sections_and_of_its_agencies,
    ),
    planted.rounded_at_nodes: (
        laws.is_the_roll_up_of_its_leaves,
        laws.is_the_sum_of_its_sections_and_of_its_agencies,
    ),
    planted.undefined_as_nothing: (
        laws.is_the_roll_up_of_its_leaves,
        laws.is_the_sum_of_its_sections_and_of_its_agencies,
        laws.is_all_or_nothing_only_when_it_is,
    ),
}
STOPPED_BY: Mapping[Plant, Move] = {
    planted.unnormalised: moving.scale_does_not_matter,
    planted.undefined_as_nothing: moving.what_is_not_triggered_is_absent,
}


@pytest.fixture(scope="module")
def aftermath(lab: Lab) -> Iterator[History]:
    """A history in which work was done and cancelled. Read from it; never write to it."""
    with lab.copy() as stage:
        history = History(stage, 7, kinds=("weight", "deadline", "target"))
        history.run(30)
        for who, what in (
            ("SVHTTDL", Record("IV.7.a", history.today.isoformat(), "Việc sẽ bỏ", "M1")),
            (OWNER, Claim("IV.1.2a", OWNER, "M1")),
            (OWNER, Decide("98-QĐ/BCĐ-TTĐN", "Hủy bỏ", [status("IV.7.a", "cancelled")])),
        ):
            history.wait()
            assert history.do(who, what).status_code == 201
        yield history


def test_the_laws_hold_where_nothing_is_planted(aftermath: History) -> None:
    book = Book(aftermath)
    for law in LAWS:
        law(book)


def test_every_planted_fault_breaks_laws() -> None:
    assert set(BROKEN_BY) == set(planted.PLANTED)


@pytest.mark.parametrize(
    ("fault", "law"),
    [(fault, law) for fault, broken in BROKEN_BY.items() for law in broken],
    ids=lambda one: one.__name__,
)
def test_a_planted_fault_breaks_a_law(
    aftermath: History, monkeypatch: pytest.MonkeyPatch, fault: Plant, law: Law
) -> None:
    fault(monkeypatch)
    with pytest.raises((AssertionError, KeyError)):
        law(Book(aftermath))


@pytest.mark.parametrize(("fault", "move"), STOPPED_BY.items(), ids=lambda one: one.__name__)
def test_a_planted_fault_breaks_a_law_of_moving(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, fault: Plant, move: Move
) -> None:
    with lab.copy() as stage:
        history = History(stage, 8, kinds=("weight",))
        history.run(25)
        assert move(history)
        fault(monkeypatch)
        with pytest.raises(AssertionError):
            move(history)


def test_the_planted_count_of_what_is_cancelled_is_not_absent(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lab.copy() as stage:
        history = History(stage, 100, kinds=OF_TASKS, spared="IV.9.2")
        planted.cancelled_counted(monkeypatch)
        with pytest.raises(AssertionError):
            cancelled_is_absent(history, "IV.9.2")
