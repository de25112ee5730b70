"""Settling: once an input is answered, what was refused is filed for a person to mend, and receipts are kept.

`refused/` gets two files for an input: the refused records byte by byte as they stood in it (of equal ones
each but the first with its name), to be mended and pushed again, and beside them why, in words. Of a sheet
there is the second only: the sheet is there. `receipts/` gets each receipt, and beside it the lines it is for
as they were sent, which no file of the office's has byte by byte; a sheet was sent as it is.
"""

import json
import os
import re
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize

from ttdn_client.client import Client
from ttdn_client.problems import KeyRefused, NotPermitted, Passing, Problem, TtdnError
from ttdn_client.push import findings
from ttdn_client.push.findings import Refused
from ttdn_client.push.spool import Spool

MOST_OF_A_NAME = 100
"""Bytes of an input's name that its files get: more is said around it; encrypted disks take 143 in all."""


def finish(spool: Spool, address: str, folder: Path) -> None:
    """File what was refused of every input that is answered in full, and what its receipts will be for, then
    let go of what was sent. A run that ends in between is made good by the next: the same files are written
    again."""
    for place in spool.unfinished(address):
        answers = spool.answers(place)
        if None in answers:
            continue
        given = [one for one in answers if one]
        refused, untold = findings.refused(given), findings.untold(given)
        if refused or untold:
            _file(refused, untold, refusals_of(spool, place, folder))
        for receipt, sent in spool.sent_for_receipts(place):
            write(_receipt(folder, receipt).with_suffix(".ndjson"), sent)
        spool.finish(place)


def refusals_of(spool: Spool, place: int, folder: Path) -> Path:
    """Where the refused records of an input are filed; the reasons lie beside, as .txt."""
    return place_in(folder / "refused", spool, place, ".ndjson")


def reasons_of(spool: Spool, place: int, folder: Path) -> Path | None:
    """Where it is filed why records of an input were refused; None where none was."""
    filed = refusals_of(spool, place, folder).with_suffix(".txt")
    return filed if filed.exists() else None


def place_in(folder: Path, spool: Spool, place: int, ending: str) -> Path:
    """Where something of an input is filed, by its name, its day and its number."""
    name, _, taken_at = spool.of(place)
    stem = _plain(Path(name).stem).encode()[:MOST_OF_A_NAME].decode(errors="ignore")
    return folder / f"{stem}-{taken_at[:10]}-{place}{ending}"


class Receipts(NamedTuple):
    """How many receipts are still to come, and which the service does not know."""

    to_come: int
    unknown: list[str]


def keep_receipts(spool: Spool, client: Client, folder: Path) -> Receipts:
    """Fetch the receipts that were promised. One that the service does not know is put aside, since it never
    will; what fails is fetched next time, the rest at once unless it would fail as well."""
    wanted = spool.receipts_wanted(client.address)
    to_come, unknown = len(wanted), list[str]()
    for receipt in wanted:
        try:
            said = client.get(f"receipts/{receipt}")
        except Problem as problem:
            if problem.status == 404:
                spool.receipt_unknown(receipt)
                unknown.append(receipt)
                to_come -= 1
            elif isinstance(problem, (Passing, KeyRefused, NotPermitted)) and problem.status != 500:
                break
            continue
        except TtdnError:
            break
        path = _receipt(folder, receipt)
        if not path.exists():
            write(path, (json.dumps(said, ensure_ascii=False, indent=2) + "\n").encode())
        spool.receipt_kept(receipt)
        to_come -= 1
    return Receipts(to_come, unknown)


def _receipt(folder: Path, receipt: str) -> Path:
    return folder / "receipts" / f"{_plain(receipt)}.json"


def _file(refused: list[Refused], untold: int, path: Path) -> None:
    raws = [one.raw for one in refused if one.raw]
    if raws:
        write(path, b"\n".join(raws) + b"\n")
    reasons = [*map(in_words, refused), *([_further(untold)] if untold else [])]
    write(path.with_suffix(".txt"), "\n".join(reasons).encode() + b"\n")


def in_words(one: Refused) -> str:
    """Why a record was refused, for a person to read."""
    where = "cả tệp · whole file" if one.number is None else f"dòng {one.number} · line {one.number}"
    return "\n".join([f"{where} [{one.status} {one.code}]", *(f"    {reason}" for reason in one.reasons)])


def _further(untold: int) -> str:
    """What to do about refused rows that the service does not tell of."""
    return (
        f"còn {untold} dòng bị từ chối phía dưới, dịch vụ không kể: "
        "sửa các dòng trên rồi gửi lại, hay chia nhỏ tệp · "
        f"{untold} more rows below are refused, which the service does not tell of: mend these and send the "
        "file again, or send it in parts"
    )


def _plain(name: str) -> str:
    """The name as every file system takes it; letter by letter, where macOS keeps tone marks apart."""
    return re.sub(r"[^\w.-]+", "_", normalize("NFC", name))


def write(path: Path, content: bytes) -> None:
    """A file that is there whole or not at all."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
