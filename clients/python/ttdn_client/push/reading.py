"""Inputs: their bytes, and how they are cut into parcels.

Lines of JSON are cut here. A sheet is one parcel: what its columns and rows mean, only the service knows.
"""

import hashlib
import os
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from ttdn_client.answers import Mode, Table
from ttdn_client.client import BATCH, IMPORTS, LINES
from ttdn_client.push.naming import Namer
from ttdn_client.push.parcels import Input, Line, Parcel

STDIN = "-"
SHEETS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMATS = ("ndjson", *SHEETS)
_ENDINGS = {".ndjson": "ndjson", ".jsonl": "ndjson", ".csv": "csv", ".xlsx": "xlsx"}

MOST_BYTES = 1_000_000
"""Of one parcel of several lines; the service takes 1 MiB unless it is set up otherwise."""
_MARK = b"\xef\xbb\xbf"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
"""How a file in UTF-16 begins: cut at its line ends it is in pieces that nobody can mend."""

JUST_NOW = 60
"""Seconds since somebody wrote, or until then by a clock that is ahead, within which more may come."""
SETTLED = 3
"""Seconds without a word from the writer, after which no more does."""


class Unfit(Exception):
    """An input that cannot be taken in; the text says why, in both languages."""


class Unsettled(Exception):
    """A file that somebody is writing: it is left, and a later run takes it whole; the text is its name."""


def read(given: str, form: str | None, table: Table, *, batch: int, mode: Mode, source: str) -> Input:
    """Take an input in: a file's path, or `-` for standard input."""
    form = form or ("ndjson" if given == STDIN else _ENDINGS.get(Path(given).suffix.lower()))
    if form is None:
        raise Unfit(
            f"{given}: không rõ định dạng, hãy nêu --format · unknown kind of file, name it by --format"
        )
    if form not in SHEETS and table != "activities":
        raise Unfit(f"{given}: --of {table} cần CSV hoặc XLSX · needs CSV or XLSX")
    name = "stdin" if given == STDIN else os.fsencode(Path(given).name).decode(errors="replace")
    try:
        content = sys.stdin.buffer.read() if given == STDIN else _at_rest(Path(given), name, form)
    except OSError as error:
        raise Unfit(f"{given}: không đọc được · cannot be read ({error.strerror})") from None
    if form == "ndjson" and content.startswith(UTF16):
        raise Unfit(
            f"{given}: tệp UTF-16, cần UTF-8 (PowerShell: Out-File -Encoding utf8) · "
            "UTF-16, where UTF-8 is needed"
        )
    if form == "xlsx" and not content:
        raise Unfit(f"{given}: tệp 0 byte, có lẽ đang được ghi · 0 bytes: is it still being written?")
    parcels = (
        _sheet(content, IMPORTS[table], form, mode)
        if form in SHEETS
        else _lines(content, batch, mode, Namer(source))
    )
    return Input(name, hashlib.sha256(content).hexdigest(), mode, tuple(parcels))


def _at_rest(path: Path, name: str, form: str) -> bytes:
    """A file's content, if nobody writes to it meanwhile. Half a record of CSV looks like a whole one, so
    more is waited for where the last line has no end; half a line of JSON or half a workbook is nothing to
    anybody."""
    with path.open("rb") as file:
        before = os.fstat(file.fileno())
        if not stat.S_ISREG(before.st_mode):  # a pipe with a name
            return file.read()
        content = file.read(before.st_size + 1)  # and not all: who writes faster than is read never ends
        if form == "csv" and _is_torn(content) and abs(time.time() - before.st_mtime) < JUST_NOW:
            time.sleep(SETTLED)
        after = os.fstat(file.fileno())
    if len(content) != before.st_size or _moment(before) != _moment(after):
        raise Unsettled(name)
    return content


def _moment(seen: os.stat_result) -> tuple[int, int]:
    return seen.st_size, seen.st_mtime_ns


def _is_torn(csv: bytes) -> bool:
    """Whether the last line has no end; in UTF-16 a zero may stand behind it."""
    return not csv.rstrip(b"\0").endswith((b"\n", b"\r"))


def _sheet(content: bytes, target: str, form: str, mode: Mode) -> Iterator[Parcel]:
    if content:
        yield Parcel(target, SHEETS[form], content, mode=mode)


def _lines(content: bytes, batch: int, mode: Mode, namer: Namer) -> Iterator[Parcel]:
    """Batches of so many lines, and of fewer where the lines are long; a line too long goes by itself, so
    that it takes no other with it when it is refused."""
    bodies: list[bytes] = []
    lines: list[Line] = []
    size = 0
    for number, one in enumerate(content.removeprefix(_MARK).split(b"\n"), 1):
        if not (raw := one.strip()):
            continue
        body, line = namer.named(number, raw)
        if bodies and (len(bodies) == batch or size + len(body) > MOST_BYTES):
            yield Parcel(BATCH, LINES, b"\n".join(bodies), tuple(lines), mode=mode)
            bodies, lines, size = [], [], 0
        bodies.append(body)
        lines.append(line)
        size += len(body) + 1
    if bodies:
        yield Parcel(BATCH, LINES, b"\n".join(bodies), tuple(lines), mode=mode)
