"""One load: wrk sends requests over so many connections for so long and tells what came of it."""

import itertools
import json
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SCRIPT = Path(__file__).with_name("load.lua")
FRESH = "@" * 12
"""In a path or a body: a number that was never sent before, in twelve digits."""
_HEADS = 2048
"""Bytes that the head of an answer has at most."""
_numbers = itertools.count(time.time_ns() // 10**9 % 10**6)


@dataclass(frozen=True)
class Request:
    """One request as it is sent."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"
    body: str | None = None

    def wire(self) -> bytes:
        """Its bytes."""
        body = (self.body or "").encode()
        headers = {"Host": "127.0.0.1", "Accept": "application/json", **self.headers}
        if body:
            headers |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
        lines = [
            f"{self.method} {self.path} HTTP/1.1",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(frozen=True)
class Told:
    """What wrk tells; times in milliseconds. `failed` counts statuses from 400 on and all socket errors."""

    requests: int
    seconds: float
    bytes: int
    failed: int
    p50: float
    p99: float


def fire(base_url: str, requests: Sequence[Request], connections: int, seconds: float) -> Told:
    """Send them in turn from one thread of wrk."""
    with tempfile.NamedTemporaryFile(prefix="requests-") as file:
        file.write(b"".join(request.wire() + b"\0" for request in requests))
        file.flush()
        first = next(_numbers) * 10**6 % 10**12
        command = [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{max(1, round(seconds))}s",
            "--timeout",
            "30s",
            "--latency",
        ]
        done = subprocess.run(
            [*command, "-s", str(SCRIPT), base_url, "--", file.name, str(first)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    [line] = [line for line in done.stdout.splitlines() if line.startswith("TOLD ")]
    return Told(**json.loads(line.removeprefix("TOLD ")))


def in_full(told: Told, body: int) -> bool:
    """Whether every answer had a body of so many bytes and not many more."""
    return told.requests * body <= told.bytes <= (told.requests + 32) * (body + _HEADS)
