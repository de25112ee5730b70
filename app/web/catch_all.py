"""The outermost step: a request id, the standing headers, and an answer whatever happens further in.

Nothing is raised again after it was answered: after an exception uvicorn closes the connection without saying
so, and a client that reuses it loses its next request.
"""

import logging
import re
from asyncio import CancelledError
from collections.abc import Callable, Sequence
from secrets import token_hex
from time import perf_counter

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import Busy, Internal
from app.failing import is_passing
from app.rules.keys import PREFIX
from app.web.json_log import of_request
from app.web.problems import as_failure, problem_response

_log = logging.getLogger(__name__)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")

STANDING_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (
        b"cache-control",
        b"private, no-cache",
    ),  # kept, but asked about before every use: a stale number is wrong
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)

Observer = Callable[[Scope, int | None, float], None]
"""Is told of every request that has ended: scope, status (None where nothing was answered), seconds."""


class CatchAll:
    """Pure ASGI. `scope["state"]["request_id"]` is there for everything further in; what a room further in
    leaves in `scope["state"]["told"]` is told in the answer, whoever gives it."""

    def __init__(self, app: ASGIApp, *, root_path: str = "", observers: Sequence[Observer] = ()) -> None:
        self.app, self._root_path, self._observers = app, root_path, observers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer every HTTP request; other scopes pass. A gateway may strip the root path or leave it on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = perf_counter()
        scope["root_path"] = self._root_path or scope.get("root_path", "")
        request_id = _request_id(Headers(scope=scope).get("x-request-id"))
        scope.setdefault("state", {})["request_id"] = request_id
        exchange = _Exchange(scope, receive, send)
        try:
            await self.app(scope, exchange.receive, exchange.send)
        except Exception as error:  # noqa: BLE001 - that is what this room is for
            await _answer(error, scope, exchange)
        except CancelledError:  # the server leaves, and this request has outlasted its grace
            if exchange.status is None:
                await problem_response(Busy(), scope)(scope, exchange.receive, exchange.send)
        finally:
            for observe in self._observers:
                observe(scope, exchange.status, perf_counter() - began)


class _Exchange:
    """One request's way out: headers that always stand, no body for HEAD, no waiting client left behind."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._bodiless = scope["method"] == "HEAD"
        self._waits = Headers(scope=scope).get("expect", "").lower() == "100-continue"
        self._state = scope["state"]
        self.status: int | None = None

    async def receive(self) -> Message:
        self._waits = False
        return await self._receive()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            present = {name.lower() for name, _ in headers}
            # What 304 says replaces what the caller has kept (RFC 9111 §3.2): no policy but the page's own.
            standing = STANDING_HEADERS[:1] if message["status"] == 304 else STANDING_HEADERS
            headers += [pair for pair in standing if pair[0] not in present]
            headers += self._state.get("told", ())
            headers.append((b"x-request-id", self._state["request_id"].encode()))
            if self._waits:
                # Nobody asked for the body (RFC 9110 §10.1.1), so what comes next on this connection could be
                # the body or another request: not to be guessed.
                headers.append((b"connection", b"close"))
            message = {**message, "headers": headers}
        elif self._bodiless and message["type"] == "http.response.body":
            if message.get("more_body", False):
                return
            message = {"type": "http.response.body", "body": b""}
        await self._send(message)


async def _answer(error: Exception, scope: Scope, exchange: _Exchange) -> None:
    """Apart from the frame that caught it: what is raised holds that frame, and the body it is about, which
    nobody would let go of at once if the frame held it too."""
    failure = Busy() if is_passing(error) else as_failure(error)
    if isinstance(failure, Internal):
        request_id, kind = scope["state"]["request_id"], type(error).__name__
        _log.error(
            "request %s: %s was not foreseen", request_id, kind, exc_info=error, extra=of_request(scope)
        )
    if exchange.status is None:
        await problem_response(failure, scope)(scope, exchange.receive, exchange.send)


def _request_id(offered: str | None) -> str:
    """The caller's own id if it is a plain one, so that both sides' logs can be laid side by side."""
    if offered and _REQUEST_ID.fullmatch(offered) and PREFIX not in offered:
        return offered
    return token_hex(12)
