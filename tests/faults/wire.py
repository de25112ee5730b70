"""A bad line between offices and service: what goes over it is delayed, cut in the middle, or reset."""

import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from tests.servers.processes import LOOPBACK

FAULTS = (("delayed", 0.06), ("cut", 0.03), ("reset", 0.03))
"""What happens to a piece of what is sent, and how often."""
_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER: closing sends RST."""


class Wire:
    """A TCP proxy to whatever port the service has at the moment; it knows nothing of HTTP."""

    def __init__(self, port: Callable[[], int], seed: int) -> None:
        self._port = port
        self._chance = random.Random(seed)
        self._listening = socket.create_server((LOOPBACK, 0))
        self._calm = threading.Event()
        self.faults: Counter[str] = Counter()
        self.url = f"http://{LOOPBACK}:{self._listening.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def calm(self) -> None:
        """From here on it is a good line."""
        self._calm.set()

    def _accept(self) -> None:
        with suppress(OSError):  # it was closed
            while True:
                near, _ = self._listening.accept()
                threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection((LOOPBACK, self._port()), timeout=5)
        except OSError:
            near.close()
            return
        far.settimeout(None)
        for source, sink in ((near, far), (far, near)):
            threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        """One direction; when it ends, so does the other."""
        with suppress(OSError):
            while piece := source.recv(16384):
                fault = self._fault()
                if fault == "delayed":
                    time.sleep(self._chance.uniform(0, 0.4))
                elif fault is not None:
                    sink.sendall(piece[: self._chance.randrange(len(piece))])
                    if fault == "reset":
                        for end in (source, sink):
                            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
                    break
                sink.sendall(piece)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _fault(self) -> str | None:
        if self._calm.is_set():
            return None
        drawn = self._chance.random()
        for name, often in FAULTS:
            if drawn < often:
                self.faults[name] += 1
                return name
            drawn -= often
        return None
