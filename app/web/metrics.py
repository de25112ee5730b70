"""Figures of requests, counted as each ends: how many, how long, refused for what.

Their names are operation ids and codes, of which there are as many as the contract has; never an address,
which anybody may invent, nor a body, a task or a key. With several processes each writes into a file of its
own, in the folder that PROMETHEUS_MULTIPROC_DIR names (`monitoring` makes it), and they are added up there.
"""

from functools import cache

from prometheus_client import Counter, Histogram
from starlette.types import Scope

from app.web import refused

REQUESTS = Counter(
    "ttdn_http_requests",
    "Requests that have ended, by class of status.",
    ["operation", "status"],
    registry=None,
)
SECONDS = Histogram(
    "ttdn_http_request_duration_seconds",
    "From a request's head to the end of its answer.",
    ["operation"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=None,
)
REFUSALS = Counter(
    "ttdn_refusals",
    "Requests, and records of a batch or a file, that were refused, by reason.",
    ["operation", "reason"],
    registry=None,
)

NO_OPERATION = "none"
"""What leads to no operation of the contract: a wrong address, a page of the documentation."""
NOT_ANSWERED = "none"


def observe(scope: Scope, status: int | None, seconds: float) -> None:
    """Count a request that has ended."""
    operation = scope["state"].get("operation") or NO_OPERATION
    requests, spent = _kept(operation, NOT_ANSWERED if status is None else f"{status // 100}xx")
    requests.inc()
    spent.observe(seconds)
    for reason, times in refused.found(scope).items():
        REFUSALS.labels(operation, reason).inc(times)


@cache
def _kept(operation: str, status: str) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(operation, status), SECONDS.labels(operation)
