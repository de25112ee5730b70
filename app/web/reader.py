"""The strict reader: nothing reaches a route's body that is not well-formed, bounded JSON in UTF-8.

What came in stays in `scope["state"]`: its bytes as `received`, for the digest of a receipt, and the parsed
value as `json`, for the fingerprint of an Idempotency-Key. The route gets the same bytes it would have got
without this. Where lines of JSON are taken, the route gets them as one
document, and in `scope["state"]["unreadable"]` what is wrong with those that could not be read.
"""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import Malformed, Text, TooLarge, UnsupportedMedia
from app.web import lines
from app.web.json_text import read, without_bom

_BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_JSON = ("application/json",)
_PATCH = ("application/merge-patch+json", "application/json")
_CHARSET = re.compile(r'charset\s*=\s*"?utf-?8"?', re.IGNORECASE)


class StrictReader:
    """Pure ASGI. Refuses on the head alone where it can; reads no further than `max_bytes`. Lines of JSON are
    taken where a path ends in `lines_at`."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_bytes: int = 1024 * 1024,
        max_depth: int = 32,
        max_items: int = 1000,
        lines_at: str | None = None,
    ) -> None:
        self.app, self.lines_at = app, lines_at
        self.max_bytes, self.max_depth, self.max_items = max_bytes, max_depth, max_items

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read, check and replay the body of an HTTP request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        announced = "transfer-encoding" in headers or headers.get("content-length", "0").strip("0") != ""
        if scope["method"] in _BODILESS:
            if announced:
                # RFC 9110 §9.3.1: such a body means nothing, and is the stuff request smuggling is made of.
                raise Malformed(Text("Phương thức này không có nội dung.", "This method takes no content."))
            await self.app(scope, receive, send)
            return
        accepted = self._accepted(scope)
        if announced:
            _check_media(scope["method"], headers, accepted)
            self._check_length(int(headers.get("content-length", "0")))
        body = await self._body(receive)
        if body is None:
            return  # the client has gone; nobody waits for an answer
        if body:
            if not announced:
                _check_media(scope["method"], headers, accepted)
            body = self._read(scope, headers, body)
        await self.app(scope, _replayed(body, receive), send)

    def _accepted(self, scope: Scope) -> tuple[str, ...]:
        if scope["method"] == "PATCH":
            return _PATCH
        takes_lines = self.lines_at is not None and scope["path"].endswith(self.lines_at)
        return (*_JSON, lines.MEDIA_TYPE) if takes_lines else _JSON

    def _read(self, scope: Scope, headers: Headers, body: bytes) -> bytes:
        """Check the body and keep its value; returns it as the route will get it."""
        state = scope.setdefault("state", {})
        state["received"] = body
        limits = {"max_depth": self.max_depth, "max_items": self.max_items}
        if not headers["content-type"].lower().startswith(lines.MEDIA_TYPE):
            body = without_bom(body)
            state["json"] = read(body, **limits)
            return body
        batch = lines.as_batch(body, **limits)
        state["json"], state["unreadable"] = batch.value, batch.unreadable
        told = MutableHeaders(scope=scope)
        told["content-type"], told["content-length"] = "application/json", str(len(batch.body))
        return batch.body

    async def _body(self, receive: Receive) -> bytes | None:
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return None
            body += message.get("body", b"")
            self._check_length(len(body))
            more = message.get("more_body", False)
        return bytes(body)

    def _check_length(self, length: int) -> None:
        if length > self.max_bytes:
            raise TooLarge(facts={"most_bytes": self.max_bytes})


def _check_media(method: str, headers: Headers, accepted: tuple[str, ...]) -> None:
    """Content-Type and Content-Encoding (RFC 9110 §15.5.16); the refusal names what is taken."""
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMedia(
            Text("Không nhận nội dung nén.", "Compressed content is not taken."),
            facts={"accepted_encodings": ["identity"]},
            headers={"Accept-Encoding": "identity"},
        )
    media_type, *parameters = [part.strip() for part in headers.get("content-type", "").split(";")]
    # Any charset but UTF-8 would be a lie about the bytes; other parameters mean nothing to JSON.
    lies = [
        part for part in parameters if part.lower().startswith("charset") and not _CHARSET.fullmatch(part)
    ]
    if media_type.lower() not in accepted or lies or len(headers.getlist("content-type")) > 1:
        listed = ", ".join(accepted)
        raise UnsupportedMedia(
            Text(f"Content-Type phải là {listed} (UTF-8).", f"Content-Type must be {listed} (UTF-8)."),
            facts={"accepted": list(accepted)},
            headers={"Accept-Patch" if method == "PATCH" else "Accept": listed},
        )


def _replayed(body: bytes, receive: Receive) -> Receive:
    """The body once more, whole; then whatever the server has to say, such as that the client has gone."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay
