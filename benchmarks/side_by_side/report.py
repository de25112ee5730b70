"""The tables of README.md, between two marks; nothing outside them is touched."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.side_by_side.goals import Goal
from benchmarks.side_by_side.rounds import Cell, Figure, Median

README = Path(__file__).parent.parent / "README.md"
START, END = "<!-- measured -->", "<!-- /measured -->"


def write(parts: Iterable[str]) -> None:
    """Put them between the marks."""
    text = README.read_text(encoding="utf-8")
    assert START in text and END in text, "the marks are missing"  # noqa: PT018
    before, after = text.split(START)[0], text.split(END)[1]
    README.write_text(before + START + "\n" + "\n\n".join(parts) + "\n" + END + after, encoding="utf-8")


def asked_and_got(goals: Sequence[Goal]) -> str:
    """Figure asked, figure got, reached."""
    rows = [[goal.job, goal.database, goal.asked, *goal.told()] for goal in goals]
    return table(["job", "database", "asked", "got, the worst of its kind", "reached"], rows)


def by_job(found: Median) -> Iterable[str]:
    """A table for each job: a line for each subject, a column for each number of connections."""
    for job in dict.fromkeys(cell.job for cell in found):
        cells = [cell for cell in found if cell.job == job]
        columns = sorted({cell.connections for cell in cells})
        lines = dict.fromkeys((cell.subject, cell.database) for cell in cells)
        yield f"### {job[0].upper()}{job[1:]}"
        yield table(
            ["", "database", *(f"{number} connection{'s' * (number > 1)}" for number in columns)],
            [
                [name, database, *(_cell(found.get(Cell(name, database, job, number))) for number in columns)]
                for name, database in lines
            ],
        )


def _cell(figure: Figure | None) -> str:
    """Requests a second, CPU a request, p50 and p99."""
    if figure is None:
        return ""
    if not figure.per_second:
        return f"failed: {figure.fault}"
    told = f"{figure.per_second:,.0f}/s · **{_micro(figure.cpu)}** · {figure.p50:.3g} / {figure.p99:.3g} ms"
    return told + (f" · {figure.fault}" if figure.fault else "")


def _micro(microseconds: float) -> str:
    return f"{microseconds:,.0f} µs" if microseconds < 10_000 else f"{microseconds / 1000:,.1f} ms"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(re.sub(r'[|]', '/', word) for word in line)} |" for line in lines)
