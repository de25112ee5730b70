"""The service as its users run it: a process with a port, a log, and a way to die."""

import http.client
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from typing import Self

from tests.servers.forked import Streams, launched
from tests.servers.processes import LOOPBACK, Process, Unavailable, free_port, kill, port_is_free


class ServerProcess:
    """Runs `command` until the block ends; `{port}` in it stands for a free port.

    `forked`: where that can be, Python is born with the service already imported.
    """

    COMMAND = (sys.executable, "-m", "app", "serve", "--host", LOOPBACK, "--port", "{port}")

    def __init__(
        self,
        environment: Mapping[str, str] | None = None,
        command: Sequence[str] = COMMAND,
        *,
        ready: str = "/readyz",
        patience: float = 60,
        forked: bool = False,
    ) -> None:
        self._environment = {**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})}
        self._command, self._ready, self._patience = command, ready, patience
        self._forked = forked
        self._log = tempfile.NamedTemporaryFile(buffering=0)  # noqa: SIM115 - lives as long as this object
        self._process: Process | None = None
        self.port = free_port()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self._log.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.kill9()
        self._log.close()

    @property
    def base_url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int | None:
        """The first process's number while it is meant to run."""
        return self._process.pid if self._process else None

    @property
    def log(self) -> str:
        """Everything it has written to both streams, over all its starts."""
        size = os.fstat(self._log.fileno()).st_size
        return os.pread(self._log.fileno(), size, 0).decode(errors="replace")

    def start(self) -> None:
        """Start, again on the same port after a death, and wait until it says it is ready."""
        deadline = time.monotonic() + self._patience
        streams = Streams(os.devnull, self._log.name, self._log.name)
        while time.monotonic() < deadline:
            if not port_is_free(self.port):
                self.port = free_port()
            command = [part.format(port=self.port) for part in self._command]
            self._process = launched(command, self._environment, streams, forked=self._forked)
            while self._process.poll() is None and time.monotonic() < deadline:
                if self._is_ready():
                    return
                time.sleep(0.03)
            self.kill9()
            if port_is_free(self.port):
                break  # it died of something else than a taken port
        raise Unavailable(f"{' '.join(self._command)} did not become ready:\n{self.log[-4000:]}")

    def terminate(self, grace: float = 30) -> int:
        """Ask it to stop (SIGTERM) and return its exit code; a process that outlives `grace` is an error."""
        if self._process is None:
            raise Unavailable("the service is not running")
        process, self._process = self._process, None
        process.terminate()
        try:
            return process.wait(grace)
        except subprocess.TimeoutExpired:
            kill(process)
            raise

    def kill9(self) -> None:
        """End it and every worker of it without a word, as the kernel would when memory runs out."""
        if self._process is not None:
            kill(self._process)
            self._process = None

    def _is_ready(self) -> bool:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=5)
        try:
            connection.request("GET", self._ready)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
