"""A file that another program is still writing is left whole for a later run, and keeps no other back."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.books import csv_of, xlsx_of
from tests.clients.pusher import Pusher, lines, once, series, stored
from tests.clients.test_sheets import rows
from tests.faults.sites import Site

AGAIN = "hãy chạy lại lệnh này sau một phút"


def test_a_csv_that_ends_within_a_record_is_left_until_its_writer_is_done(office: Pusher) -> None:
    """Half a row is a row: of “1.200” “1.2” would be recorded, and beside it the whole one later."""
    file, whole = office.folder / "tuần.csv", csv_of(*rows("torn", 2)) + b"\r\n"
    file.write_bytes(whole[:-6])
    other = office.file("khác.csv", csv_of(*rows("beside", 1)))
    for how in (["--dry-run"], []):
        run = office.push(*how, str(file), other)
        left, sent = run.summary["inputs"]
        assert (run.code, run.counts) == (75, {"created": 1}), run.err
        assert (left["name"], left["state"], left["sha256"]) == ("tuần.csv", "being_written", None)
        assert sent["name"] == "khác.csv"
    assert AGAIN in office.run("--quiet", str(file)).out
    with file.open("ab") as writer:
        writer.write(whole[-6:])
    run = office.push(str(file))
    assert (run.code, run.counts) == (0, {"created": 2}), run.out


@pytest.mark.parametrize("seconds", [-3600, 3600], ids=["an hour ago", "by a clock that is ahead"])
def test_a_csv_without_a_last_line_end_is_taken_once_nobody_writes_it(office: Pusher, seconds: int) -> None:
    file = Path(office.file("x.csv", csv_of(*rows(f"unended {seconds}", 2))))
    written = file.stat().st_mtime + 3600 + seconds
    os.utime(file, (written, written))
    assert office.push(str(file)).counts == {"created": 2}


@contextmanager
def growing(file: Path, more: bytes) -> Iterator[None]:
    """Another program writes to the file all the time."""
    enough = threading.Event()

    def write() -> None:
        with file.open("ab", buffering=0) as writer:
            while not enough.wait(0.001):
                writer.write(more)

    writing = threading.Thread(target=write)
    writing.start()
    try:
        yield
    finally:
        enough.set()
        writing.join()


@pytest.mark.parametrize("name", ["x.ndjson", "x.csv", "x.xlsx"])
def test_what_changes_while_it_is_read_is_left_whole(office: Pusher, lasting_site: Site, name: str) -> None:
    """As long as the reading takes, the writer writes, and always whole lines."""
    file = Path(office.file(name, b"{}\r\n" * 10_000_000))
    with growing(file, b"{}\r\n"):
        run = office.push(str(file))
    assert (run.code, run.counts, run.summary["inputs"][0]["state"]) == (75, {}, "being_written"), run.err
    content = {
        "x.ndjson": lines(series("grown", range(2))),
        "x.csv": csv_of(*rows("grown csv", 2)),
        "x.xlsx": xlsx_of(*rows("grown xlsx", 2)),
    }[name]
    assert office.push(office.file(name, content)).counts == {"created": 2}
    if name == "x.ndjson":
        assert stored(lasting_site, "grown") == once(range(2))
