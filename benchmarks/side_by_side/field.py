"""Who takes part: every server started, each with the same plan and the same activities."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.side_by_side import django_peer, limits, ours, plan_of, redmine_peer, soul_peer
from benchmarks.side_by_side.subjects import Subject
from tests.conftest import BACKENDS, Seeded

SIZE = 1000
INSTALLED = Path("build/benchmarks").resolve()
"""What is installed on demand; ignored by git."""


@dataclass
class Field:
    """Who is read, who is written to; databases for the driver and pgbench; what copies are made of."""

    readers: list[Subject] = field(default_factory=list)
    writers: list[Subject] = field(default_factory=list)
    bare: dict[str, str] = field(default_factory=dict)
    seeds: list[Seeded] = field(default_factory=list)


def prepared(stack: ExitStack, folder: Path, cluster: int) -> Field:
    """Start them all until the stack is closed; `cluster` is the process of PostgreSQL's server."""
    INSTALLED.mkdir(parents=True, exist_ok=True)
    python, program = django_peer.installed(INSTALLED), soul_peer.installed(INSTALLED)
    found = Field()
    for backend in BACKENDS:
        seeded = Seeded(backend, folder)
        plan = plan_of.read(folder / f"{seeded.name}.sqlite3", seeded.secrets)
        ours.load(seeded, seeded.url, range(SIZE))
        found.seeds.append(seeded)
        found.bare[ours.DATABASES[backend]] = seeded.copy()
        warm, anew = (
            ours.serving(stack, seeded, seeded.copy(), name, setting, cluster)
            for name, setting in ((ours.WARM, ours.KEPT), (ours.COLD, ours.ANEW))
        )
        drf = django_peer.serving(stack, python, backend, plan, seeded.secrets, folder, SIZE, cluster)
        found.readers += [warm, anew, drf]
        found.writers += [warm, drf]
        if backend == "sqlite":
            soul = soul_peer.serving(stack, program, plan, folder, SIZE)
            found.readers.append(soul)
            found.writers.append(soul)
            if redmine_peer.HOME.exists():
                redmine = redmine_peer.serving(stack, plan, folder, SIZE)
                found.readers.append(redmine)
                found.writers.append(redmine)
    bodies = limits.bytes_of(found.readers[0], folder)
    found.readers = [*limits.all_of(stack, bodies, folder), *found.readers]
    return found
