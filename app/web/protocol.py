"""What is not even HTTP is answered like everything else: as a problem document.

uvicorn refuses a broken request line or chunk before any application sees the request, with a line of plain
text, and on llhttp it bounds no head. This class is given to it as `http=`. It hands llhttp whole heads, in
which `framing` finds nothing doubtful, and never a byte beyond where a request may end: the next one waits
as bytes until the one before is answered.

A head may be longer here than our own limit, so that one only somewhat too large gets its answer from
`head.check_size`, in the caller's language.
"""

from asyncio import Transport
from collections.abc import Callable
from http import HTTPStatus
from secrets import token_hex
from typing import Any, Final

from httptools import HttpParserError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.errors import Failure, HeadersTooLarge, Malformed
from app.web import framing
from app.web.catch_all import STANDING_HEADERS
from app.web.problems import problem_response

HEAD_BYTES_READ: Final = 128 * 1024
"""Of a head, and of what in a chunked body is no body: how chunks are announced, and what follows them."""

LINGER_SECONDS: Final = 5
"""How long who has been answered is heard out, before the connection ends."""

_MOST_TARGET: Final = 65_535
"""What is longer llhttp does not take apart; `head.check_size` refuses this much as well."""


class ProblemProtocol(HttpToolsProtocol):
    """uvicorn's protocol on llhttp, which sees one request at a time, with our words for what is refused."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._held = bytearray()  # what llhttp has not seen yet
        self._searched = 0  # how much of it cannot hold the end of a head
        self._method = ""
        self._left: int | None = 0  # bytes to come of this request's body; None: chunks
        self._asked = False  # whether the application has been asked for an answer to this request
        self._complete = True  # whether llhttp has seen all of it
        self._no_body = 0  # bytes of chunks since the last that were of the body
        self._lingering = False  # whether it has been answered and is only heard out

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Who connects has as long for a whole head as who has been answered."""
        super().connection_made(transport)
        self._wait_for_a_head()

    def data_received(self, data: bytes) -> None:
        """Take what came, and read as far as one may. Nobody is waited for longer because a head drips."""
        if not self._complete:
            self._unset_keepalive_if_required()
        self._held += data
        self._read()

    def on_response_complete(self) -> None:
        """Go on with what came meanwhile."""
        super().on_response_complete()
        self._read()

    def _read(self) -> None:
        try:
            while self._held and not self.transport.is_closing():
                piece = self._piece()
                if not piece:
                    return
                self.parser.feed_data(piece)
                if not self._asked or (self._left == 0 and not self._complete):
                    raise Malformed  # llhttp reads another end than we do
                if self._no_body > HEAD_BYTES_READ:
                    raise HeadersTooLarge
        except (HttpParserError, Malformed):
            self._refuse(Malformed())
        except HeadersTooLarge as refusal:
            self._refuse(refusal)

    def _piece(self) -> bytes:
        """What llhttp may see next; nothing where that has not come yet, or must wait."""
        if self._complete:
            return self._head()
        if self._left is not None:
            piece = self._taken(self._left)
            self._left -= len(piece)
            return piece
        piece = self._taken(framing.end_of_piece(self._held))
        self._no_body += len(piece)
        return piece

    def _head(self) -> bytes:
        if self._asked and not self.cycle.response_complete:
            self.flow.pause_reading()
            return b""
        end = framing.end_of_head(self._held, self._searched)
        if (end or len(self._held)) > HEAD_BYTES_READ:
            raise HeadersTooLarge
        if end is None:
            self._searched = len(self._held)
            return b""
        self._searched = 0
        self._unset_keepalive_if_required()
        self._method, told = framing.head(self._taken(end))
        self._asked = self._complete = False
        return told

    def _taken(self, count: int) -> bytes:
        taken = bytes(self._held[:count])
        del self._held[:count]
        return taken

    def on_headers_complete(self) -> None:
        """Judge where the body will end, before anybody is asked for an answer."""
        if self._asked:
            raise Malformed  # a second head where there can be one
        version = self.parser.get_http_version()
        self._left = framing.length(version, self.headers)
        self._no_body = 0
        self.expect_100_continue &= version == "1.1"  # RFC 9110 §10.1.1
        self.url = self.url[:_MOST_TARGET]
        super().on_headers_complete()
        self.cycle.transport = _Lingering(self.transport, self._linger)  # type: ignore[assignment]
        self._asked = True
        self.scope["method"] = self._method
        self.headers = []  # what comes after the chunks is no header of the request's

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._no_body = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request has been read to its end."""
        if self._left or not framing.may_follow(self.headers):
            raise Malformed
        self._left, self._complete = 0, True
        super().on_message_complete()
        if self._lingering:
            self.transport.close()
        elif self.cycle.response_complete:
            self._wait_for_a_head()

    def _linger(self) -> None:
        """Close once all of the request has come (RFC 9112 §9.6). Whoever is still sending when the answer is
        there, as a gateway is, would lose it to a reset."""
        if self._complete:
            self.transport.close()
            return
        self._lingering = True
        self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.transport.close)

    def _wait_for_a_head(self) -> None:
        self._unset_keepalive_if_required()
        wait = self.timeout_keep_alive
        self.timeout_keep_alive_task = self.loop.call_later(wait, self.timeout_keep_alive_handler)

    def _refuse(self, failure: Failure) -> None:
        """Answer and hang up: after a broken head or chunk nobody knows where the next request begins."""
        between = self._complete or not self._asked
        if between or not self.cycle.response_started:
            request_id = token_hex(12)
            self.logger.warning("request %s: %s", request_id, "Invalid HTTP request received.")
            self.transport.write(_wire(failure, request_id))
        if not between:
            self.cycle.disconnected = True  # what the application may still say has nobody to hear it
            self.cycle.message_event.set()
        self.transport.close()


def _wire(failure: Failure, request_id: str) -> bytes:
    """The answer as bytes, since no parser speaks on a connection that was given up."""
    response = problem_response(failure, {"type": "http", "headers": [], "state": {"request_id": request_id}})
    present = {name for name, _ in response.raw_headers}
    headers = [
        *response.raw_headers,
        *(pair for pair in STANDING_HEADERS if pair[0] not in present),
        (b"x-request-id", request_id.encode()),
        (b"connection", b"close"),
    ]
    first = f"HTTP/1.1 {failure.status} {HTTPStatus(failure.status).phrase}".encode()
    return b"\r\n".join(
        [first, *(name + b": " + value for name, value in headers), b"", bytes(response.body)]
    )


class _Lingering:
    """A connection as an answer sees it: to close it is to hear the caller out first."""

    def __init__(self, transport: Transport, close: Callable[[], None]) -> None:
        self._transport, self.close = transport, close

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
