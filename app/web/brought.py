"""What a request brings beside its parameters: the key by which it is sent again, the bytes it came in, and
what of them could not be read."""

import hashlib
from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Header
from starlette.requests import Request

from app.errors import Failure, Invalid
from app.services.receipts import Received


async def repeat_key(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="Gửi lại cùng khóa và nội dung sẽ nhận đúng câu trả lời cũ. · The same key and body "
            "again replays the stored answer.",
            # Said, and judged below: the framework would call what is wrong with it by another name.
            json_schema_extra={"minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"},
        ),
    ] = None,
) -> str | None:
    """The caller's own name for this request, by which it can be sent again."""
    if idempotency_key is None:
        return None
    plain = idempotency_key.isascii() and idempotency_key.isprintable()
    if len(request.headers.getlist("idempotency-key")) == 1 and plain and 1 <= len(idempotency_key) <= 255:
        return idempotency_key
    raise Invalid.at(
        "header:idempotency-key",
        "invalid_idempotency_key",
        "Cần một chuỗi ASCII từ 1 đến 255 ký tự",
        "One ASCII string of 1 to 255 characters",
    )


async def unreadable(request: Request) -> Mapping[int, Failure]:
    """What is wrong with the lines of the body that could not be read, by their places."""
    found: Mapping[int, Failure] = getattr(request.state, "unreadable", {})
    return found


async def received(request: Request) -> Received:
    """The body as it came over the wire, for its receipt."""
    content: bytes = getattr(request.state, "received", b"")
    return Received(hashlib.sha256(content).hexdigest(), len(content), request.app.state.seal())


Repeat = Annotated[str | None, Depends(repeat_key)]
AsReceived = Annotated[Received, Depends(received)]
Unreadable = Annotated[Mapping[int, Failure], Depends(unreadable)]
