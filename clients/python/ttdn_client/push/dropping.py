"""Dropping: what waits for an address that was meant otherwise, a misspelt plan perhaps, is sent no more.

Nothing is thrown away: `dropped/` gets a file for each input, to be pushed to where it belongs. Of lines they
are the records without an answer, as they stood in the input (of equal ones each but the first with its
name); of a sheet it is the sheet.
"""

from dataclasses import replace
from pathlib import Path

from ttdn_client.client import LINES
from ttdn_client.push import settling
from ttdn_client.push.naming import returned
from ttdn_client.push.parcels import Parcel
from ttdn_client.push.reading import SHEETS
from ttdn_client.push.spool import Spool
from ttdn_client.push.summary import Report

_ENDINGS = {LINES: ".ndjson", **{media: f".{form}" for form, media in SHEETS.items()}}


def drop(spool: Spool, address: str, folder: Path) -> list[Report]:
    """Put aside what waits for this address, and settle what was answered of the same inputs. A run that ends
    in between is made good by the next: the same file is written again."""
    found: dict[int, Report] = {}
    for place in spool.unfinished(address):
        name, sha256, _ = spool.of(place)
        if parcels := spool.waiting(place):
            path = settling.place_in(folder / "dropped", spool, place, _ENDINGS[parcels[0].media])
            settling.write(path, b"".join(map(_kept, parcels)))
            spool.drop(place)
            found[place] = Report(name, "dropped", sha256, tuple(spool.answers(place)), dropped=path)
    settling.finish(spool, address, folder)
    return [replace(one, filed=settling.reasons_of(spool, place, folder)) for place, one in found.items()]


def _kept(parcel: Parcel) -> bytes:
    """What is kept of a parcel."""
    return b"".join(returned(line) + b"\n" for line in parcel.lines) if parcel.lines else parcel.body
