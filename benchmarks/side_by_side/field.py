"""Who takes part: every server started, each with the same plan and the same activities."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from benchmarks.side_by_side import django_peer, limits, ours, plan_of, redmine_peer, soul_peer
from benchmarks.side_by_side.subjects import Subject
from tests.conftest import BACKENDS, Seeded

SIZE = 1000
INSTALLED = Path("build/benchmarks").resolve()
"""What is installed on demand; ignored by git."""


@dataclass
class Field:
    """Who is read, who is written to; databases for the driver and pgbench."""

    readers: list[Subject] = field(default_factory=list)
    writers: list[Subject] = field(default_factory=list)
    bare: dict[str, str] = field(default_factory=dict)


@dataclass
class Stage:
    """What a run stands on until the stack is closed; `cluster` is the process of PostgreSQL's server.

    What no part asks for is not started.
    """

    stack: ExitStack
    folder: Path
    cluster: int

    @cached_property
    def seeds(self) -> list[Seeded]:
        """The plan with its first activities, on each database, to be copied."""
        found = [Seeded(backend, self.folder) for backend in BACKENDS]
        for seeded in found:
            ours.load(seeded, seeded.url, range(SIZE))
        return found

    @cached_property
    def field(self) -> Field:
        """Everybody."""
        return _prepared(self.stack, self.folder, self.cluster, self.seeds)


def _prepared(stack: ExitStack, folder: Path, cluster: int, seeds: list[Seeded]) -> Field:
    python, program = django_peer.installed(INSTALLED), soul_peer.installed(INSTALLED)
    found = Field()
    for seeded in seeds:
        backend = seeded.backend
        plan = plan_of.read(seeds[0].url, seeded.secrets)
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
