"""`ttdn-push` as a process, the records it is given, and what the database holds of them."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from coverage import Coverage
from sqlalchemy import select

from app.models import Activity
from tests.faults.sites import Site
from tests.patience import UNMEASURED
from tests.servers.forked import Streams, launched
from tests.servers.processes import Process
from tests.service import training

COMMAND = (sys.executable, "-m", "ttdn_client.push")


class Run(NamedTuple):
    """A run that has ended."""

    code: int
    out: str
    err: str

    @property
    def summary(self) -> dict[str, Any]:
        """What `--json` printed."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def counts(self) -> dict[str, int]:
        """What came of the records of all inputs together, without what came to none."""
        total: Counter[str] = Counter()
        for one in self.summary["inputs"]:
            total.update(one["counts"])
        return {result: n for result, n in total.items() if n}


class Pusher:
    """An office's computer: a folder with its files and its spool, an address and a key."""

    def __init__(self, url: str, key: str, folder: Path) -> None:
        self.url, self.key, self.folder = url, key, folder
        self.spool, self.log = folder / "ttdn-push", folder / "log"

    def file(self, name: str, content: bytes) -> str:
        """A file of the office's, which nobody has written to for an hour."""
        path = self.folder / name
        path.write_bytes(content)
        os.utime(path, (time.time() - 3600,) * 2)
        return str(path)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """Begin a run that is spoken to while it lives."""
        return subprocess.Popen(
            [*COMMAND, *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**self.environment(), **environment},
        )  # fmt: skip

    def begin(self, *arguments: str) -> Process:
        """Begin a run of which nothing but its end is asked, or what is in `log`: one among hundreds."""
        self.log.write_bytes(b"")
        streams = Streams(os.devnull, str(self.log), str(self.log))
        return launched((*COMMAND, *arguments), {**self.environment(), **UNMEASURED}, streams)

    def run(self, *arguments: str, **environment: str) -> Run:
        """A whole run."""
        return self._whole(arguments, b"", environment)

    def push(self, *arguments: str, given: bytes = b"", **environment: str) -> Run:
        """A whole run that tells what came of it as JSON; `given` is its standard input."""
        return self._whole(("--json", *arguments), given, environment)

    def _whole(self, arguments: Sequence[str], given: bytes, environment: Mapping[str, str]) -> Run:
        if Coverage.current() is not None:  # of a process that is forked it would see nothing
            return ended(self.start(*arguments, **environment), given)
        with TemporaryDirectory() as folder:
            streams = Streams(*(f"{folder}/{name}" for name in Streams._fields))
            for path, content in zip(streams, (given, b"", b""), strict=True):
                Path(path).write_bytes(content)
            process = launched(
                (*COMMAND, *arguments), {**self.environment(), **UNMEASURED, **environment}, streams
            )
            try:
                code = process.wait(120)
            finally:
                process.kill()
            return Run(code, Path(streams.out).read_text("utf-8"), Path(streams.err).read_text("utf-8"))

    def environment(self) -> dict[str, str]:
        """Everything but the arguments."""
        return {
            **os.environ,
            "TTDN_URL": self.url,
            "TTDN_KEY": self.key,
            "TTDN_PLAN": "ttdn-2023",
            "XDG_STATE_HOME": str(self.folder),
        }


def ended(process: "subprocess.Popen[bytes]", given: bytes = b"") -> Run:
    """Wait for a run's end."""
    try:
        out, err = process.communicate(given, timeout=120)
    finally:
        process.kill()
    return Run(process.returncode, out.decode(), err.decode())


def record(number: int | str, **changes: Any) -> dict[str, Any]:
    """A record that is taken."""
    return training(title=f"Tập huấn lần {number}", **changes)


def lines(records: Iterable[Any]) -> bytes:
    """Records as NDJSON."""
    return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in records)


def series(name: str, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """Records with names of their own, under the system `name`."""
    return [record(n, source_system=name, external_id=str(n)) for n in numbers]


def stored(site: Site, system: str) -> Counter[str]:
    """How often each record of a system is in the database."""
    query = select(Activity.external_id).where(Activity.source_system == system)
    return Counter(str(one) for one in site.look(lambda session: session.scalars(query).all()))


def once(numbers: Iterable[int]) -> Counter[str]:
    """Each of them once."""
    return Counter(str(n) for n in numbers)
