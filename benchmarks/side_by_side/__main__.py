"""Everything in one run on loopback; writes the tables and the plot of README.md.

python -m benchmarks.side_by_side [--seconds 3] [--rounds 3] [--only reads]
"""

import argparse
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.side_by_side import limits, ours, rounds
from benchmarks.side_by_side.subjects import Subject
from tests import servers
from tests.conftest import BACKENDS, Seeded

SIZE = 1000


def main() -> None:
    """Start everything, measure, write."""
    asked = _asked()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ttdn-benchmark-")))
        cluster = servers.start_for_session(durable=True)
        assert cluster is not None, "a PostgreSQL of its own is needed, to know its processes"
        stack.callback(cluster.close)
        subjects: list[Subject] = []
        for backend in BACKENDS:
            seeded = Seeded(backend, folder)
            ours.load(seeded, seeded.url, SIZE)
            for name, setting in (("ttdn, warm", ours.KEPT), ("ttdn, anew", ours.ANEW)):
                subjects.append(ours.serving(stack, seeded, seeded.copy(), name, setting, cluster.pid))
        bodies = limits.bytes_of(subjects[0], folder)
        subjects = [*limits.all_of(stack, bodies, folder), *subjects]
        rounds.alternate(rounds.reads(subjects, asked.seconds), asked.rounds)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.side_by_side", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3, help="how long one turn is")
    parser.add_argument("--rounds", type=int, default=3, help="how many turns the median is of")
    return parser.parse_args()


if __name__ == "__main__":
    main()
