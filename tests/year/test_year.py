"""Every day of a scripted year of the real plan: what the service says is what the model computes."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.patience import untraced
from tests.writing import differences
from tests.year import comparing, months, playing
from tests.year.comparing import DIVISIONS, OUTSIDER, Evening
from tests.year.conftest import empty_database
from tests.year.figures import LEVELS
from tests.year.player import OWNER
from tests.year.served import served
from tests.year.stage import in_process

pytestmark = untraced

APART = ("steps", "things", "model", "deciding", "taking", "figures", "reading")
"""The modules that compute the year without the service."""


def on_a_calm_day(evening: Evening, every: int) -> Iterator[str]:
    """Only the day has moved: every figure of the owner's, who sees all; every third day one breakdown of the
    outsider's."""
    day = evening.today.toordinal()
    if day % every:
        return
    for division in DIVISIONS:
        yield from comparing.division(evening, OWNER, division)
    if day % 3 == 0:
        yield from comparing.division(evening, OUTSIDER, DIVISIONS[day // 3 % 4])


def on_a_busy_day(evening: Evening) -> Iterator[str]:
    """All breakdowns for both, every level explained to the owner and one to the outsider."""
    yield from comparing.owner_and_outsider(evening)
    for level in LEVELS:
        yield from comparing.explanation(evening, OWNER, level)
    yield from comparing.explanation(evening, OUTSIDER, list(LEVELS)[evening.today.toordinal() % 3])


def at_the_end_of_a_month(evening: Evening) -> Iterator[str]:
    """All breakdowns for both, every output, every level explained, reminders, and the first page."""
    checks = (comparing.owner_and_outsider, comparing.outputs, comparing.urges, comparing.overview)
    for check in (*checks, comparing.explained):
        yield from check(evening)


def nothing(found: list[str]) -> None:
    assert not found, "\n".join([f"{len(found)} in all", *found[:20]])


def at_midnight(evening: Evening) -> None:
    """The day begins at 00:00 in Vietnam, where it is still yesterday in UTC."""
    nothing(list(comparing.division(evening, OWNER, "section")))


@pytest.mark.timeout(900)
def test_every_day_of_the_year_is_as_the_model_computes_it(backend: str, tmp_path: Path) -> None:
    """Of five calm days PostgreSQL is asked on one: what it computes itself moves on days that are not calm,
    and what moves with the calendar alone is computed from the same rows on both."""
    lines, every = [], 1 if backend == "sqlite" else 5
    with empty_database(backend, tmp_path) as url, in_process(url) as stage:
        for evening in playing.evenings(stage, morning=at_midnight):
            nothing(list(evening.unexpected))
            nothing(list(on_a_calm_day(evening, every) if evening.calm else on_a_busy_day(evening)))
            if playing.ends_a_month(evening.today):
                nothing(list(at_the_end_of_a_month(evening)))
                nothing(differences(stage.service))
                lines.append(months.line(evening))
    assert months.table(lines) == months.TABLE.read_text(encoding="utf-8"), (
        "the table of the months: python -m tests.year > tests/year/months.csv"
    )


@pytest.mark.timeout(900)
def test_the_same_year_on_a_real_server(backend: str, tmp_path: Path) -> None:
    with empty_database(backend, tmp_path) as url, served(url, tmp_path) as stage:
        for evening in playing.evenings(stage):
            nothing(list(evening.unexpected))
            if playing.ends_a_month(evening.today):
                nothing(list(comparing.owner_and_outsider(evening)))


@pytest.mark.parametrize("module", APART)
def test_the_model_takes_nothing_from_the_service(module: str) -> None:
    tree = ast.parse(Path(__file__).with_name(f"{module}.py").read_text(encoding="utf-8"))
    taken = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)} | {
        name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
    }
    ours = {f"tests.year.{name}" for name in APART} | {"tests.year"}
    assert {name for name in taken if name.partition(".")[0] in ("app", "seed", "tests")} <= ours
