"""What is not even HTTP is answered like everything else: as a problem document.

uvicorn refuses a broken request line, an over-long head or a smuggler's pair of lengths before any
application sees the request, with a line of plain text. This class is given to it as `http=`, together with
`h11_max_incomplete_event_size=HEAD_BYTES_READ`: above our own limit, so that a head only somewhat too large
gets its answer from `head.check_size`, in the caller's language.
"""

import sys
from http import HTTPStatus
from secrets import token_hex
from typing import Final

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from app.errors import Failure, HeadersTooLarge, Malformed
from app.web.catch_all import STANDING_HEADERS
from app.web.problems import problem_response

HEAD_BYTES_READ: Final = 128 * 1024


class ProblemProtocol(H11Protocol):
    """uvicorn's protocol on h11 with our words for what h11 refuses."""

    def send_400_response(self, msg: str) -> None:
        """Answer and hang up: after a broken head or chunk nobody knows where the next request begins."""
        too_large = getattr(sys.exc_info()[1], "error_status_hint", 400) == 431
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request
        if cycle is None or cycle.response_complete or not cycle.response_started:
            request_id = token_hex(12)
            self.logger.warning("request %s: %s", request_id, msg)
            self.transport.write(_wire(HeadersTooLarge() if too_large else Malformed(), request_id))
        if cycle is not None:
            cycle.disconnected = True  # what the application may still say has nobody to hear it
            cycle.message_event.set()
        self.transport.close()


def _wire(failure: Failure, request_id: str) -> bytes:
    """The answer as bytes, since h11 will not speak on a connection it has given up."""
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
