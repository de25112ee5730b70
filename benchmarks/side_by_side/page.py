"""The page of figures, put together from the parts that were measured."""

from collections.abc import Mapping

from benchmarks.side_by_side import goals, growth, machine, memory_page, plot, report
from benchmarks.side_by_side.kept import Part
from benchmarks.side_by_side.rounds import Median
from benchmarks.side_by_side.subjects import READS
from benchmarks.side_by_side.writes import BATCH, SINGLE

PARTS = ("reads", "writes", "sharing", "growth", "hour")


def write(parts: Mapping[str, Part | None]) -> None:
    """Write the tables and the plot."""
    measured = {name: part for name, part in parts.items() if part is not None}
    found: Median = {}
    extra: dict[str, float] = {}
    for part in measured.values():
        found |= part.found
        extra |= part.extra
    sizes = sorted(int(extra.pop(name)) for name in [*extra] if name.startswith(growth.SIZE))
    judged = goals.every(found, sizes, extra)
    lines = [f"- {name}: {part.when}, {_how(name, part)}" for name, part in measured.items()]
    report.write(
        [
            "\n".join([*lines, *(f"- {line}" for line in machine.described())]),
            "## Asked and got",
            report.asked_and_got(judged),
            "![CPU by job](side_by_side.svg)",
            "## All figures",
            *report.by_job(found),
            *_memory(measured.get("hour")),
        ]
    )
    plot.write(found, (*READS, SINGLE, BATCH))


def _how(name: str, part: Part) -> str:
    if name == "hour":
        return f"{part.extra['minutes']:g} minutes"
    filled = f", filled in {part.extra['filled'] / 60:.0f} minutes" if "filled" in part.extra else ""
    return f"{part.rounds} rounds of {part.seconds:g} s a turn, medians{filled}"


def _memory(part: Part | None) -> list[str]:
    if part is None:
        return []
    title = f"### Memory over {part.extra['minutes']:g} minutes of mixed load"
    return [title, report.table(memory_page.HEAD, memory_page.rows(part.extra)), "![Memory](memory.svg)"]
