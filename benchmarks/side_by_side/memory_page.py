"""Memory over the time of a mixed load: a table of it, and a line for each server, written as SVG by hand."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.side_by_side.hour import EVERY, Watched
from benchmarks.side_by_side.processes import Memory

FILE = Path(__file__).parent.parent / "memory.svg"
HEAD = ("", "database", "at the start", "at the end", "shared pages shared out", "the most", "requests")
MOST = 120
"""MiB asked for."""
_WIDTH, _HEIGHT, _LEFT, _TOP = 640, 220, 60, 20
_HUES = {"SQLite": "#0b6e4f", "PostgreSQL": "#b5651d"}


def figures(watched: Sequence[Watched], minutes: float) -> dict[str, float]:
    """What is kept of it, by database."""
    found = {"minutes": minutes}
    for one in watched:
        told = {
            "start": one.seen[0].resident,
            "end": one.seen[-1].resident,
            "own": one.seen[-1].own,
            "most": one.seen[-1].peak,
            "asked": one.asked,
            "failed": len(one.faults),
        }
        found |= {f"{one.subject.database} {name}": value for name, value in told.items()}
    return found


def rows(extra: Mapping[str, float]) -> list[list[str]]:
    """A line for each database; none where it was not measured."""
    found = []
    for database in _HUES:
        if f"{database} end" in extra:
            told = [f"{extra[f'{database} {name}']:.0f} MiB" for name in ("start", "end", "own", "most")]
            asked, failed = (extra[f"{database} {name}"] for name in ("asked", "failed"))
            found.append(["ttdn", database, *told, f"{asked:,.0f}, {failed:.0f} failed"])
    return found


def resident(extra: Mapping[str, float], database: str) -> float | None:
    """MiB at the end of a load in which nothing failed."""
    return None if extra.get(f"{database} failed", 1) else extra.get(f"{database} end")


def plot(watched: Sequence[Watched]) -> None:
    """What was resident of each server from the first request to the last."""
    ceiling = max(MOST, *(each.resident for one in watched for each in one.seen)) * 1.1
    longest = max(len(one.seen) for one in watched)
    parts = [_mark(MOST, ceiling, "asked"), _mark(0, ceiling, "")]
    for place, one in enumerate(watched):
        hue = _HUES[one.subject.database]
        points = " ".join(_point(n, each, longest, ceiling) for n, each in enumerate(one.seen))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{hue}" stroke-width="1.5"/>')
        words = f"{one.subject.database}, {one.seen[-1].resident:.0f} MiB at the end"
        parts.append(f'<text x="{_LEFT + 8}" y="{_TOP + 14 * (place + 1)}" fill="{hue}">{words}</text>')
    lasted = f"{(longest - 1) * EVERY / 60:.0f} minutes"
    parts.append(f'<text x="{_LEFT + _WIDTH}" y="{_TOP + _HEIGHT + 14}" text-anchor="end">{lasted}</text>')
    size = f'width="{_LEFT + _WIDTH + 20}" height="{_TOP + _HEIGHT + 24}"'
    FILE.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="11">\n'
        '<rect width="100%" height="100%" fill="white"/>\n' + "\n".join(parts) + "\n</svg>\n",
        encoding="utf-8",
    )


def _point(number: int, seen: Memory, longest: int, ceiling: float) -> str:
    return f"{_LEFT + _WIDTH * number / max(1, longest - 1):.1f},{_height(seen.resident, ceiling):.1f}"


def _height(mib: float, ceiling: float) -> float:
    return _TOP + _HEIGHT * (1 - mib / ceiling)


def _mark(mib: float, ceiling: float, word: str) -> str:
    y = _height(mib, ceiling)
    line = f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_LEFT + _WIDTH}" y2="{y:.1f}" stroke="#bbbbbb"/>'
    return line + f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{word} {mib:.0f}</text>'
