"""A long file whose server is killed while it is taken, sent again: every row is there, once."""

import random
import threading
import time
from contextlib import suppress

import httpx
from sqlalchemy import func, select

from app.models import Activity
from app.services import audit
from tests.books import CSV, ROW, csv_of
from tests.faults.sites import Site
from tests.service import PLAN

ROWS = 4_500
AGENCY = "SVHTTDL"


def stored(site: Site) -> int:
    """How many records have come in."""
    return site.look(lambda session: session.scalars(select(func.count()).select_from(Activity)).one())


def sent(site: Site, base_url: str, body: bytes) -> httpx.Response:
    """The file, under its one name."""
    headers = {"Content-Type": CSV, "Idempotency-Key": "quy-1"}
    with site.client(AGENCY, base_url) as office:
        return office.post(f"{PLAN}/imports", content=body, headers=headers, timeout=120)


def unanswered(site: Site, base_url: str, body: bytes) -> None:
    """Send the file to a server that dies over it."""
    with suppress(httpx.TransportError):
        raise AssertionError(f"{sent(site, base_url, body).status_code}, and nobody was killed")


def test_a_file_killed_half_way_is_sent_again_and_whole(site: Site) -> None:
    chance = random.Random(0)
    body = csv_of(*([*ROW[:4], f"Buổi {number}", "1"] for number in range(ROWS)))
    with site.serve() as server:
        for aim in (1, 1_001, 2_001):
            sending = threading.Thread(target=unanswered, args=(site, server.base_url, body))
            sending.start()
            deadline = time.monotonic() + 120
            while stored(site) < aim:
                assert sending.is_alive(), server.log[-2000:]
                assert time.monotonic() < deadline, server.log[-2000:]
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 0.1))
            server.kill9()
            sending.join(30)
            assert stored(site) % 1_000 == 0, "a thousand rows are one unit of work"
            server.start()
        before = stored(site)
        told = sent(site, server.base_url, body)
        again = sent(site, server.base_url, body)
    assert told.status_code == 200, told.text
    counts = told.json()["counts"]
    assert (counts["unchanged"], counts["created"]) == (before, ROWS - before)
    assert again.content == told.content
    assert stored(site) == ROWS
    assert site.look(lambda session: list(audit.differences(session))) == []
