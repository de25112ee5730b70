"""Hostile bodies by the hundred, and the process is as large as before.

`TTDN_TEST_TIMES=4` sends the thousand and more that are promised; in CI it is a quarter of that.
"""

import gzip
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http.client import HTTPException
from itertools import cycle, islice
from pathlib import Path

import pytest

from tests import patience
from tests.faults.sites import Site, launcher
from tests.servers import ServerProcess
from tests.service import PLAN
from tests.web.conftest import Connection, head

HOSTILE = 270 * patience.TIMES
MOST_GROWTH = 50 * 1024 * 1024
JSON = {"Content-Type": "application/json"}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc how large a process is")


def resident(server: ServerProcess) -> int:
    """How many bytes of memory the process holds now."""
    for line in Path(f"/proc/{server.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("it is gone")


def requests(site: Site) -> Iterator[tuple[bytes, int]]:
    """One after the other without end: a request, and the status that refuses it."""
    key = site.bearer("SVHTTDL")

    def post(body: bytes, **more: str) -> bytes:
        headers = {**key, **JSON, "Content-Length": str(len(body)), **more}
        return head("POST", f"{PLAN}/activities", **headers) + body

    chunked = head("POST", f"{PLAN}/activities", **key, **JSON, Transfer_Encoding="chunked")
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    million = b'{"title": "' + b"a" * 1_000_000 + b'"}'
    yield from cycle(
        [
            (post(b"[" * 100_000 + b"]" * 100_000), 422),
            (post(b'{"a":' * 100_000), 422),
            (post(million), 422),
            (post(b"[" + b",".join([b"1"] * 400_000) + b"]"), 422),
            (post(gzip.compress(million * 10), Content_Encoding="gzip"), 415),
            (post(b" " * 10_000_000), 413),
            (chunked + chunk * 160 + b"0\r\n\r\n", 413),
            (post(b"{}", X_Long="a" * 70_000), 431),
            (post(b"\xff" * 1_000_000), 400),
        ]
    )


def growth(site: Site, server: ServerProcess, times: int) -> int:
    """By how many bytes the process has grown over so many hostile requests, after a few to begin with."""
    before = 0
    for number, (request, status) in enumerate(islice(requests(site), 45 + times)):
        if number == 45:
            before = resident(server)
        with Connection(server.port) as connection:
            with suppress(ConnectionError):
                connection.socket.sendall(request)  # refused on its head, the rest is not waited for
            with suppress(ConnectionError, HTTPException):
                assert connection.answer("POST").status == status, request[:200]
    return resident(server) - before


@pytest.mark.timeout(120 + 120 * patience.TIMES)
def test_hostile_bodies_leave_the_process_as_large_as_it_was(site: Site) -> None:
    with site.serve() as server:
        grown = growth(site, server, HOSTILE)
        print(f"{HOSTILE} requests, {grown / 2**20:.1f} MiB more")  # noqa: T201
        assert grown < MOST_GROWTH
        assert "Traceback" not in server.log
        with site.client("SVHTTDL", server.base_url) as office:
            assert office.get("/v1/me").status_code == 200


def test_of_who_brings_no_key_no_body_is_taken_in(site: Site) -> None:
    """Ten with files that lack their last byte: answered, heard out, and held nowhere."""
    size = 10 * 1024 * 1024
    file = {"Content_Type": "text/csv", "Content_Length": str(size)}
    with site.serve() as server, ExitStack() as opened:
        callers = [opened.enter_context(Connection(server.port)) for _ in range(10)]
        before = resident(server)
        for number, caller in enumerate(callers):
            key = {"Authorization": "Bearer ttdn_of_my_own"} if number % 2 else {}
            answer = caller.ask(head("POST", f"{PLAN}/imports", **file, **key))
            assert (answer.status, answer.json["reason"]) == (401, "key_invalid" if key else "key_required")
            caller.socket.sendall(b"a" * (size - 1))
        assert resident(server) - before < MOST_GROWTH
        callers[0].socket.sendall(b"a" + head("GET", "/livez"))
        assert callers[0].answer().status == 200, "the next request is found"


def test_a_build_that_keeps_what_it_is_sent_is_seen(site: Site) -> None:
    with site.serve(command=launcher("hoarding")) as server:
        assert growth(site, server, 180) > MOST_GROWTH
