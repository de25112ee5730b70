"""The page of figures, put together from the parts that were measured."""

from collections.abc import Mapping

from benchmarks.side_by_side import field, goals, machine, plot, report
from benchmarks.side_by_side.kept import Part
from benchmarks.side_by_side.rounds import Median
from benchmarks.side_by_side.subjects import READS
from benchmarks.side_by_side.writes import BATCH, SINGLE

PARTS = ("reads", "writes", "growth")


def write(parts: Mapping[str, Part | None]) -> None:
    """Write the tables and the plot."""
    measured = {name: part for name, part in parts.items() if part is not None}
    found: Median = {}
    extra: dict[str, float] = {}
    for part in measured.values():
        found |= part.found
        extra |= part.extra
    sizes = (field.SIZE, int(extra.pop("size", 0)))
    judged = goals.every(found, sizes, extra)
    lines = [
        f"- {name}: {part.when}, {part.rounds} rounds of {part.seconds:g} s a turn, medians"
        for name, part in measured.items()
    ]
    report.write(
        [
            "\n".join([*lines, *(f"- {line}" for line in machine.described())]),
            "## Asked and got",
            report.asked_and_got(judged),
            "![CPU by job](side_by_side.svg)",
            "## All figures",
            *report.by_job(found),
        ]
    )
    plot.write(found, (*READS, SINGLE, BATCH))
