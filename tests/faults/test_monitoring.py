"""The page for Prometheus: what it says is what happened and what the plan's owner reads; who may not know of
a task learns nothing of it."""

import json
import os
import signal
import socket
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app.cli import main
from app.models import Change
from app.settings import Settings
from app.web.monitoring import Plans
from tests.faults.sites import Site
from tests.servers import ServerProcess, ThrowAwayPostgres, free_port
from tests.servers.processes import LOOPBACK
from tests.service import PLAN, training

CONTRACT = json.loads((Path(__file__).parents[2] / "openapi.json").read_text(encoding="utf-8"))
OPERATIONS = {one["operationId"] for path in CONTRACT["paths"].values() for one in path.values()}
Page = Counter[tuple[str, frozenset[tuple[str, str]]]]


@contextmanager
def monitored(site: Site, *arguments: str) -> Iterator[tuple[ServerProcess, str]]:
    """The service, and the address of its page."""
    address = f"{LOOPBACK}:{free_port()}"
    with site.serve(*arguments, TTDN_METRICS=address) as server:
        yield server, f"http://{address}/metrics"


@pytest.fixture(scope="module")
def shared(lasting_site: Site) -> Iterator[tuple[ServerProcess, str]]:
    """One for the tests that look at differences alone."""
    with monitored(lasting_site) as running:
        yield running


def read(page: str) -> Page:
    """Every sample of the page, as Prometheus' own parser reads it."""
    answer = httpx.get(page)
    assert answer.status_code == 200
    return Counter(
        {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        }
    )


def at(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return name, frozenset(labels.items())


def refusals(page: Page) -> dict[tuple[str, str], float]:
    told = ((dict(labels), value) for (name, labels), value in page.items() if name == "ttdn_refusals_total")
    return {(labels["operation"], labels["reason"]): value for labels, value in told}


def test_requests_and_refusals_are_counted_by_operation_and_reason(
    shared: tuple[ServerProcess, str], lasting_site: Site
) -> None:
    server, page = shared
    with lasting_site.client("SVHTTDL", server.base_url) as office:
        before = read(page)
        assert office.post(f"{PLAN}/activities", json=training()).status_code == 201
        assert office.post(f"{PLAN}/activities", json=training(task="IV.6.a")).status_code == 403
        assert office.post(f"{PLAN}/activities", json=training(task="không-có")).status_code == 422
        batch = {"records": [training(), training(task="IV.6.a"), training(kind="x"), training(kind="x")]}
        for rehearsal in ("true", "false"):
            done = office.post(f"{PLAN}/activities/batch", json=batch, params={"dry_run": rehearsal})
            assert done.json()["counts"]["refused"] == 3
        sheet = "Mã nhiệm vụ;Ngày thực hiện;Loại hoạt động;Tiêu đề\nIV.7.b;31/02/2023;Phim;Phim một\n"
        office.post(f"{PLAN}/imports", content=sheet.encode(), headers={"Content-Type": "text/csv"})
        office.head(f"{PLAN}/tasks/IV.7.a")
        assert office.get("/v1/khong-co/IV.7.a").status_code == 404
        assert office.get("/metrics").status_code == 404, "the page is not beside the API"
        gained = read(page)
        gained.subtract(before)
        total = "ttdn_http_requests_total"
        assert gained[at(total, operation="record_activity", status="2xx")] == 1
        assert gained[at(total, operation="record_activity", status="4xx")] == 2
        assert gained[at(total, operation="push_activities", status="2xx")] == 2
        assert gained[at(total, operation="get_task", status="2xx")] == 1
        assert gained[at(total, operation="none", status="4xx")] == 2
        count = at("ttdn_http_request_duration_seconds_count", operation="record_activity")
        assert gained[count] == 3
        assert {one: times for one, times in refusals(gained).items() if times} == {
            ("record_activity", "another_agency"): 1,
            ("record_activity", "unknown_task"): 1,
            ("push_activities", "another_agency"): 1,
            ("push_activities", "not_allowed_value"): 2,
            ("import_activities", "not_a_date"): 1,
            ("none", "not_found"): 2,
        }
        if sys.platform == "linux":
            assert before[at("process_resident_memory_bytes", pid=str(server.pid))] > 0


def test_the_plan_is_counted_as_its_owner_sees_it_and_no_task_is_named(
    shared: tuple[ServerProcess, str], lasting_site: Site
) -> None:
    server, page = shared
    with (
        lasting_site.client("TTBCD", server.base_url) as owner,
        lasting_site.client("SVHTTDL", server.base_url) as office,
    ):
        assert office.post(f"{PLAN}/activities", json=training(title="Bản ghi khác")).status_code == 201

        def states(client: httpx.Client) -> Counter[str]:
            rows = client.get(f"{PLAN}/progress", params={"by": "assignment"}).json()["items"]
            return Counter(row["state"] or "undefined" for row in rows)

        seen: Page = read(page)
        told = {
            dict(labels)["state"]: value
            for (name, labels), value in seen.items()
            if name == "ttdn_obligations" and value
        }
        assert told == states(owner) != states(office)
        late = owner.get(f"{PLAN}/progress").json()["total"]["timeliness"]["open_overdue"]
        assert seen[at("ttdn_obligations_overdue", plan="ttdn-2023")] == late > 0
        written = lasting_site.look(
            lambda session: session.scalars(select(func.count()).select_from(Change)).one()
        )
        assert seen[at("ttdn_journal_end")] >= written > 0
        known = {
            "operation": OPERATIONS | {"none"},
            "status": {"2xx", "4xx", "none"},
            "state": {"undefined", *told, "in_progress", "awaiting_confirmation", "done"},
            "plan": {"ttdn-2023"},
            "pid": {str(server.pid)},
        }
        for _, labels in seen:
            for name, value in labels:
                assert name in ("le", "reason") or value in known[name], (name, value)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at through /proc")
def test_workers_are_added_up_and_one_that_dies_takes_nothing_along(cluster_site: Site) -> None:
    with monitored(cluster_site, "--workers", "2") as (server, page):
        workers = {dict(labels)["pid"] for name, labels in read(page) if name == "process_open_fds"}
        asked, answered = 0, at("ttdn_http_requests_total", operation="get_livez", status="2xx")
        workers -= {str(server.pid)}
        assert len(workers) == 2
        for _ in range(2):
            for _ in range(20):
                assert httpx.get(f"{server.base_url}/livez").status_code == 200  # a new connection each
                asked += 1
            assert read(page)[answered] == asked
            for worker in list(workers)[:1]:
                os.kill(int(worker), signal.SIGKILL)
                workers.remove(worker)


def test_without_its_database_the_page_says_so_and_goes_on(
    cluster: ThrowAwayPostgres, cluster_site: Site
) -> None:
    with monitored(cluster_site) as (server, page):
        assert read(page)[at("ttdn_database_up")] == 1
        cluster.stop()
        try:
            assert httpx.get(f"{server.base_url}/readyz").status_code == 503
            seen = read(page)
        finally:
            cluster.start()
        assert at("ttdn_database_up") in seen
        assert seen[at("ttdn_database_up")] == 0
        assert at("ttdn_journal_end") not in seen
        assert seen[at("ttdn_http_requests_total", operation="get_readyz", status="5xx")] == 1
        assert read(page)[at("ttdn_database_up")] == 1


class Silent:
    """A database that does not even refuse, until it is let."""

    def __init__(self) -> None:
        self.asked, self.speaks = 0, threading.Event()

    @contextmanager
    def reading(self) -> Iterator[None]:
        self.asked += 1
        if self.speaks.wait(60):
            raise OperationalError("", {}, Exception())
        yield


def test_a_database_that_says_nothing_is_down_and_asked_by_one_alone() -> None:
    silent: Any = Silent()
    plans = Plans(silent, patience=0.05)

    def told() -> list[tuple[str, float]]:
        return [(sample.name, sample.value) for family in plans.collect() for sample in family.samples]

    down = [("ttdn_database_up", 0.0)]
    assert [told(), told(), silent.asked] == [down, down, 1]
    silent.speaks.set()
    while silent.asked == 1:
        assert told() == down, "it refuses now"
    assert silent.asked == 2


def test_there_is_no_page_unless_it_is_asked_for(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().metrics is None
    for wrong in ("9464", "127.0.0.1", ":9464", "127.0.0.1:", "::1:9464", "http://x:1"):
        with pytest.raises(ValidationError):
            Settings(metrics=wrong)
    with socket.create_server((LOOPBACK, 0)) as taken:
        monkeypatch.setenv("DATABASE_URL", site.url)
        monkeypatch.setenv("TTDN_METRICS", f"{LOOPBACK}:{taken.getsockname()[1]}")
        said = CliRunner().invoke(main, ["serve", "--port", "0"])
    assert said.exit_code == 1
    assert "TTDN_METRICS" in said.stderr
