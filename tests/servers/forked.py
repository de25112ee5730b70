"""Processes that are born with the service already imported.

A server that is killed and started again would spend most of its life in imports, as would an office's
`ttdn-push`, and the suite a good part of its time. One process imports both once and forks whatever is asked
for. What is born is a process like any other, the leader of a group of its own, with its own signals, threads
and end; only in `/proc` its command line and its environment are the first one's.
"""

import atexit
import gc
import multiprocessing
import os
import runpy
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import cache
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple
from unittest.mock import patch

from tests.servers.processes import Process


def _can_fork() -> bool:
    """Elsewhere there is no fork, or libraries that do not bear it; not every Python and kernel of Linux lets
    the end of a process be waited for that is another's child."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return sys.platform == "linux"


CAN_FORK = _can_fork()


class Streams(NamedTuple):
    """The files that a process reads and writes at the end of."""

    given: str
    out: str
    err: str


def launched(
    command: Sequence[str], environment: Mapping[str, str], streams: Streams, *, forked: bool = True
) -> Process:
    """The process that runs `command`; `forked`: where that can be, Python is born with the service already
    imported."""
    if forked and CAN_FORK and command[0] == sys.executable:
        return Forked(command[1:], environment, streams)
    with ExitStack() as opened:
        given, out, err = (
            opened.enter_context(Path(path).open(how))
            for path, how in zip(streams, ("rb", "ab", "ab"), strict=True)
        )
        return subprocess.Popen(
            command, stdin=given, stdout=out, stderr=err, env=environment, start_new_session=True
        )


class Forked:
    """What `subprocess.Popen` is of a Python that runs `arguments`."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], streams: Streams) -> None:
        with _STARTING, patch.dict(os.environ, environment):  # of the first one born
            self._nursery = _nursery()
        self._arguments = list(arguments)
        self._code: int | None = None
        self._one_at_a_time = Lock()
        self.pid: int = self._nursery.ask("bear", self._arguments, dict(environment), streams)

    def poll(self) -> int | None:
        """Its exit code, or None while it lives."""
        with self._one_at_a_time:  # its end is told once, and its number may be another's after that
            if self._code is None:
                self._code = self._nursery.ask("end", self.pid)
            return self._code

    def wait(self, timeout: float) -> int:
        """Its exit code, once it has ended."""
        with suppress(ProcessLookupError), os.fdopen(os.pidfd_open(self.pid), "rb", buffering=0) as living:
            select.select([living], [], [], timeout)
        if (code := self.poll()) is None:
            raise subprocess.TimeoutExpired(self._arguments, timeout)
        return code

    def terminate(self) -> None:
        """Ask it to stop."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._signal(signal.SIGKILL)

    def _signal(self, which: signal.Signals) -> None:
        if self.poll() is None:  # its number is its own until its end has been asked for
            os.kill(self.pid, which)


_STARTING = Lock()


class _Nursery:
    """The process that imports, seen from the one that asks it."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, its = context.Pipe()
        self._one_at_a_time = Lock()
        context.Process(target=_nurse, args=(its,)).start()
        its.close()
        atexit.register(self._line.close)  # it ends when nobody is left to ask

    def ask(self, *what: Any) -> Any:
        with self._one_at_a_time:
            self._line.send(what)
            return self._line.recv()


_nursery = cache(_Nursery)


def _nurse(line: Connection) -> None:
    os.setsid()  # no Ctrl+C reaches it
    for name in ("app.cli", "uvicorn.protocols.http.httptools_impl", "ttdn_client.push.command"):
        import_module(name)
    gc.freeze()  # who ends in the usual way would look through all of it for garbage first: half a second
    while True:
        try:
            word, *about = line.recv()
        except EOFError:
            return
        if word == "end":
            ended, status = os.waitpid(about[0], os.WNOHANG)
            line.send(os.waitstatus_to_exitcode(status) if ended else None)
        elif pid := os.fork():
            line.send(pid)
        else:
            line.close()
            _live(*about)
            return


def _live(arguments: Sequence[str], environment: Mapping[str, str], streams: Streams) -> None:
    """As `python` would: a module after `-m`, or a script."""
    os.setsid()
    os.dup2(os.open(streams.given, os.O_RDONLY), 0)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - a stream that is there already
    for stream, path in ((sys.__stdout__, streams.out), (sys.__stderr__, streams.err)):
        assert stream is not None
        stream.reconfigure(write_through=True)
        os.dup2(os.open(path, os.O_WRONLY | os.O_APPEND), stream.fileno())
    os.environ.clear()
    os.environ.update(environment)
    if arguments[0] == "-m":
        sys.argv = [*arguments[1:]]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = [*arguments]
        runpy.run_path(arguments[0], run_name="__main__")
