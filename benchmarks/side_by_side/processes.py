"""What processes used, from /proc: the figure that a noisy machine leaves alone."""

import os
import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(roots: Iterable[int]) -> float:
    """User and system time of these processes and all below them, also of those that have ended.

    Counted in ticks of the kernel, 10 ms mostly.
    """
    return sum(sum(map(int, _stat(pid)[11:15])) for pid in tree(roots)) / _TICKS


def wait_until_idle(roots: Iterable[int], patience: float = 30) -> None:
    """Wait until they have finished what nobody waits for any more."""
    pids, deadline = tuple(roots), time.monotonic() + patience
    before = cpu_seconds(pids)
    while time.monotonic() < deadline:
        time.sleep(0.1)
        now = cpu_seconds(pids)
        if now - before < 1.5 / _TICKS:
            return
        before = now


def resident_mib(roots: Iterable[int]) -> float:
    """What is resident of all of them, in MiB; pages they share are counted in each."""
    page = os.sysconf("SC_PAGE_SIZE")
    return sum(int(_stat(pid)[21]) * page for pid in tree(roots)) / 1024**2


class Memory(NamedTuple):
    """Of one process, in MiB: what is resident; the same with shared pages shared out; the most there was."""

    resident: float
    own: float
    peak: float


def memory(pid: int) -> Memory:
    """What one process holds now."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    shared_out = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
    return Memory(_mib(status, "VmRSS"), _mib(shared_out, "Pss"), _mib(status, "VmHWM"))


def _mib(text: str, name: str) -> float:
    [kilobytes] = re.findall(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
    return int(kilobytes) / 1024


def tree(roots: Iterable[int]) -> set[int]:
    """These processes and their descendants that live now."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (stat := _stat(int(entry.name))):
            children.setdefault(int(stat[1]), []).append(int(entry.name))
    found, waiting = set[int](), [pid for pid in roots if _stat(pid)]
    while waiting:
        pid = waiting.pop()
        found.add(pid)
        waiting += children.get(pid, [])
    return found


def _stat(pid: int) -> list[str]:
    """The fields after the command's name, from the state on; nothing of a process that is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return []
    return text.rpartition(")")[2].split()
