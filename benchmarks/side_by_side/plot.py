"""The plot: server CPU of each subject at each job, on a scale of tens, written as SVG by hand."""

import math
from pathlib import Path

from benchmarks.side_by_side.rounds import Cell, Median

FILE = Path(__file__).parent.parent / "side_by_side.svg"
AT = 8
_LEFT, _WIDTH, _LINE, _DECADES = 250, 520, 16, 5
"""From 10 µs to 1 s."""
_HUES = {"ttdn": "#0b6e4f", "DRF": "#b5651d", "soul": "#7b4fa3"}


def write(found: Median, jobs: tuple[str, ...]) -> None:
    """A group of bars for each job at 8 connections; shorter is better."""
    parts, y = [], 30
    for job in jobs:
        parts.append(_text(8, y, f"{job}, {AT} connections", bold=True))
        y += 6
        for cell, figure in found.items():
            if cell.job == job and cell.connections == AT and figure.per_second:
                parts.append(_bar(cell, figure.cpu, y))
                y += _LINE
        y += 26
    grid = [_mark(power, y) for power in range(_DECADES + 1)]
    size = f'width="{_LEFT + _WIDTH + 90}" height="{y + 10}"'
    FILE.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="11">\n'
        '<rect width="100%" height="100%" fill="white"/>\n' + "\n".join(grid + parts) + "\n</svg>\n",
        encoding="utf-8",
    )


def _place(microseconds: float) -> float:
    return _WIDTH * min(_DECADES, max(0.0, math.log10(max(microseconds, 1)) - 1)) / _DECADES


def _bar(cell: Cell, cpu: float, y: int) -> str:
    hue = next((hue for name, hue in _HUES.items() if cell.subject.startswith(name)), "#8a8f98")
    name = f"{cell.subject} {cell.database}".strip()
    rect = f'<rect x="{_LEFT}" y="{y}" width="{_place(cpu):.1f}" height="{_LINE - 4}" fill="{hue}"/>'
    return (
        rect + _text(_LEFT - 8, y + 10, name, end=True) + _text(_LEFT + _place(cpu) + 6, y + 10, _told(cpu))
    )


def _mark(power: int, bottom: int) -> str:
    x = _LEFT + _WIDTH * power / _DECADES
    line = f'<line x1="{x}" y1="22" x2="{x}" y2="{bottom - 16}" stroke="#dddddd"/>'
    return line + _text(x + 2, 14, _told(10 ** (power + 1)))


def _told(cpu: float) -> str:
    return f"{cpu:.0f} µs" if cpu < 1000 else f"{cpu / 1000:.3g} ms"


def _text(x: float, y: float, words: str, *, bold: bool = False, end: bool = False) -> str:
    how = (' font-weight="bold"' if bold else "") + (' text-anchor="end"' if end else "")
    return f'<text x="{x:.1f}" y="{y}"{how}>{words}</text>'
