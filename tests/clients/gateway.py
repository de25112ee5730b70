"""A gateway between office and service, as provinces have them: it hands requests on, and can be told to
answer in the service's place, or to lose an answer on its way back."""

import http.client
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from tests.servers import ServerProcess
from tests.servers.processes import LOOPBACK


class Said(NamedTuple):
    """What the gateway answers itself."""

    status: int
    headers: Mapping[str, str] = {}
    body: bytes = b"<html>gateway</html>"


class Seen(NamedTuple):
    """A request that came, and when."""

    at: float
    path: str
    key: str | None
    media: str | None
    body: bytes


class Gateway:
    """`before` may answer the n-th request itself; `after` sees that the n-th was answered and may lose
    the answer (True)."""

    def __init__(self, server: ServerProcess) -> None:
        self._server = server
        self.seen: list[Seen] = []
        self.before: Callable[[int], Said | None] = lambda _: None
        self.after: Callable[[int], bool] = lambda _: False
        self.url = ""

    @contextmanager
    def open(self) -> Iterator["Gateway"]:
        """Listen while the block runs."""
        with ThreadingHTTPServer((LOOPBACK, 0), self._handler()) as listening:
            self.url = f"http://{LOOPBACK}:{listening.server_address[1]}"
            thread = threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True)
            thread.start()
            try:
                yield self
            finally:
                listening.shutdown()
                thread.join()

    def passed(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Said | None:
        """Answer, ask the service, or lose what it answered."""
        number = len(self.seen)
        at = time.monotonic()
        self.seen.append(Seen(at, path, headers.get("Idempotency-Key"), headers.get("Content-Type"), body))
        if own := self.before(number):
            return own
        connection = http.client.HTTPConnection(LOOPBACK, self._server.port, timeout=60)
        try:
            connection.request(method, path, body or None, {**headers, "Connection": "close"})
            answer = connection.getresponse()
            kept = {name: value for name, value in answer.getheaders() if name.lower() == "content-type"}
            said = Said(answer.status, kept, answer.read())
        finally:
            connection.close()
        return None if self.after(number) else said

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            """One connection."""

            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                said = gateway.passed(self.command, self.path, dict(self.headers.items()), body)
                self.close_connection = True
                if said is None:
                    return
                self.send_response(said.status)
                for name, value in said.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(said.body)))
                self.end_headers()
                self.wfile.write(said.body)

            do_GET = do_POST = _any  # noqa: N815 - the names are http.server's

            def log_message(self, *_: object) -> None:
                """Nothing: the tests look at what was seen."""

        return Handler
