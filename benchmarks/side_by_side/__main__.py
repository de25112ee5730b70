"""Everything in one run on loopback; writes the tables and the plot of README.md, after each of its parts.

    python -m benchmarks.side_by_side [--seconds 2] [--rounds 3] [--size 100000] [--only reads,writes,growth]

A part that is left out keeps the figures it had. Each has its limits and its peers in it.
"""

import argparse
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.side_by_side import bare_writes, field, growth, kept, mixed, ours, page, rounds, writes
from benchmarks.side_by_side.field import INSTALLED, Field
from benchmarks.side_by_side.kept import Part
from benchmarks.side_by_side.processes import resident_mib
from benchmarks.side_by_side.rounds import Cell, Turn
from tests import servers
from tests.servers import ServerProcess


def main() -> None:
    """Start everything, measure, write."""
    asked = _asked()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ttdn-benchmark-")))
        cluster = servers.start_for_session(durable=True)
        assert cluster is not None, "a PostgreSQL of its own is needed, to know its processes"
        stack.callback(cluster.close)
        assert cluster.pid is not None
        everybody = field.prepared(stack, folder, cluster.pid)
        for name in asked.only.split(","):
            turns = _turns(stack, name, everybody, cluster.pid, asked)
            found = rounds.alternate(turns, asked.rounds)
            extra = _beside(stack, name, everybody, asked.size)
            kept.save(INSTALLED, name, Part(kept.now(), asked.rounds, asked.seconds, found, extra))
            page.write({part: kept.read(INSTALLED, part) for part in page.PARTS})


def _turns(
    stack: ExitStack, name: str, everybody: Field, cluster: int, asked: argparse.Namespace
) -> list[tuple[Cell, Turn]]:
    if name == "reads":
        return rounds.reads(everybody.readers, asked.seconds)
    if name == "growth":
        return growth.turns(stack, everybody.seeds, cluster, (field.SIZE, asked.size), asked.seconds)
    return [
        *bare_writes.turns(everybody.bare, cluster, asked.seconds),
        *writes.turns(everybody.writers, asked.seconds),
        *mixed.turns(everybody.writers, asked.seconds),
    ]


def _beside(stack: ExitStack, name: str, everybody: Field, size: int) -> dict[str, float]:
    """Memory after the writes, how long a start takes, how large the large database is."""
    if name == "growth":
        return {"size": size}
    if name == "reads":
        started = time.perf_counter()
        stack.enter_context(ServerProcess({"DATABASE_URL": everybody.seeds[0].url}))
        return {"ready": time.perf_counter() - started}
    own = [one for one in everybody.writers if one.name == ours.WARM]
    return {one.database: resident_mib(one.roots[:1]) for one in own}


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.side_by_side", description=__doc__)
    parser.add_argument("--seconds", type=float, default=2, help="how long one turn is")
    parser.add_argument("--rounds", type=int, default=3, help="how many turns the median is of")
    parser.add_argument("--size", type=int, default=100_000, help="activities of the large database")
    parser.add_argument("--only", default=",".join(page.PARTS), help="which parts, with commas between")
    return parser.parse_args()


if __name__ == "__main__":
    main()
