"""Figure asked, figure got, reached or not: computed from one run, the worst of its kind told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.side_by_side import growth, memory_page, mixed, sharing
from benchmarks.side_by_side.bare_writes import DRIVER, PGBENCH
from benchmarks.side_by_side.ours import COLD, WARM
from benchmarks.side_by_side.rounds import Cell, Figure, Median
from benchmarks.side_by_side.subjects import NOT_CHANGED, READS
from benchmarks.side_by_side.writes import BATCH, SINGLE

FASTAPI = "FastAPI, same bytes"
DATABASES = ("SQLite", "PostgreSQL")


@dataclass(frozen=True)
class Goal:
    """`got` are the figures it is judged by, by name; an empty one was not measured."""

    job: str
    asked: str
    database: str
    limit: float
    got: dict[str, float | None]
    at_most: bool = False

    def told(self) -> tuple[str, str]:
        """The worst figure with its name, and whether all are good enough."""
        known = {name: value for name, value in self.got.items() if value is not None}
        if len(known) < len(self.got) or not known:
            return "–", "not measured"
        name = (max if self.at_most else min)(known, key=lambda one: known[one])
        reached = known[name] <= self.limit if self.at_most else known[name] >= self.limit
        return f"{known[name]:.3g} ({name})", "yes" if reached else "**not reached**"


class Run:
    """The medians of a run, asked by name."""

    def __init__(self, found: Median) -> None:
        self._found = found

    def figure(self, subject: str, database: str, job: str, connections: int) -> Figure | None:
        """A figure that counts; None where there is none."""
        found = self._found.get(Cell(subject, database, job, connections))
        return found if found and found.fault is None and found.per_second else None

    def at(self, cell: Cell) -> Figure | None:
        """The same by its cell."""
        return self.figure(cell.subject, cell.database, cell.job, cell.connections)

    def cpu(self, subject: str, database: str, job: str, connections: int) -> float | None:
        """CPU a request, in microseconds."""
        found = self.figure(subject, database, job, connections)
        return found.cpu if found else None

    def cheaper(
        self, ours: tuple[str, str], peer: tuple[str, str], jobs: Iterable[str], at: Iterable[int]
    ) -> dict[str, float | None]:
        """How many times the peer's CPU ours is, for each job at each number of connections."""
        return {
            f"{job} ×{number}": ratio(self.cpu(*peer, job, number), self.cpu(*ours, job, number))
            for job in jobs
            for number in at
        }


def ratio(above: float | None, below: float | None) -> float | None:
    """None where one of them is missing."""
    return above / below if above is not None and below else None


def every(found: Median, sizes: Sequence[int], extra: dict[str, float]) -> list[Goal]:
    """All rows asked for; `sizes` are those of the databases that grow, the smallest first; `extra` has the
    seconds of a start, and MiB by database."""
    run = Run(found)
    unchanged, anew = "unchanged since the last read", "computed anew"
    goals = [
        Goal(unchanged, "≥ 1.2 of FastAPI", "SQLite", 1.2,
             run.cheaper((WARM, "SQLite"), (FASTAPI, ""), READS, (8, 32))),
        Goal(unchanged, "≥ 0.65 of FastAPI at 8", "PostgreSQL", 0.65,
             run.cheaper((WARM, "PostgreSQL"), (FASTAPI, ""), READS, (8,))),
        Goal(unchanged, "≥ 0.9 of FastAPI at 32", "PostgreSQL", 0.9,
             run.cheaper((WARM, "PostgreSQL"), (FASTAPI, ""), READS, (32,))),
    ]  # fmt: skip
    for database, times in zip(DATABASES, (8, 4), strict=True):
        warm, drf = (WARM, database), ("DRF", database)
        goals += [
            Goal(unchanged, "≥ 10 × DRF", database, 10, run.cheaper(warm, drf, READS, (8, 32))),
            Goal(unchanged, f"≥ {times} × soul", database, times,
                 run.cheaper(warm, ("soul", "SQLite"), READS, (8, 32))),
            Goal(unchanged, "≥ 150 × Redmine", database, 150,
                 run.cheaper(warm, ("Redmine", "SQLite"), READS, (1,))),
            Goal(anew, "≥ 2 × DRF", database, 2, run.cheaper((COLD, database), drf, READS, (8, 32))),
            Goal("304", "no slower than the answer", database, 1, {
                f"×{number}": ratio(run.cpu(*warm, READS[0], number), run.cpu(*warm, NOT_CHANGED, number))
                for number in (8, 32)
            }),
            *(Goal(f"{sizes[0]:,} → {size:,} activities", "≤ 1.1", database, 1.1, {
                job: ratio(*(run.cpu(growth.name(n), database, job, growth.AT) for n in (size, sizes[0])))
                for job in growth.JOBS
            }, at_most=True) for size in sizes[1:]),
        ]  # fmt: skip
    return goals + _writing(run) + _footprint(extra)


def _writing(run: Run) -> list[Goal]:
    goals = []
    for database, of_bulk, bulk, times in (
        ("SQLite", 0.18, "executemany", 30),
        ("PostgreSQL", 0.35, "COPY", 5),
    ):
        ttdn, drf = ("ttdn", database), ("DRF", database)
        last = run.figure(*ttdn, SINGLE, 32)
        pair = (run.figure(*one, mixed.JOB, 2 * mixed.EACH) for one in (ttdn, drf))
        reads = [one.per_second if one else None for one in pair]
        limit = run.cpu(DRIVER, database, BATCH, 1)
        goals += [
            Goal(SINGLE, "≥ 7 × DRF", database, 7, run.cheaper(ttdn, drf, (SINGLE,), (1, 8, 32))),
            Goal(SINGLE, "p99 ≤ 40 ms at 32", database, 40, {"ms": last.p99 if last else None}, at_most=True),
            Goal(BATCH, f"≥ {of_bulk} of {bulk}", database, of_bulk,
                 {f"×{n}": ratio(limit, run.cpu(*ttdn, BATCH, n)) for n in (1, 8)}),
            Goal(BATCH, "≥ 9 × DRF's bulk_create", database, 9, run.cheaper(ttdn, drf, (BATCH,), (1, 8))),
            Goal(mixed.JOB, f"reads/s ≥ {times} × DRF", database, times, {"reads/s": ratio(*reads)}),
        ]  # fmt: skip
    soul, sqlite, server = ("soul", "SQLite"), ("ttdn", "SQLite"), ("ttdn", "PostgreSQL")
    return [
        *goals,
        Goal(SINGLE, "≥ soul's insert", "SQLite", 1, run.cheaper(sqlite, soul, (SINGLE,), (1, 8, 32))),
        Goal(SINGLE, "≥ 0.3 of pgbench", "PostgreSQL", 0.3,
             run.cheaper(server, (PGBENCH, "PostgreSQL"), (SINGLE,), (1, 8, 32))),
        Goal("32 writers on one plan", "≥ 0.85 of no shared row", "PostgreSQL", 0.85, _shared(run)),
    ]  # fmt: skip


def _shared(run: Run) -> dict[str, float | None]:
    """On one plan, of what it is where each has its own: by the service, its CPU as well, and by pgbench."""
    found: dict[str, float | None] = {}
    for subject in ("ttdn", "pgbench"):
        one, apart = (run.at(sharing.cell(subject, way)) for way in (sharing.SPREAD, sharing.APART))
        found[f"{subject}, a second"] = one.per_second / apart.per_second if one and apart else None
        found[f"{subject}, by CPU"] = apart.cpu / one.cpu if one and apart else None
    return found


def _footprint(extra: dict[str, float]) -> list[Goal]:
    """After a run of writes, and after the mixed load."""
    resident: dict[str, float | None] = {f"MiB, {name}": extra.get(name) for name in DATABASES}
    lasted = {f"MiB, {name}": memory_page.resident(extra, name) for name in DATABASES}
    load = f"footprint after {extra.get('minutes', 60):g} minutes of load"
    return [
        Goal(load, "≤ 120 MiB a process", "", memory_page.MOST, lasted, at_most=True),
        Goal("footprint after the writes", "≤ 120 MiB a process", "", 120, resident, at_most=True),
        Goal("start", "ready in ≤ 4 s", "", 4, {"s": extra.get("ready")}, at_most=True),
    ]
