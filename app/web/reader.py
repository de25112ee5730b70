"""The strict reader: nothing reaches a route's body that is not of a kind its address takes, well-formed and
bounded.

What came in stays in `scope["state"]`: its bytes as `received`, for the digest of a receipt; its value as
`json`, for the fingerprint of an Idempotency-Key; and as `unreadable` what is wrong with parts of it that
keep no other from being taken. Which kinds of bodies there are is said in `bodies`.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import Malformed, Text, TooLarge, UnsupportedMedia
from app.web.bodies import JSON, PATCH, Kind, Limits
from app.web.large import Turn

_BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_CHARSET = re.compile(r'charset\s*=\s*"?utf-?8"?', re.IGNORECASE)

_HELD = ("received", "json", "unreadable")
"""What the request's state has of a body while it is served: as it came, its value, what of it is none."""

KindsAt = Mapping[str, Sequence[Kind]]
"""How an address ends → the kinds of bodies it takes; all others take JSON."""


class StrictReader:
    """Pure ASGI. Refuses on the head alone where it can; reads no further than a body may be long."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_bytes: int = 1024 * 1024,
        max_depth: int = 32,
        max_items: int = 1000,
        kinds_at: KindsAt | None = None,
        sender: Callable[[Headers], object] | None = None,
    ) -> None:
        """`sender` refuses whoever is not to send a body at all."""
        self.app, self._max_bytes, self._kinds_at, self._sender = app, max_bytes, kinds_at or {}, sender
        self._limits = Limits(max_depth, max_items)

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
        if self._sender is not None:
            self._sender(headers)
        kinds = self._kinds(scope)
        kind = _chosen(scope["method"], headers, kinds) if announced else None
        most = (kind.most_bytes if kind else None) or self._max_bytes
        if announced:
            _check_length(int(headers.get("content-length", "0")), most)
        body = await _body(receive, most)
        if body is None:
            return  # the client has gone; nobody waits for an answer
        kind = kind or (_chosen(scope["method"], headers, kinds) if body else None)
        # A file is read row by row, and for minutes: it waits for nobody.
        async with Turn(len(body) if kind and kind.most_bytes is None else 0) as turn:
            try:
                if kind and body:
                    body = self._read(scope, kind, body)
                await self.app(scope, _replayed(body, receive), turn.until_answered(send))
            finally:
                _let_go(scope)

    def _kinds(self, scope: Scope) -> Sequence[Kind]:
        if scope["method"] == "PATCH":
            return (PATCH,)
        ends = (ending for ending in self._kinds_at if scope["path"].endswith(ending))
        ending = next(ends, None)
        return (JSON,) if ending is None else self._kinds_at[ending]

    def _read(self, scope: Scope, kind: Kind, body: bytes) -> bytes:
        """Check the body and keep its value; returns it as the route will get it."""
        taken = kind.take(body, self._limits)
        scope.setdefault("state", {}).update(zip(_HELD, (body, taken.value, taken.unreadable), strict=True))
        if taken.media_type is not None:
            told = MutableHeaders(scope=scope)
            told["content-type"], told["content-length"] = taken.media_type, str(len(taken.body))
        return taken.body


def _let_go(scope: Scope) -> None:
    """The server keeps the scope in a circle with its connection, until somebody looks for garbage."""
    for name in _HELD:
        scope.get("state", {}).pop(name, None)


async def _body(receive: Receive, most: int) -> bytes | None:
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        _check_length(len(body), most)
        more = message.get("more_body", False)
    return bytes(body)


def _check_length(length: int, most: int) -> None:
    if length > most:
        raise TooLarge(facts={"most_bytes": most})


def _chosen(method: str, headers: Headers, kinds: Sequence[Kind]) -> Kind:
    """The kind of body by its Content-Type (RFC 9110 §15.5.16); a refusal names what is taken."""
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMedia(
            Text("Không nhận nội dung nén.", "Compressed content is not taken."),
            facts={"accepted_encodings": ["identity"]},
            headers={"Accept-Encoding": "identity"},
        )
    media_type, *parameters = [part.strip() for part in headers.get("content-type", "").split(";")]
    # Any charset but UTF-8 would be a lie about the bytes; other parameters mean nothing here.
    lies = [
        part for part in parameters if part.lower().startswith("charset") and not _CHARSET.fullmatch(part)
    ]
    found = next((kind for kind in kinds if media_type.lower() in kind.media_types), None)
    if found is None or lies or len(headers.getlist("content-type")) > 1:
        accepted = [one for kind in kinds for one in kind.media_types]
        listed = ", ".join(accepted)
        raise UnsupportedMedia(
            Text(f"Content-Type phải là {listed} (UTF-8).", f"Content-Type must be {listed} (UTF-8)."),
            facts={"accepted": accepted},
            headers={"Accept-Patch" if method == "PATCH" else "Accept": listed},
        )
    return found


def _replayed(body: bytes, receive: Receive) -> Receive:
    """The body once more, whole; then whatever the server has to say, such as that the client has gone."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay
