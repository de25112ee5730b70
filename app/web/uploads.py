"""Uploads: a file that is the whole body of a request."""

from typing import Annotated, Any, Final, NamedTuple

from fastapi import Depends
from starlette.requests import Request

from app.sheets.table import Kind
from app.web.exports import MEDIA_TYPES


class Upload(NamedTuple):
    """The file, and which of the two kinds its sender says it is."""

    body: bytes
    kind: Kind


async def upload(request: Request) -> Upload:
    """The file as it came; the reader has seen to its size and that its kind is one that is taken."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Upload(await request.body(), "xlsx" if media_type == MEDIA_TYPES["xlsx"] else "csv")


Uploaded = Annotated[Upload, Depends(upload)]

PUBLISHED: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            media.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
            for media in MEDIA_TYPES.values()
        },
    }
}
"""The body as the contract publishes it."""
