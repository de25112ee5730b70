"""How much memory and time a large sheet takes: a real server's peak, read from /proc while it works.

    python -m benchmarks.sheets [rows]

What goes out are copies of one record, put into the table by the driver, since only reading them is measured.
What comes in is judged and recorded row by row as any file is; its preview is measured as well.
"""

import re
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import httpx
from ulid import ULID

from benchmarks import driver
from benchmarks.batch import batch, calling
from tests import servers
from tests.books import XLSX, xlsx_of
from tests.conftest import BACKENDS, Seeded
from tests.servers import ServerProcess
from tests.service import PLAN

FORMS = ("csv", "xlsx")


def peak(server: ServerProcess) -> int:
    """The most memory the process has ever had resident, in MiB."""
    status = Path(f"/proc/{server.pid}/status").read_text(encoding="ascii")
    [kilobytes] = re.findall(r"VmHWM:\s+(\d+) kB", status)
    return int(kilobytes) // 1024


def measured(what: str, server: ServerProcess, work: Callable[[], int]) -> None:
    """Do it once and say what it took."""
    before, started = peak(server), time.perf_counter()
    size = work()
    seconds, after = time.perf_counter() - started, peak(server)
    sys.stdout.write(
        f"{what}: {size / 1024**2:.1f} MiB in {seconds:.0f} s; "
        f"peak {after} MiB, {after - before} more than before\n"
    )


def export(client: httpx.Client, form: str) -> int:
    """Download a whole list and keep nothing of it."""
    with client.stream("GET", f"{PLAN}/activities", params={"format": form}) as answer:
        assert answer.status_code == 200
        return sum(len(piece) for piece in answer.iter_raw())


def multiply(url: str, rows: int) -> None:
    """Put so many copies of the one record into its table."""
    [first] = driver.stored(url)
    names, copies = driver.columns("activities"), []
    for number in range(rows - 1):
        said = dict(zip(names, first, strict=True))
        said["id"] += 1 + number
        said["public_id"], said["external_id"] = str(ULID()), f"{said['external_id']}/{number}"
        copies.append(tuple(said.values()))
    with driver.opened(url) as connection:
        driver.put(connection, url, "activities", copies)


def file_of(rows: int) -> bytes:
    """A file of so many records, all of them different."""
    return xlsx_of(
        *(["IV.9.1", "", "12/05/2023", "Tin, bài", f"Tin đối ngoại số {n}", n % 9 + 1] for n in range(rows))
    )


def bring_in(client: httpx.Client, body: bytes, rows: int, dry_run: bool) -> int:
    """Send a file; every row of it is taken."""
    answer = client.post(
        f"{PLAN}/imports", content=body, headers={"Content-Type": XLSX}, params={"dry_run": dry_run}
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["counts"]["created"] == rows
    return len(body)


def main(rows: int = 100_000) -> None:
    """Both databases; each server is new, so that its peak is this work's."""
    cluster = servers.start_for_session(durable=True)
    with tempfile.TemporaryDirectory() as folder:
        for backend in BACKENDS:
            seeded = Seeded(backend, Path(folder))
            url = seeded.copy()
            headers = {"Authorization": f"Bearer {seeded.secrets['BAOTV']}"}
            with calling(url, seeded.secrets["BAOTV"]) as client:
                batch(client, "sheet", 1)
            multiply(url, rows)
            for form in FORMS:
                with (
                    ServerProcess({"DATABASE_URL": url}) as server,
                    httpx.Client(base_url=server.base_url, headers=headers, timeout=3600) as client,
                ):
                    assert client.get(f"{PLAN}/activities?limit=200").status_code == 200
                    measured(f"{backend}: {rows} rows out as {form}", server, partial(export, client, form))
            body, empty = file_of(rows), seeded.copy()
            for dry_run in (True, False):
                with (
                    ServerProcess({"DATABASE_URL": empty}) as server,
                    httpx.Client(base_url=server.base_url, headers=headers, timeout=7200) as client,
                ):
                    assert client.get(f"{PLAN}/activities?limit=200").status_code == 200
                    what = f"{backend}: {rows} rows {'previewed' if dry_run else 'in'} as xlsx"
                    measured(what, server, partial(bring_in, client, body, rows, dry_run))
    if cluster is not None:
        cluster.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
