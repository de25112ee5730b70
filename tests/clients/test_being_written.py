"""A file that another program is still writing is left whole for a later run, and keeps no other back."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.books import csv_of, xlsx_of
from tests.clients.pusher import Pusher, lines, once, series, stored
from tests.clients.test_sheets import rows
from tests.faults.sites import Site
from ttdn_client.push import reading

AGAIN = "hãy chạy lại lệnh này sau một phút"


@contextmanager
def growing(file: Path, more: bytes, every: float = 0.001) -> Iterator[None]:
    """Another program writes to the file all the time, and again after so many seconds."""
    enough = threading.Event()

    def write() -> None:
        with file.open("ab", buffering=0) as writer:
            while not enough.wait(every):
                writer.write(more)

    writing = threading.Thread(target=write)
    writing.start()
    try:
        yield
    finally:
        enough.set()
        writing.join()


def test_a_csv_that_ends_within_a_record_is_left_until_its_writer_is_done(office: Pusher) -> None:
    """Half a row is a row: of “1.200” “1.2” would be recorded, and beside it the whole one later."""
    file, whole = office.folder / "tuần.csv", csv_of(*rows("torn", 2)) + b"\r\n"
    file.write_bytes(whole[:-6])
    other = office.file("khác.csv", csv_of(*rows("beside", 1)))
    with growing(file, b"0", every=reading.SETTLED / 2):
        for how in (["--dry-run"], []):
            run = office.push(*how, str(file), other)
            left, sent = run.summary["inputs"]
            assert (run.code, run.counts) == (75, {"created": 1}), run.err
            assert (left["name"], left["state"], left["sha256"]) == ("tuần.csv", "being_written", None)
            assert sent["name"] == "khác.csv"
        assert AGAIN in office.run("--quiet", str(file)).out
    file.write_bytes(whole)
    run = office.push(str(file))
    assert (run.code, run.counts) == (0, {"created": 2}), run.out


def test_a_csv_without_a_last_line_end_is_taken_once_nobody_writes_it(office: Pusher) -> None:
    """What a program makes anew for every push, and never ends with a line's end, is delivered too."""
    file = office.folder / "x.csv"
    file.write_bytes(csv_of(*rows("unended", 2)))
    assert office.push(str(file)).counts == {"created": 2}


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
