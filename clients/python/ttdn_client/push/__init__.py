"""`ttdn-push`: records from an office's files and programs, delivered once, whatever happens on the way.

The way of an input through the rooms: `reading` takes its bytes and cuts them into parcels, `naming` gives
every record a name it keeps, `spool` holds all of it durably, `sending` delivers what is held, `settling`
files what was refused and the receipts, `summary` says what came of it, `dropping` puts aside what was meant
otherwise. `command` puts them together.
"""

from ttdn_client.push.command import main

__all__ = ["main"]
