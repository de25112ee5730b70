"""Everything in one run on loopback; writes the tables and the plot of README.md.

python -m benchmarks.side_by_side [--seconds 3] [--rounds 3] [--only reads]
"""

import argparse
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.side_by_side import django_peer, limits, ours, plan_of, rounds, soul_peer
from benchmarks.side_by_side.subjects import Subject
from tests import servers
from tests.conftest import BACKENDS, Seeded

SIZE = 1000
INSTALLED = Path("build/benchmarks").resolve()


def main() -> None:
    """Start everything, measure, write."""
    asked = _asked()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ttdn-benchmark-")))
        cluster = servers.start_for_session(durable=True)
        assert cluster is not None, "a PostgreSQL of its own is needed, to know its processes"
        stack.callback(cluster.close)
        assert cluster.pid is not None
        subjects = _subjects(stack, folder, cluster.pid)
        rounds.alternate(rounds.reads(subjects, asked.seconds), asked.rounds)


def _subjects(stack: ExitStack, folder: Path, cluster: int) -> list[Subject]:
    """All servers, each with the same plan and the same activities."""
    INSTALLED.mkdir(parents=True, exist_ok=True)
    found: list[Subject] = []
    python, program = django_peer.installed(INSTALLED), soul_peer.installed(INSTALLED)
    for backend in BACKENDS:
        seeded = Seeded(backend, folder)
        plan = plan_of.read(folder / f"{seeded.name}.sqlite3", seeded.secrets)
        if backend == "sqlite":
            found.append(soul_peer.serving(stack, program, plan, folder, SIZE))
        ours.load(seeded, seeded.url, SIZE)
        for name, setting in ((ours.WARM, ours.KEPT), (ours.COLD, ours.ANEW)):
            found.append(ours.serving(stack, seeded, seeded.copy(), name, setting, cluster))
        found.append(django_peer.serving(stack, python, backend, plan, seeded.secrets, folder, SIZE, cluster))
    warm = next(subject for subject in found if subject.name == ours.WARM)
    return [*limits.all_of(stack, limits.bytes_of(warm, folder), folder), *found]


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.side_by_side", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3, help="how long one turn is")
    parser.add_argument("--rounds", type=int, default=3, help="how many turns the median is of")
    return parser.parse_args()


if __name__ == "__main__":
    main()
