"""The page for Prometheus, at an address of its own: what the requests left (`metrics`), what the database
says of the plans (`services.vitals`), what the processes use.

It has no door: it is for whoever runs the installation, and is therefore never served beside the API. It is
served by a thread of the process that `ttdn serve` is, which with several workers does nothing else.
"""

import multiprocessing
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Final

from prometheus_client import CollectorRegistry, Metric, ProcessCollector, start_http_server
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from app.db import Database
from app.rules.vocabulary import State
from app.services import vitals
from app.settings import Settings
from app.web import metrics
from app.web.question import Question

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The client's own name for the folder in which processes leave their figures; workers inherit it."""

PATIENCE_SECONDS: Final = 5.0
"""How long a database is waited for that does not even refuse; who reads the page gives up after 10."""

Seen = tuple[list[vitals.Vitals], int]
"""What the database says of the plans, and the number of the journal's newest entry."""


@contextmanager
def served(settings: Settings, address: str, *, workers: int) -> Iterator[int]:
    """Serve the page until the block ends, at `host:port`; its port. OSError where that cannot be had.

    With several workers to be entered before they are started.
    """
    host, _, port = address.rpartition(":")
    registry = CollectorRegistry()
    with ExitStack() as running:
        if workers > 1:
            folder = running.enter_context(tempfile.TemporaryDirectory(prefix="ttdn-metrics-"))
            os.environ[SHARED] = folder
            running.callback(os.environ.pop, SHARED)
            MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
        else:
            for one in (metrics.REQUESTS, metrics.SECONDS, metrics.REFUSALS):
                registry.register(one)
        database = Database(settings)
        running.callback(database.dispose)
        registry.register(Plans(database))
        registry.register(Processes())
        server, thread = start_http_server(int(port), host.strip("[]"), registry)
        running.callback(thread.join)
        running.callback(server.server_close)
        running.callback(server.shutdown)
        yield int(server.server_port)


class Plans(Collector):
    """Asked of the database each time, as a request would; without it only `ttdn_database_up 0`."""

    def __init__(self, database: Database, patience: float = PATIENCE_SECONDS) -> None:
        self._database, self._patience = database, patience
        self._seen = Question(self._look)

    def collect(self) -> Iterable[Metric]:
        """Everything from one snapshot."""
        up = GaugeMetricFamily("ttdn_database_up", "Whether the database answers.")
        states = GaugeMetricFamily(
            "ttdn_obligations", "Counted obligations of plans under way, by state.", labels=["plan", "state"]
        )
        overdue = GaugeMetricFamily(
            "ttdn_obligations_overdue", "Those of them whose day has passed.", labels=["plan"]
        )
        journal = GaugeMetricFamily("ttdn_journal_end", "The number of the journal's newest entry.")
        try:
            found, end = self._seen.ask().result(self._patience)
        except (SQLAlchemyError, TimeoutError):
            up.add_metric([], 0)
            return [up]
        up.add_metric([], 1)
        journal.add_metric([], end)
        for plan in found:
            overdue.add_metric([plan.plan], plan.overdue)
            for state in (*State, None):
                states.add_metric([plan.plan, state or "undefined"], plan.states.get(state, 0))
        return [up, states, overdue, journal]

    def _look(self) -> Seen:
        with self._database.reading() as session:
            return vitals.of_plans(session), vitals.journal_end(session)


class Processes(Collector):
    """The usual figures of a process (Linux alone tells them), of this one and of each worker."""

    def collect(self) -> Iterable[Metric]:
        """Each figure once, with a sample for each process."""
        found: dict[str, Metric] = {}
        for pid in (os.getpid(), *(child.pid for child in multiprocessing.active_children())):
            for figure in ProcessCollector(pid=partial(int, pid or 0), registry=None).collect():
                told = found.setdefault(figure.name, Metric(figure.name, figure.documentation, figure.type))
                for sample in figure.samples:
                    told.add_sample(sample.name, {"pid": str(pid)}, sample.value)
        return found.values()
