"""Everything in one run on loopback; writes the tables and the plot of README.md.

python -m benchmarks.side_by_side [--seconds 3] [--rounds 3] [--size 100000]
"""

import argparse
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.side_by_side import (
    bare_writes,
    field,
    goals,
    growth,
    machine,
    mixed,
    ours,
    plot,
    report,
    rounds,
    writes,
)
from benchmarks.side_by_side.processes import resident_mib
from benchmarks.side_by_side.subjects import READS
from benchmarks.side_by_side.writes import BATCH, SINGLE
from tests import servers
from tests.servers import ServerProcess


def main() -> None:
    """Start everything, measure, write."""
    asked = _asked()
    sizes = (field.SIZE, asked.size)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ttdn-benchmark-")))
        cluster = servers.start_for_session(durable=True)
        assert cluster is not None, "a PostgreSQL of its own is needed, to know its processes"
        stack.callback(cluster.close)
        assert cluster.pid is not None
        everybody = field.prepared(stack, folder, cluster.pid)
        found = rounds.alternate(rounds.reads(everybody.readers, asked.seconds), asked.rounds)
        turns = bare_writes.turns(everybody.bare, cluster.pid, asked.seconds)
        turns += writes.turns(everybody.writers, asked.seconds)
        turns += mixed.turns(everybody.writers, asked.seconds)
        found |= rounds.alternate(turns, asked.rounds)
        resident = {
            f"{one.name}, {one.database}": resident_mib(one.roots[:1])
            for one in everybody.writers
            if one.name == ours.WARM
        }
        turns = growth.turns(stack, everybody.seeds, cluster.pid, sizes, asked.seconds)
        found |= rounds.alternate(turns, asked.rounds)
        started = time.perf_counter()
        stack.enter_context(ServerProcess({"DATABASE_URL": everybody.seeds[0].url}))
        ready = time.perf_counter() - started
    judged = goals.every(found, sizes, resident, ready)
    how = f"{asked.rounds} rounds of {asked.seconds:g} s a turn, medians"
    report.write(
        [
            f"Measured on {datetime.now(UTC):%d %B %Y}, {how}.",
            *machine.described(),
            "## Asked and got",
            report.asked_and_got(judged),
            "![CPU by job](side_by_side.svg)",
            "## All figures",
            *report.by_job(found),
        ]
    )
    plot.write(found, (*READS, SINGLE, BATCH))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.side_by_side", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3, help="how long one turn is")
    parser.add_argument("--rounds", type=int, default=3, help="how many turns the median is of")
    parser.add_argument("--size", type=int, default=100_000, help="activities of the large database")
    return parser.parse_args()


if __name__ == "__main__":
    main()
