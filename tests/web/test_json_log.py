"""The log for machines: a JSON object a line, each request with its ids and its time, and no secret."""

import json
import logging
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import sqlite
from app.rules import keys
from app.web.json_log import JsonLines, trace_id
from tests.patience import UNMEASURED
from tests.servers import ServerProcess
from tests.servers.processes import LOOPBACK
from tests.service import PLAN

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
GOOD = f"00-{TRACE}-00f067aa0ba902b7-01"
SECRET = keys.mint(bytes(range(20)))
MEMBERS = {
    *("time", "level", "logger", "message", "request_id", "trace_id", "method", "path", "client"),
    *("status", "duration_ms"),
}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ([], None),
        ([GOOD], TRACE),
        ([f"cc-{TRACE}-00f067aa0ba902b7-01-what-comes-later"], TRACE),
        ([f"{GOOD}-more"], None),
        ([GOOD, GOOD], None),
        ([GOOD.upper()], None),
        ([f"ff-{TRACE}-00f067aa0ba902b7-01"], None),
        ([f"00-{'0' * 32}-00f067aa0ba902b7-01"], None),
        ([f"00-{TRACE}-{'0' * 16}-01"], None),
        ([f"00-{TRACE[:-1]}-00f067aa0ba902b7-01"], None),
        ([f"00-{SECRET}-00f067aa0ba902b7-01"], None),
        ([""], None),
    ],
)
def test_a_trace_is_taken_as_the_standard_writes_it(given: list[str], found: str | None) -> None:
    headers = [(b"traceparent", value.encode()) for value in given]
    assert trace_id({"headers": headers}) == found


def test_whatever_a_record_holds_is_one_line_of_json() -> None:
    try:
        raise ValueError("hai\ndòng \ud800")
    except ValueError:
        record = logging.LogRecord("app", logging.ERROR, __file__, 1, "%s\n\u2028", ("dòng",), sys.exc_info())
    line = JsonLines().format(record)
    assert line.isascii()
    assert len(line.splitlines()) == 1
    said = json.loads(line)
    assert (said["message"], said["level"]) == ("dòng\n\u2028", "error")
    assert "ValueError" in said["exception"]


class Running:
    """The service as an operator runs it, its two streams apart."""

    def __init__(self, folder: Path, form: str) -> None:
        self.database, self.errors = folder / "ttdn.sqlite3", folder / "errors"
        asked = [sys.executable, "-m", "app", "serve", "--host", LOOPBACK, "--port", "{port}"]
        command = f"exec {shlex.join(asked)} 2>{shlex.quote(str(self.errors))}".replace("'{port}'", "{port}")
        environment = {**UNMEASURED, "DATABASE_URL": f"sqlite:///{self.database}", "TTDN_LOG": form}
        self.server = ServerProcess(environment, ("sh", "-c", command))

    def told(self, path: str) -> list[dict[str, Any]]:
        """What was said of a path, of all the lines, each of which is read."""
        lines = [json.loads(line) for line in self.server.log.splitlines()]
        return [line for line in lines if line.get("path") == path]


@pytest.fixture
def running(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Running]:
    made = Running(tmp_path, getattr(request, "param", "json"))
    with made.server:
        yield made


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sh keeps the two streams apart")


def test_every_line_is_an_object_that_tells_of_one_request(running: Running) -> None:
    with httpx.Client(base_url=running.server.base_url) as client:
        answer = client.get("/livez", headers={"traceparent": GOOD, "X-Request-ID": "cua-toi.1"})
        client.head("/livez", headers={"traceparent": "00-x-y-z"})
        assert client.get("/v1/no-such").status_code == 404
        running.server.terminate()
    got, headed = (one for one in running.told("/livez"))
    assert set(got) == set(headed) == MEMBERS
    assert answer.headers["x-request-id"] == got["request_id"] == "cua-toi.1"
    assert (got["trace_id"], headed["trace_id"]) == (TRACE, None)
    assert (got["method"], got["status"], got["client"]) == ("GET", 200, LOOPBACK)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", got["time"])
    assert 0 < got["duration_ms"] < 5000
    assert (headed["method"], headed["status"]) == ("HEAD", 200)
    assert running.told("/v1/no-such")[0]["status"] == 404


@pytest.mark.parametrize("running", ["json", "text"], indirect=True)
def test_no_secret_is_in_any_log(running: Running) -> None:
    with httpx.Client(base_url=running.server.base_url) as client:
        for path in (
            f"{PLAN}/calendar.ics?sig=giu-kin-9f8e7d",
            f"{PLAN}/tasks?key={SECRET}",
            f"/v1/{SECRET}/x",
        ):
            assert client.get(path, headers={"X-Request-ID": SECRET}).status_code in (401, 404, 422)
        client.get("/v1/me", headers={"Authorization": f"Bearer {SECRET}"})
        running.server.terminate()
    written = running.server.log + running.errors.read_text()
    assert "calendar.ics" in written
    assert "/v1/ttdn_" in written
    for secret in ("giu-kin-9f8e7d", "sig=", SECRET, SECRET[5:]):
        assert secret not in written


def test_a_bug_is_told_with_its_request(running: Running) -> None:
    with closing(sqlite.driver().connect(str(running.database))) as opened:
        opened.execute("DROP TABLE keys")
    with httpx.Client(base_url=running.server.base_url) as client:
        answer = client.get("/v1/me", headers={"Authorization": f"Bearer {SECRET}", "traceparent": GOOD})
        assert answer.status_code == 500
        running.server.terminate()
    bug, access = running.told("/v1/me")
    assert (bug["level"], bug["logger"], access["status"]) == ("error", "app.web.catch_all", 500)
    assert bug["request_id"] == access["request_id"] == answer.headers["x-request-id"]
    assert bug["trace_id"] == TRACE
    assert "no such table" in bug["exception"]
    assert SECRET not in running.server.log


def test_no_trial_key_is_written_where_a_log_is_kept(running: Running) -> None:
    assert not re.search(r"ttdn_[0-9A-Za-z]{33}", running.server.log + running.errors.read_text())
