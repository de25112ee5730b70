"""Processes that are born with the service already imported.

A server that is killed and started again would spend most of its life in imports, and the suite a good part
of its time. One process imports it once and is forked from then on, by `multiprocessing`'s fork server. What
is born is a process like any other, the leader of a group of its own, with its own signals, threads and end;
only in `/proc` its command line and its environment are the first one's.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import forkserver
from unittest.mock import patch

CAN_FORK = sys.platform == "linux"
"""Elsewhere there is no fork, or libraries that do not bear it."""

_IMPORTED = ["app.cli", "app.main", "uvicorn.protocols.http.httptools_impl", __name__]


class Forked:
    """What `subprocess.Popen` is of a Python that runs `arguments`, with both streams in the file `log`."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], log: str) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(_IMPORTED)
        with patch.dict(os.environ, environment):  # the first one's are those of the server
            forkserver.ensure_running()
        self._arguments = arguments
        self._process = context.Process(target=_run, args=(list(arguments), dict(environment), log))
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Its exit code, or None while it lives."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has ended."""
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired(self._arguments, timeout or 0)
        return code

    def terminate(self) -> None:
        """Ask it to stop."""
        self._process.terminate()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()


def _run(arguments: list[str], environment: dict[str, str], log: str) -> None:
    """As `python` would: a module after `-m`, or a script."""
    os.setsid()
    for stream in (sys.__stdout__, sys.__stderr__):
        assert stream is not None
        stream.reconfigure(write_through=True)
        os.dup2(os.open(log, os.O_WRONLY | os.O_APPEND), stream.fileno())
    os.dup2(sys.stdin.fileno(), 0)  # nothing is to be read there
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - a stream that is there already
    os.environ.clear()
    os.environ.update(environment)
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        runpy.run_path(arguments[0], run_name="__main__")
