"""The published contract held against the running service, on both databases: every check that schemathesis
has, called as two agencies. What it may not say is named in `contract_checks`."""

from pathlib import Path

import pytest

from app.services import audit
from tests import patience
from tests.faults.contract_run import furnish, run
from tests.faults.sites import Site, launcher

LEAST_CASES = 5_000
PHASES = ("--phases", "examples,coverage")
"""The published examples, and every way in which the contract says that a request can be right or wrong."""
HOW = ("--max-examples", str(patience.EXAMPLES)) if patience.EXAMPLES else PHASES
PLANTED = ("get_me", "get_agency", "subscribe", "find_subscriptions", "get_subscription")


@pytest.mark.timeout(600 + 120 * patience.EXAMPLES)
def test_nothing_is_found(site: Site, tmp_path: Path) -> None:
    names = furnish(site)
    with site.serve() as server:
        ran = run(site, server.base_url, names, tmp_path, *HOW)
        assert "Traceback" not in server.log, server.log[-4000:]
    assert ran.code == 0, ran.said[-20_000:]
    print(f"{ran.cases} requests, nothing found")  # noqa: T201
    assert ran.cases >= LEAST_CASES
    assert site.look(lambda session: list(audit.differences(session))) == [], "a figure is not its records'"


def test_what_is_planted_is_found(site: Site, tmp_path: Path) -> None:
    names = furnish(site)
    chosen = [f"--include-operation-id={operation}" for operation in PLANTED]
    with site.serve(command=launcher("careless")) as server:
        ran = run(site, server.base_url, names, tmp_path, *PHASES, *chosen)
    assert ran.code == 1, ran.said[-4000:]
    for found in ("Server error", "Response violates schema", "Object-level authorization bypass"):
        assert found in ran.said, ran.said[-8000:]
