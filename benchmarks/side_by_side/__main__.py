"""Everything on loopback, part by part; writes the tables and the plots of README.md after each of its parts.

    python -m benchmarks.side_by_side [--only reads,writes,sharing,growth,hour] [--seconds 2] [--rounds 3]
        [--sizes 100000,1000000] [--minutes 60] [--rate 4]

A part that is left out keeps the figures it had. Each has in the same run what it is compared with.
"""

import argparse
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.side_by_side import (
    bare_writes,
    field,
    growth,
    hour,
    kept,
    memory_page,
    mixed,
    ours,
    page,
    rounds,
    sharing,
    writes,
)
from benchmarks.side_by_side.field import INSTALLED, Stage
from benchmarks.side_by_side.processes import resident_mib
from benchmarks.side_by_side.rounds import Median
from tests import servers
from tests.servers import ServerProcess

Measured = tuple[Median, dict[str, float]]
"""Medians, and what is no request: MiB, seconds, sizes."""


def main() -> None:
    """Start what is needed, measure, write."""
    asked = _asked()
    INSTALLED.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ttdn-benchmark-")))
        cluster = servers.start_for_session(durable=True)
        assert cluster is not None, "a PostgreSQL of its own is needed, to know its processes"
        stack.callback(cluster.close)
        assert cluster.pid is not None
        stage = Stage(stack, folder, cluster.pid)
        for name in asked.only.split(","):
            found, extra = _PARTS[name](stage, asked)
            kept.save(INSTALLED, name, kept.Part(kept.now(), asked.rounds, asked.seconds, found, extra))
            page.write({part: kept.read(INSTALLED, part) for part in page.PARTS})


def _reads(stage: Stage, asked: argparse.Namespace) -> Measured:
    """Reads, and how long a start takes."""
    found = rounds.alternate(rounds.reads(stage.field.readers, asked.seconds), asked.rounds)
    begun = time.perf_counter()
    stage.stack.enter_context(ServerProcess({"DATABASE_URL": stage.seeds[0].url}))
    return found, {"ready": time.perf_counter() - begun}


def _writes(stage: Stage, asked: argparse.Namespace) -> Measured:
    """Writes, and memory after them."""
    turns = [
        *bare_writes.turns(stage.field.bare, stage.cluster, asked.seconds),
        *writes.turns(stage.field.writers, asked.seconds),
        *mixed.turns(stage.field.writers, asked.seconds),
    ]
    found = rounds.alternate(turns, asked.rounds)
    own = [one for one in stage.field.writers if one.name == ours.WARM]
    return found, {one.database: resident_mib(one.roots[:1]) for one in own}


def _sharing(stage: Stage, asked: argparse.Namespace) -> Measured:
    """Many writers, with and without a plan in common; a difference that the doctor finds fails it."""
    shared = sharing.Shared(stage.seeds[-1])
    turns = sharing.turns(stage.stack, shared, stage.cluster, asked.seconds)
    found = rounds.alternate(turns, asked.rounds)
    differences = shared.differences()
    assert not differences, differences[:3]
    return found, {}


def _growth(stage: Stage, asked: argparse.Namespace) -> Measured:
    """The same reads of few activities and of many, and how long these took to put in."""
    begun = time.perf_counter()
    sizes = [field.SIZE, *map(int, asked.sizes.split(","))]
    turns = growth.turns(stage.stack, stage.seeds, stage.cluster, sizes, asked.seconds)
    filled = time.perf_counter() - begun
    found = rounds.alternate(turns, asked.rounds)
    return found, {"filled": filled, **{f"{growth.SIZE}{size}": size for size in sizes}}


def _hour(stage: Stage, asked: argparse.Namespace) -> Measured:
    """Memory under a load that lasts."""
    watched = hour.watch(stage.stack, stage.seeds, stage.cluster, asked.minutes, asked.rate)
    memory_page.plot(watched)
    return {}, memory_page.figures(watched, asked.minutes)


_PARTS = {"reads": _reads, "writes": _writes, "sharing": _sharing, "growth": _growth, "hour": _hour}


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.side_by_side", description=__doc__)
    parser.add_argument("--seconds", type=float, default=2, help="how long one turn is")
    parser.add_argument("--rounds", type=int, default=3, help="how many turns the median is of")
    parser.add_argument("--sizes", default="100000,1000000", help="activities of the large databases")
    parser.add_argument("--minutes", type=float, default=60, help="how long the mixed load lasts")
    parser.add_argument("--rate", type=float, default=4, help="its requests a second, on each database")
    parser.add_argument("--only", default=",".join(page.PARTS), help="which parts, with commas between")
    return parser.parse_args()


if __name__ == "__main__":
    main()
