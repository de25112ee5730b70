"""The spool: a small database beside the office's files, so that nothing is lost and nothing is sent twice.

An input is taken in whole, with the Idempotency-Key of every parcel, in one durable transaction before any
of it is sent. A parcel is marked with its answer in one transaction. Whatever ends a run in between, the next
one sends what has no answer under the same key, and the service answers what it answered. One run at a time:
the database itself is locked while it is open, and the system lets go of the lock however the run ends.
"""

import json
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from enum import Enum
from importlib.resources import files
from pathlib import Path
from typing import Any

from ttdn_client.client import LINES
from ttdn_client.push.parcels import Answered, Input, Line, Parcel

VERSION = 1


class Held(Exception):
    """Another run is using the spool."""


class Standing(Enum):
    """How an input stands when it is handed in."""

    NEW = "new"
    PENDING = "pending"
    DELIVERED = "delivered"


@contextmanager
def opened(folder: Path) -> Iterator["Spool"]:
    """The spool of a folder, for this run alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder / "spool.sqlite3", timeout=0, isolation_level=None)) as database:
        try:
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            for setting in ("synchronous = EXTRA", "fullfsync = ON", "foreign_keys = ON"):
                database.execute(f"PRAGMA {setting}")
            database.execute("BEGIN EXCLUSIVE")
            (version,) = database.execute("PRAGMA user_version").fetchone()
            database.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise Held from None
            raise
        if version == 0:
            schema = files("ttdn_client.push").joinpath("spool.sql").read_text(encoding="utf-8")
            database.executescript(f"BEGIN EXCLUSIVE;\n{schema}\nCOMMIT;")
        elif version != VERSION:
            raise sqlite3.DatabaseError(f"version {version}, not {VERSION}")
        yield Spool(database)


class Spool:
    """Everything that is asked of the database, and nothing else reaches it."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def take(self, given: Input, address: str, *, again: bool) -> tuple[int, Standing]:
        """Take an input in, unless the same is on its way to the same place, or has been delivered."""
        known = self._database.execute(
            "SELECT id, finished_at FROM inputs WHERE sha256 = ? AND address = ? AND EXISTS "
            "(SELECT 1 FROM parcels WHERE input = inputs.id AND target = ?) ORDER BY id DESC LIMIT 1",
            (given.sha256, address, given.parcels[0].target),
        ).fetchone()
        if known is not None and (known[1] is None or not again):
            return known[0], Standing.DELIVERED if known[1] else Standing.PENDING
        with self._transaction():
            place = self._insert(
                "INSERT INTO inputs (name, sha256, address, mode, taken_at) VALUES (?, ?, ?, ?, ?)",
                given.name, given.sha256, address, given.mode, _now(),
            )  # fmt: skip
            for parcel in given.parcels:
                self._hold(place, parcel)
        return place, Standing.NEW

    def pending(self, address: str) -> list[int]:
        """The parcels without an answer, in the order they were taken in."""
        query = "SELECT parcels.id FROM parcels JOIN inputs ON inputs.id = input WHERE status IS NULL"
        return [one for (one,) in self._database.execute(f"{query} AND address = ? ORDER BY 1", (address,))]

    def pending_elsewhere(self, address: str) -> dict[str, int]:
        """How many parcels wait for each other service or plan."""
        query = "SELECT address, count(*) FROM parcels JOIN inputs ON inputs.id = input WHERE status IS NULL"
        found = self._database.execute(f"{query} AND address <> ? GROUP BY address ORDER BY 1", (address,))
        return dict(found.fetchall())

    def waiting(self, place: int) -> list[Parcel]:
        """The parcels of an input without an answer, with their lines."""
        query = "SELECT id FROM parcels WHERE input = ? AND status IS NULL ORDER BY id"
        found = [self.parcel(one) for (one,) in self._database.execute(query, (place,)).fetchall()]
        return [replace(one, lines=self._lines(one.place)) for one in found]

    def drop(self, place: int) -> None:
        """Forget the parcels of an input without an answer. What was answered stays, and the input is known
        by its content no more: the same file again is another input."""
        waiting = "SELECT id FROM parcels WHERE input = ? AND status IS NULL"
        execute = self._database.execute
        with self._transaction():
            execute(f"DELETE FROM lines WHERE parcel IN ({waiting})", (place,))
            execute(f"DELETE FROM parcels WHERE id IN ({waiting})", (place,))
            execute("UPDATE inputs SET sha256 = 'dropped ' || sha256 WHERE id = ?", (place,))

    def parcel(self, place: int) -> Parcel:
        """One parcel as it is sent, every time."""
        target, media, body, key, mode = self._database.execute(
            "SELECT target, media, body, idempotency_key, mode FROM parcels JOIN inputs ON inputs.id = input "
            "WHERE parcels.id = ?",
            (place,),
        ).fetchone()
        return Parcel(target, media, body, idempotency_key=key, mode=mode, place=place)

    def answered(self, parcel: Parcel, said: Answered) -> None:
        """Mark a parcel with what the service said of it for good."""
        answer = json.dumps(said.answer, ensure_ascii=False)
        with self._transaction():
            self._database.execute(
                "UPDATE parcels SET status = ?, answer = ?, answered_at = ? WHERE id = ?",
                (said.status, answer, _now(), parcel.place),
            )
            self._database.executemany(
                "INSERT INTO receipts (id, parcel) VALUES (?, ?)",
                [(receipt, parcel.place) for receipt in said.receipts],
            )

    def renew(self, parcel: Parcel) -> None:
        """Nothing of it was taken, and the next answer is to be another: it goes under another key."""
        self._database.execute(
            "UPDATE parcels SET idempotency_key = ? WHERE id = ?", (str(uuid.uuid4()), parcel.place)
        )

    def unfinished(self, address: str) -> list[int]:
        """The inputs that are not finished."""
        query = "SELECT id FROM inputs WHERE finished_at IS NULL AND address = ? ORDER BY id"
        return [one for (one,) in self._database.execute(query, (address,))]

    def of(self, place: int) -> tuple[str, str, str]:
        """An input's name, its SHA-256, and when it was taken in."""
        query = "SELECT name, sha256, taken_at FROM inputs WHERE id = ?"
        name, sha256, taken_at = self._database.execute(query, (place,)).fetchone()
        return name, sha256, taken_at

    def answers(self, place: int) -> list[Answered | None]:
        """What came of each parcel of an input; None for one that waits."""
        query = "SELECT id, status, answer FROM parcels WHERE input = ? ORDER BY id"
        return [
            None if status is None else Answered(self._lines(parcel), status, json.loads(answer))
            for parcel, status, answer in self._database.execute(query, (place,)).fetchall()
        ]

    def sent_for_receipts(self, place: int) -> Iterator[tuple[str, bytes]]:
        """The receipts of an input's lines, each with the bytes that were sent for it."""
        query = "SELECT receipts.id, body FROM receipts JOIN parcels ON parcels.id = parcel"
        yield from self._database.execute(f"{query} WHERE input = ? AND media = ?", (place, LINES))

    def finish(self, place: int) -> None:
        """Everything is answered and filed: let go of what was sent."""
        execute, lines = self._database.execute, "parcel IN (SELECT id FROM parcels WHERE input = ?)"
        with self._transaction():
            execute("UPDATE inputs SET finished_at = ? WHERE id = ?", (_now(), place))
            execute("UPDATE parcels SET body = NULL WHERE input = ?", (place,))
            execute(f"UPDATE lines SET raw = x'' WHERE {lines}", (place,))

    def receipts_wanted(self, address: str) -> list[str]:
        """Receipts that were promised and are not kept yet."""
        query = (
            "SELECT DISTINCT receipts.id FROM receipts JOIN parcels ON parcels.id = parcel "
            "JOIN inputs ON inputs.id = input WHERE NOT kept AND address = ? ORDER BY 1"
        )
        return [one for (one,) in self._database.execute(query, (address,))]

    def receipt_kept(self, receipt: str) -> None:
        """It lies in its folder now."""
        self._database.execute("UPDATE receipts SET kept = 1 WHERE id = ?", (receipt,))

    def receipt_unknown(self, receipt: str) -> None:
        """The service does not know it: it is asked for no more."""
        self._database.execute("UPDATE receipts SET kept = 2 WHERE id = ?", (receipt,))

    def doubt(self, place: int) -> None:
        """Ask for the last receipt of a delivered input once more: does the service still know it?"""
        self._database.execute(
            "UPDATE receipts SET kept = 0 WHERE id = (SELECT max(receipts.id) FROM receipts "
            "JOIN parcels ON parcels.id = parcel WHERE input = ?)",
            (place,),
        )

    def _hold(self, place: int, parcel: Parcel) -> None:
        number = self._insert(
            "INSERT INTO parcels (input, target, media, idempotency_key, body) VALUES (?, ?, ?, ?, ?)",
            place, parcel.target, parcel.media, parcel.idempotency_key, parcel.body,
        )  # fmt: skip
        self._database.executemany(
            "INSERT INTO lines (parcel, place, number, source_system, external_id, raw) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [
                (number, index, line.number, line.source_system, line.external_id, line.raw)
                for index, line in enumerate(parcel.lines)
            ],
        )

    def _lines(self, parcel: int) -> tuple[Line, ...]:
        query = "SELECT number, raw, source_system, external_id FROM lines WHERE parcel = ? ORDER BY place"
        return tuple(Line(*row) for row in self._database.execute(query, (parcel,)))

    def _insert(self, statement: str, *values: Any) -> int:
        place = self._database.execute(statement, values).lastrowid
        assert place is not None  # noqa: S101 - an INSERT always has one
        return place

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
