"""What was measured last, part by part, so that a part can be measured again without the others."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.side_by_side.rounds import Cell, Figure, Median


@dataclass(frozen=True)
class Part:
    """The figures of one run, and what it was: `extra` has what is no request (MiB, seconds, sizes)."""

    when: str
    rounds: int
    seconds: float
    found: Median
    extra: dict[str, float]


def save(folder: Path, name: str, part: Part) -> None:
    """Keep a part in place of the one before."""
    cells = [[asdict(cell), asdict(figure)] for cell, figure in part.found.items()]
    told = {**vars(part), "found": cells}
    (folder / f"{name}.json").write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


def read(folder: Path, name: str) -> Part | None:
    """The part as it was last measured; None if it never was."""
    path = folder / f"{name}.json"
    if not path.exists():
        return None
    given = json.loads(path.read_text(encoding="utf-8"))
    given["found"] = {Cell(**cell): Figure(**figure) for cell, figure in given["found"]}
    return Part(**given)


def now() -> str:
    """The day of a part."""
    return f"{datetime.now(UTC):%d %B %Y}"
