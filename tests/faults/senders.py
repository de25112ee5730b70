"""Offices that push through `ttdn-push`, kill it and start it again, as computers do that lose power."""

import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

from tests.clients.pusher import Pusher, lines
from tests.faults.offices import SYSTEM, WORK
from tests.faults.wire import Wire

SIZES = (1, 5, 20)
"""Records in a batch."""
NOT_YET, KILLED = 75, -9


class Sender(threading.Thread):
    """One office: writes file after file, and pushes each until it is told that all of it was delivered."""

    def __init__(self, agency: str, computer: Pusher, seed: int) -> None:
        super().__init__(name=agency, daemon=True)
        self._computer = computer
        self._chance = random.Random(f"{agency} {seed}")
        self._series = f"{seed}-{agency}-"
        self._ended = threading.Event()
        self._left: tuple[str, ...] | None = None
        """The arguments of a push that is not known to be done."""
        self.exits: Counter[int] = Counter()
        self.strange: list[str] = []
        self.titles: dict[str, str] = {}
        """external_id → title of every record that was written into a file."""
        self.batches: list[list[str]] = []
        self.unknown: dict[str, set[str]] = {}

    @property
    def acknowledged(self) -> dict[str, tuple[str, str]]:
        """external_id → the id and the title of each record that the command told as delivered."""
        spool = self._computer.spool / "spool.sqlite3"
        if not spool.exists():
            return {}
        with closing(sqlite3.connect(spool)) as opened:
            rows = opened.execute("SELECT external_id, activity FROM delivered").fetchall()
        return {external_id: (activity, self.titles[external_id]) for external_id, activity in rows}

    def run(self) -> None:
        for number in count():
            if self._ended.is_set() or self.strange:
                return
            self._left = self._written(number)
            while self._left and not self._ended.is_set() and not self.strange:
                self._push(patience=1, may_die=True)

    def end(self) -> None:
        """Finish the run in hand and write no more."""
        self._ended.set()
        self.join(120)
        assert not self.is_alive(), f"{self.name} still runs"

    def finish(self) -> None:
        """What is left, on a good line to a server that lives. With one that lost what it had answered for
        nobody is ever done: its receipts are unknown."""
        for _ in range(5):
            if self._left:
                self._push(patience=60, may_die=False)

    @property
    def is_done(self) -> bool:
        """Whether the command has told that all of it was delivered."""
        return self._left is None

    def _written(self, number: int) -> tuple[str, ...]:
        size = self._chance.choice(SIZES)
        records = [
            {
                "occurred_on": "2023-05-12",
                "title": f"Lần {self._series}{number}-{n}",
                "source_system": SYSTEM,
                "external_id": f"{self._series}{number}-{n}",
                **WORK[self.name](n),
            }
            for n in range(2 * size + self._chance.randrange(size + 3))
        ]
        names = [str(record["external_id"]) for record in records]
        self.titles |= {str(record["external_id"]): str(record["title"]) for record in records}
        self.batches += [names[first : first + size] for first in range(0, len(names), size)]
        file = self._computer.file(f"{number}.ndjson", lines(records))
        return ("--mode", "atomic", "--batch", str(size), file)

    def _push(self, *, patience: int, may_die: bool) -> None:
        run = self._computer.begin("--quiet", "--patience", str(patience), *(self._left or ()))
        if may_die and self._chance.random() < 0.4:
            time.sleep(self._chance.uniform(0, 2))
            run.kill()
        code = run.wait(120)
        self.exits[code] += 1
        if code == 0:
            self._left = None
        elif code not in (NOT_YET, KILLED):
            self.strange.append(f"exit {code}: {self._computer.log.read_text()}")


@contextmanager
def sending(secrets: Mapping[str, str], wire: Wire, folder: Path, seed: int) -> Iterator[Sequence[Sender]]:
    """Four offices at work while the block runs; after it they have tried to deliver all that they wrote."""
    senders = []
    for agency in WORK:
        own = folder / f"{agency}-{seed}"
        own.mkdir()
        senders.append(Sender(agency, Pusher(wire.url, secrets[agency], own), seed))
        senders[-1].start()
    try:
        yield senders
    finally:
        for sender in senders:
            sender.end()
    wire.calm()
    for sender in senders:
        sender.finish()


def died(senders: Sequence[Sender]) -> int:
    """How often one of them was killed."""
    return sum(sender.exits[KILLED] for sender in senders)
