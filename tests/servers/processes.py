"""What every server process here needs: a port, and an end."""

import os
import signal
import socket
import subprocess
from contextlib import suppress
from typing import Protocol

LOOPBACK = "127.0.0.1"


class Unavailable(RuntimeError):
    """A server could not be had or did not start; the text says what was tried."""


def free_port() -> int:
    """A port nobody listens on now. Somebody may take it before it is used: starts are retried."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def port_is_free(port: int) -> bool:
    """Whether a server could listen there; connections that are only fading away do not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def end(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    """Signal a process and wait for it; one that does not listen is killed."""
    process.send_signal(how)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        kill(process)


class Process(Protocol):
    """What there is of a process that was started."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float) -> int: ...

    def terminate(self) -> None: ...

    def kill(self) -> None: ...


def kill(process: Process) -> None:
    """End a process and its whole group at once; it must have been started as a group of its own."""
    if os.name == "posix":
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()  # where there are no groups, or it had none yet
    process.wait(20)
