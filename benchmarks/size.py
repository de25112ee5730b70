"""What one activity costs on PostgreSQL's disk and on the way to a replica: itself, its journal, its receipt.

    python -m benchmarks.size [batches of 1,000]

Pushed in batches and one by one, each beside what it was before. Bytes are those of `pg_total_relation_size`
(rows, indexes, what is kept out of line) and of the write-ahead log; full pages after a checkpoint included.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import make_url

from benchmarks.batch import ALONE, alone, batch, calling
from tests import servers
from tests.conftest import Seeded
from tests.servers import Postgres

_SIZES = (
    "SELECT json_object_agg(relname, pg_total_relation_size(oid)) FROM pg_class "
    "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)
_LOG = "SELECT (pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::bigint"


def told(server: Postgres, how: str, records: int, work: Callable[[], object]) -> None:
    """Do it, and write what it added for each record."""
    before, log = server.say(_SIZES), server.say(_LOG)
    work()
    after, logged = server.say(_SIZES), server.say(_LOG) - log
    grown = {name: (after[name] - before[name]) / records for name in after if after[name] > before[name]}
    tables = ", ".join(f"{name} {size:.0f}" for name, size in sorted(grown.items(), key=lambda one: -one[1]))
    sys.stdout.write(
        f"{how}: {sum(grown.values()):.0f} bytes a record ({tables}); log {logged / records:.0f} bytes\n"
    )


@contextmanager
def cluster() -> Iterator[None]:
    """A PostgreSQL of this run's own."""
    started = servers.start_for_session(durable=True)
    try:
        yield
    finally:
        if started is not None:
            started.close()


def main(batches: int = 10) -> None:
    """One fresh copy of the real plan."""
    with cluster(), tempfile.TemporaryDirectory() as folder:
        seeded = Seeded("postgresql", Path(folder))
        url = seeded.copy()
        server = Postgres(make_url(url))
        total = sum(server.say(_SIZES).values())
        sys.stdout.write(f"the plan itself: {total} bytes\n")
        with calling(url, seeded.secrets["BAOTV"]) as client:
            batch(client, "warm", 20)
            for number in range(batches):
                last = number == batches - 1
                work = partial(batch, client, f"b{number}", 1000)
                told(server, "in batches of 1,000", 1000, work) if last else work()
            rounds = 10

            def one_by_one() -> None:
                for number in range(rounds):
                    alone(client, f"s{number}")

            told(server, "one by one", rounds * ALONE, one_by_one)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
