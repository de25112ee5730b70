"""The benchmark's own judgement: what makes a run count as failed, and a figure as not reached."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.side_by_side import filling, goals, memory_page, rounds, sharing, writes, wrk
from benchmarks.side_by_side.counting import OURS, Counts, counter
from benchmarks.side_by_side.goals import Goal
from benchmarks.side_by_side.processes import cpu_seconds, tree
from benchmarks.side_by_side.rounds import Cell, Figure
from tests.conftest import Seeded

BEFORE = Counts(10, 10)


def told(requests: int, size: int) -> wrk.Told:
    return wrk.Told(requests, seconds=1, bytes=size, failed=0, p50=1, p99=2)


def test_answers_of_another_length_are_no_answers() -> None:
    assert wrk.in_full(told(100, 100 * 1200), 1000)
    assert not wrk.in_full(told(100, 100 * 300), 1000)
    assert not wrk.in_full(told(100, 100 * 9000), 1000)


def test_what_is_stored_is_what_was_acknowledged_and_counted() -> None:
    assert writes.mismatch(BEFORE, Counts(110, 110), 100, 8) is None
    assert writes.mismatch(BEFORE, Counts(115, 115), 100, 8) is None, "under way when wrk hung up"
    assert writes.mismatch(BEFORE, Counts(109, 109), 100, 8) == "100 acknowledged, 99 stored"
    assert writes.mismatch(BEFORE, Counts(119, 119), 100, 8) == "100 acknowledged, 109 stored"
    assert writes.mismatch(BEFORE, Counts(110, 109), 100, 8) == "100 stored, 99 counted"


def test_a_failed_turn_is_told_and_has_no_part_in_the_median() -> None:
    found = rounds.median([Figure(10, 1, 1, 1), Figure(fault="2 failed of 9"), Figure(30, 3, 3, 3)])
    assert (found.per_second, found.cpu) == (20, 2)
    assert found.fault == "1 of 3 failed: 2 failed of 9"
    assert rounds.median([Figure(fault="x")]).per_second == 0


def test_the_worst_figure_decides_and_a_missing_one_is_said() -> None:
    goal = Goal("reads", "≥ 2", "SQLite", 2, {"×8": 3.0, "×32": 1.5})
    assert goal.told() == ("1.5 (×32)", "**not reached**")
    assert Goal("reads", "≤ 2", "SQLite", 2, {"×8": 1.0, "×32": 1.5}, at_most=True).told()[1] == "yes"
    assert Goal("reads", "≥ 2", "SQLite", 2, {"×8": 3.0, "×32": None}).told() == ("–", "not measured")


def test_a_run_with_a_fault_has_no_figure() -> None:
    cell = Cell("ttdn", "SQLite", writes.SINGLE, 8)
    assert goals.Run({cell: Figure(5, 7, 1, 1)}).cpu("ttdn", "SQLite", writes.SINGLE, 8) == 7
    assert (
        goals.Run({cell: Figure(5, 7, 1, 1, "1 of 3 failed")}).cpu("ttdn", "SQLite", writes.SINGLE, 8) is None
    )


def test_memory_counts_only_where_nothing_failed() -> None:
    watched = {"SQLite end": 100.0, "SQLite failed": 0.0}
    assert memory_page.resident(watched, "SQLite") == 100
    assert memory_page.resident(watched | {"SQLite failed": 1.0}, "SQLite") is None
    assert memory_page.resident(watched, "PostgreSQL") is None


def test_writers_on_one_plan_are_judged_by_the_slower_of_both_ways_to_measure() -> None:
    rates = {("ttdn", sharing.SPREAD): 90, ("ttdn", sharing.APART): 100}
    rates |= {("pgbench", sharing.SPREAD): 80, ("pgbench", sharing.APART): 100}
    found = {sharing.cell(*which): Figure(rate, 1, 1, 1) for which, rate in rates.items()}

    def judged(figures: rounds.Median) -> tuple[str, str]:
        every = goals.every(figures, (1, 2), {})
        return next(goal.told() for goal in every if goal.job.startswith("32 writers"))

    assert judged(found) == ("0.8 (pgbench, a second)", "**not reached**")
    del found[sharing.cell("pgbench", sharing.SPREAD)]
    assert judged(found)[1] == "not measured"


def test_a_counter_that_is_not_brought_up_to_date_is_found(tmp_path: Path) -> None:
    seeded = Seeded("sqlite", tmp_path)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(filling, "THROUGH_THE_SERVICE", 20)
        url = seeded.copy()
        filling.fill(seeded, url, 0, 50)
        assert counter(url, OURS)() == (50, 50)
        patched.setattr(filling, "_count", lambda _session: None)
        with pytest.raises(AssertionError, match="records"):
            filling.fill(seeded, seeded.copy(), 0, 50)


def test_work_of_children_counts_after_their_end_as_well() -> None:
    child = "import time\nwhile time.process_time() < 0.3: pass"
    run = f"subprocess.run([sys.executable, '-c', {child!r}])"
    code = f"import subprocess, sys; {run}; print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        assert tree([parent.pid]) == {parent.pid}
        assert cpu_seconds([parent.pid]) >= 0.25
        parent.communicate(b"\n")
    assert cpu_seconds([parent.pid]) == 0
